"""A real worker on a real database, once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.jobs.commands import plan
from services.jobs.worker import build_app
from services.kernel.errors import Unavailable
from services.kernel.work import SYSTEM, Work


def test_a_worker_does_what_was_committed_and_only_that(engine: Engine) -> None:
    done: list[str] = []

    @contextmanager
    def open_work() -> Iterator[Work]:
        with Session(engine) as session:
            yield Work(session=session, actor=SYSTEM, now=datetime.now(UTC))
            session.commit()

    def deliver(_work: Work, arguments: dict[str, Any]) -> None:
        done.append(arguments["letter"])
        if arguments["letter"] == "lost":
            raise Unavailable("mail-away")

    with open_work() as work:
        plan(work, "letters.send", letter="kept")
        plan(work, "letters.send", letter="lost")
    with Session(engine) as session:
        plan(
            Work(session=session, actor=SYSTEM, now=datetime.now(UTC)),
            "letters.send",
            letter="rolled back",
        )
        session.rollback()

    address = engine.url.render_as_string(hide_password=False)
    app = build_app(address, {"letters.send": deliver}, open_work)

    async def work_through() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    try:
        asyncio.run(work_through())
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT args, status, attempts FROM procrastinate_jobs"))
            jobs = {
                row.args["letter"]: (row.status, row.attempts)
                for row in rows
                if "letter" in row.args
            }
        assert done == ["kept", "lost"]
        assert jobs == {"kept": ("succeeded", 1), "lost": ("todo", 1)}
    finally:
        with engine.begin() as connection:
            connection.execute(
                text("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers CASCADE")
            )
