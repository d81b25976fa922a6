"""One size of the desk: its pages asked for by one handler, timed and counted, and a case's journey."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy import Engine, event, func, literal_column, select

from app import create_app
from app.config import Settings
from services.cases.commands import decided_statuses, followers
from services.cases.models import STILL_OPEN, Case, State
from services.catalogue import queries as catalogue
from services.kernel.work import Work
from tests.bench import signed_in
from tests.bench.signed_in import WORD, SignedIn

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="(\d+)"')
JOURNEY = "take, answer and close"
OPEN = literal_column(f'"case".{STILL_OPEN}')
MANY = 400


def subjects(visitors: SignedIn) -> dict[str, str]:
    """The pages of the desk that are asked for, by what they show."""
    inbox = "/handlaggning?vy="
    return {
        **{
            f"inbox, {view}": f"{inbox}{view}"
            for view in ("open", "mine", "unassigned", "waiting", "overdue", "closed", "all")
        },
        "inbox of a unit, open": f"{inbox}open&enhet={visitors.unit}",
        "inbox of a unit, without handler": f"{inbox}unassigned&enhet={visitors.unit}",
        "inbox of a unit, all": f"{inbox}all&enhet={visitors.unit}",
        "inbox by attribute, open": f"{inbox}open&svar={quote(visitors.attribute)}",
        "inbox by attribute, all": f"{inbox}all&svar={quote(visitors.attribute)}",
        "search in open, a word of 20 cases": f"{inbox}open&q={WORD}",
        "search in all, a word of 20 cases": f"{inbox}all&q={WORD}",
        "search in all, a number": f"{inbox}all&q={visitors.case}",
        "search in all, a word of very many": f"{inbox}all&q={quote(visitors.common)}",
        "case page": f"/handlaggning/arenden/{visitors.case}",
    }


class Place:
    """The application on one database, and what was measured there."""

    def __init__(
        self, cases: int, environ: dict[str, str], address: str, like: SignedIn | None
    ) -> None:
        self.cases, self.address = cases, address
        self.visitors = like or signed_in.sign_in(environ)
        signed_in.mark(address, self.visitors)
        self.app = create_app(Settings.from_environment(environ))
        self.client = self.app.test_client()
        name, _, value = self._open_session(environ).partition("=")
        self.client.set_cookie(name, value)
        self.times: dict[str, list[float]] = {}
        self.touched: dict[str, int] = {}
        with self.app.extensions["open_work"]() as work:
            self.still_open = (
                work.session.scalar(select(func.count()).select_from(Case).where(OPEN)) or 0
            )
            self.waiting = _unbegun(work, self.visitors)

    def _open_session(self, environ: dict[str, str]) -> str:
        return signed_in.session_of(environ, self.visitors.handler_id)

    @property
    def engine(self) -> Engine:
        """The application's pool."""
        engine: Engine = self.app.extensions["engine"]
        return engine

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def ask(self, name: str) -> None:
        """Ask for a page once more, and remember how long it took."""
        path = subjects(self.visitors)[name]
        began = time.perf_counter()
        answer = self.client.get(path)
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        self.times.setdefault(name, []).append(took)

    def count(self, name: str) -> None:
        """Count the pages of the database that a page's questions touch."""
        path = subjects(self.visitors)[name]
        # What is remembered afterwards is not asked again.
        self.client.get(path)
        with self._noted() as asked:
            self.client.get(path)
        with psycopg.connect(self.address) as connection:
            self.touched[name] = sum(_pages(connection, *each) for each in asked)
            connection.rollback()

    @contextmanager
    def _noted(self) -> Iterator[list[tuple[str, Any]]]:
        asked: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(self.engine, "before_cursor_execute", note)

    def journey(self) -> None:
        """Open a case that nobody has, take it, answer, and close it."""
        number, closing = self.waiting.pop()
        path = f"/handlaggning/arenden/{number}"
        began = time.perf_counter()
        body = self.client.get(path).text
        self._send(f"{path}/ta", body)
        self._send(f"{path}/skriv", body, kind="answer", body="Tack, vi har lagat det.")
        body = self.client.get(path).text
        self._send(f"{path}/status", body, status=closing)
        self.times.setdefault(JOURNEY, []).append(time.perf_counter() - began)

    def _send(self, path: str, shown: str, **fields: str) -> None:
        token, seen = TOKEN.search(shown), SEEN.search(shown)
        assert token is not None
        data = {"csrf_token": token.group(1), "seen": seen.group(1) if seen else "", **fields}
        answer = self.client.post(path, data=data)
        if answer.status_code != 303:
            raise RuntimeError(f"{path} answered {answer.status_code}")


def _pages(connection: psycopg.Connection, statement: str, parameters: Any) -> int:
    if not statement.lstrip().upper().startswith("SELECT"):
        return 0
    told = connection.execute(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
    ).fetchone()
    assert told is not None
    top = told[0] if isinstance(told[0], list) else json.loads(told[0])
    plan = top[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _unbegun(work: Work, visitors: SignedIn) -> list[tuple[str, str]]:
    """Cases without handler that may be closed without a decision, each with the closing status."""
    rows = work.session.execute(
        select(Case.number, Case.version_id, Case.status)
        .where(
            Case.authority_id == visitors.authority_id,
            Case.handler_id.is_(None),
            Case.state.in_([State.RECEIVED, State.IN_PROGRESS]),
            ~Case.secrecy,
            ~Case.protected,
        )
        .order_by(Case.id)
        .limit(MANY)
    )
    found = []
    for number, version_id, status in rows:
        document = catalogue.version_document(work.session, version_id)
        closed = {each.key for each in document.statuses if each.state == "closed"}
        closing = [
            key
            for key in followers(document.statuses, status)
            if key in closed and key not in decided_statuses(document)
        ]
        found += [(number, closing[0])] if closing else []
    return found
