"""`kill -9` between a message and its mail: who is written to is told, and of nothing else.

The program that writes dies before and after its commit, and the real worker dies after the mail
server has taken the letter and before it has said so to the database.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app.runner.run import ROOT
from app.runner.supervisor import Child
from app.transactions import open_work
from services.cases.models import FROM_DESK, CaseMessage
from services.notifications.models import Notification, NotificationState
from tests import database
from tests.builders import a_case, an_authority
from tests.faults.writing import AFTER, BEFORE, sessions
from tests.town import free_ports

ADDRESS = "tolvan@example.com"
PATIENCE = 120.0


@dataclass
class Post:
    """A mail server that keeps what it is given, and may have the worker killed before it answers."""

    letters: list[str] = field(default_factory=list)
    victims: list[Child] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a letter in."""
        self.letters.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        while self.victims:
            kill(self.victims.pop())
        return "250 OK"


def kill(child: Child) -> None:
    """`kill -9`, with all that belongs to it."""
    assert child.process is not None
    os.killpg(child.process.pid, signal.SIGKILL)


@dataclass
class Office:
    """A database, a mail server, a case that somebody has sent in, and programs that die."""

    environ: dict[str, str]
    post: Post

    def __post_init__(self) -> None:
        self.sessions = sessions(self.environ)
        self.worker = Child(
            "worker", [sys.executable, "-m", "tests.faults.worker"], self.environ, ROOT
        )
        with open_work(self.sessions) as work:
            self.authority_id = an_authority(work.session).id
            self.case_id = a_case(work.session, email=ADDRESS).id

    def close(self) -> None:
        """End what still runs, and let the database go."""
        if self.worker.process is not None:
            if self.worker.process.poll() is None:
                kill(self.worker)
            self.worker.process.wait(10)
        self.sessions.kw["bind"].dispose()

    def write(self, when: str) -> None:
        """Let a program write in the case and die."""
        named = [str(self.case_id), str(self.authority_id), when]
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.writing", *named],
            env=self.environ,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL

    def written(self) -> list[str]:
        """What the desk has written in the case."""
        query = select(CaseMessage.body).where(
            CaseMessage.case_id == self.case_id, CaseMessage.kind == FROM_DESK
        )
        with open_work(self.sessions) as work:
            return list(work.session.scalars(query.limit(10)))

    def letters(self) -> list[Notification]:
        """What there is to tell of that."""
        query = select(Notification).where(Notification.template == "message-received")
        with open_work(self.sessions) as work:
            return list(work.session.scalars(query.limit(10)))

    def until_sent(self) -> None:
        """Wait until every letter has left."""
        end = time.monotonic() + PATIENCE
        while any(each.state != NotificationState.SENT for each in self.letters()):
            assert time.monotonic() < end, "it is not sent"
            time.sleep(0.2)


@contextmanager
def an_office(folder: Path, url: str) -> Iterator[Office]:
    """All of it, until it is left."""
    web, mail = free_ports()
    post = Post()
    server = Controller(post, hostname="127.0.0.1", port=mail)
    server.start()
    stops = folder / "stops"
    stops.mkdir()
    office = Office(
        {
            **os.environ,
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": url,
            "SALEM24_DATA": str(folder / "data"),
            "SALEM24_PUBLIC_URL": f"http://localhost:{web}",
            "SALEM24_SMTP_HOST": "127.0.0.1",
            "SALEM24_SMTP_PORT": str(mail),
            "SALEM24_TEST_STOPS": str(stops),
        },
        post,
    )
    try:
        yield office
    finally:
        server.stop()
        office.close()


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    url = database.own_database(os.environ[database.SHARED], f"letters_{os.getpid()}")
    with an_office(tmp_path, url) as found:
        yield found


def test_killed_between_message_and_mail_nobody_is_told_of_nothing_and_nothing_untold(office):
    office.write(BEFORE)
    assert office.written() == []
    assert office.letters() == []
    office.write(AFTER)
    assert office.written() == [f"Hej {AFTER}."]
    assert [each.state for each in office.letters()] == [NotificationState.PLANNED]

    office.post.victims.append(office.worker)
    office.worker.start()
    end = time.monotonic() + PATIENCE
    while office.worker.process.poll() is None:
        assert time.monotonic() < end, "the worker has sent nothing"
        time.sleep(0.1)
    office.worker.start()
    office.until_sent()
    (told,) = office.letters()
    mine = [each for each in office.post.letters if str(told.id) in each]
    # Once for the worker that died and once for the next, as one and the same letter.
    assert len(mine) in (1, 2)
    assert len(set(mine)) == 1
    assert office.written() == [f"Hej {AFTER}."]
