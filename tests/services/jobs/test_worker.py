"""A real worker on a real database, once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.jobs.commands import plan
from services.jobs.worker import build_app
from services.kernel.errors import Unavailable
from services.kernel.work import SYSTEM, Work


class Sender:
    """Sends letters, but for the one that is always lost."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sent: list[str] = []

    @contextmanager
    def open_work(self) -> Iterator[Work]:
        with Session(self.engine) as session:
            yield Work(session=session, actor=SYSTEM, now=datetime.now(UTC))
            session.commit()

    def send(self, _work: Work, arguments: dict[str, Any]) -> None:
        if arguments["letter"] == "lost":
            raise Unavailable("mail-away")
        self.sent.append(arguments["letter"])


@pytest.fixture
def sender(engine: Engine) -> Iterator[Sender]:
    yield Sender(engine)
    with engine.begin() as connection:
        connection.execute(
            text("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers CASCADE")
        )


def work_through(sender: Sender) -> dict[str, tuple[str, int]]:
    """Let a worker do all that waits; returns how each letter's job stands then."""
    address = sender.engine.url.render_as_string(hide_password=False)
    app = build_app(address, {"letters.send": sender.send}, sender.open_work)

    async def once() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    asyncio.run(once())
    with sender.engine.connect() as connection:
        rows = connection.execute(text("SELECT args, status, attempts FROM procrastinate_jobs"))
        return {
            row.args["letter"]: (row.status, row.attempts) for row in rows if "letter" in row.args
        }


def test_a_worker_does_what_was_committed_and_only_that(sender: Sender) -> None:
    with sender.open_work() as work:
        plan(work, "letters.send", letter="kept")
    with Session(sender.engine) as session:
        work = Work(session=session, actor=SYSTEM, now=datetime.now(UTC))
        plan(work, "letters.send", letter="rolled back")
        session.rollback()
    assert work_through(sender) == {"kept": ("succeeded", 1)}
    assert sender.sent == ["kept"]


def test_a_job_that_failed_waits_for_another_attempt(sender: Sender) -> None:
    with sender.open_work() as work:
        plan(work, "letters.send", letter="lost")
    assert work_through(sender) == {"lost": ("todo", 1)}
