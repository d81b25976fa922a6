"""A simulator's books, and the notices that it still has to send, kept so that kill -9 loses none."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
  kind TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL, is_open INTEGER NOT NULL,
  content TEXT NOT NULL, PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS open_entries ON entry (kind, id) WHERE is_open = 1;
CREATE TABLE IF NOT EXISTS letter (
  id INTEGER PRIMARY KEY, url TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL,
  due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
"""
MOST_ATTEMPTS = 10
LONGEST_PAUSE = 60.0
SECONDS = 10
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Letter:
    """A notice on its way."""

    id: int
    url: str
    headers: dict[str, str]
    body: bytes
    attempts: int


class Page:
    """The books while one writes in them; nobody else does meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def entry(self, kind: str, entry_id: str) -> dict[str, Any] | None:
        """One entry."""
        found = self.connection.execute(
            "SELECT content FROM entry WHERE kind = ? AND id = ?", (kind, entry_id)
        ).fetchone()
        return None if found is None else json.loads(found[0])

    def entries(self, kind: str, limit: int = -1) -> list[dict[str, Any]]:
        """The entries of a kind, newest first; all of them unless there is a limit."""
        return self._found("WHERE kind = ? ORDER BY at DESC, id LIMIT ?", kind, limit)

    def open_entries(self, kind: str) -> list[dict[str, Any]]:
        """Those that still may change."""
        return self._found("WHERE kind = ? AND is_open = 1 ORDER BY id", kind)

    def put(self, kind: str, entry_id: str, content: dict[str, Any], *, is_open: bool) -> None:
        """Write an entry, or write it anew."""
        self.connection.execute(
            "INSERT INTO entry (kind, id, at, is_open, content) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE"
            " SET content = excluded.content, is_open = excluded.is_open",
            (kind, entry_id, time.time(), is_open, json.dumps(content)),
        )

    def send(self, url: str, headers: dict[str, str], body: str, after: float = 0.0) -> None:
        """Have a notice sent, now or after some seconds."""
        self.connection.execute(
            "INSERT INTO letter (url, headers, body, due) VALUES (?, ?, ?, ?)",
            (url, json.dumps(headers), body, time.time() + after),
        )

    def _found(self, condition: str, *values: Any) -> list[dict[str, Any]]:
        found = self.connection.execute(f"SELECT content FROM entry {condition}", values)
        return [json.loads(content) for (content,) in found]


class Books:
    """Entries in a file."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        with closing(self._opened()) as connection:
            connection.executescript(SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """The books to read and write in; all is kept, or nothing when it fails."""
        with closing(self._opened()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Page(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def due(self) -> list[Letter]:
        """The notices whose time has come."""
        with closing(self._opened()) as connection:
            rows = connection.execute(
                "SELECT id, url, headers, body, attempts FROM letter WHERE due <= ?"
                " ORDER BY due, id LIMIT 20",
                (time.time(),),
            ).fetchall()
        return [
            Letter(number, url, json.loads(headers), body.encode(), attempts)
            for number, url, headers, body, attempts in rows
        ]

    def sent(self, letter: Letter, *, arrived: bool) -> None:
        """A notice has arrived, or is tried again later, ten times at most."""
        attempts = letter.attempts + 1
        with self.writing() as page:
            if arrived or attempts >= MOST_ATTEMPTS:
                page.connection.execute("DELETE FROM letter WHERE id = ?", (letter.id,))
            else:
                due = time.time() + min(LONGEST_PAUSE, 2.0**attempts)
                page.connection.execute(
                    "UPDATE letter SET attempts = ?, due = ? WHERE id = ?",
                    (attempts, due, letter.id),
                )

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection


class Messenger(threading.Thread):
    """Sends what is due, and does what the clock brings about before it looks.

    `dress` gives the headers that a notice can have only when it is sent, such as a signature.
    """

    def __init__(
        self,
        books: Books,
        by_the_clock: Callable[[], None],
        dress: Callable[[bytes], dict[str, str]],
    ) -> None:
        super().__init__(daemon=True)
        self.books, self.by_the_clock, self.dress = books, by_the_clock, dress
        self.stopping = threading.Event()

    def run(self) -> None:
        """Until told to stop."""
        with httpx.Client(timeout=SECONDS, trust_env=False) as line:
            while not self.stopping.wait(LOOK_SECONDS):
                self.by_the_clock()
                for letter in self.books.due():
                    self.books.sent(letter, arrived=self._arrives(line, letter))

    def stop(self) -> None:
        """Stop, and wait until stopped."""
        self.stopping.set()
        self.join(SECONDS + 5)

    def _arrives(self, line: httpx.Client, letter: Letter) -> bool:
        headers = {
            "Content-Type": "application/json",
            **letter.headers,
            **self.dress(letter.body),
        }
        try:
            answer = line.post(letter.url, content=letter.body, headers=headers)
        except (httpx.HTTPError, OSError, ValueError):
            return False
        return answer.is_success
