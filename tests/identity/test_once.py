"""One answer signs in once, however many post it: twenty threads, and two workers on one database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.pending_cookie import NAME
from services.kernel.errors import Conflict
from services.kernel.work import ANYONE, Work
from services.people import commands
from tests.app.test_sign_in import ACS, Traveller

MANY = 20


@pytest.fixture
def other_worker(settings: Settings) -> Iterator[Flask]:
    """A second process's application, on the same database."""
    served = create_app(settings)
    yield served
    served.extensions["engine"].dispose()


def test_one_answer_posted_by_twenty_at_once_opens_one_session(
    app: Flask, other_worker: Flask, settings: Settings
) -> None:
    traveller = Traveller(app, settings)
    traveller.leave("/logga-in")
    form = dict(traveller.answer(persona="tolvan"))
    held = traveller.client.get_cookie(NAME)
    assert held is not None
    ready = Barrier(MANY)

    def post(number: int) -> bool:
        client = (app, other_worker)[number % 2].test_client()
        client.set_cookie(NAME, held.value)
        ready.wait()
        with client.post(ACS, data=form) as response:
            assert response.status_code in (303, 403)
            return bool(response.status_code == 303)

    with ThreadPoolExecutor(MANY) as many:
        assert sum(many.map(post, range(MANY))) == 1


def test_a_log_in_that_one_worker_began_is_finished_by_the_other(
    app: Flask, other_worker: Flask, settings: Settings
) -> None:
    traveller = Traveller(app, settings)
    traveller.leave("/logga-in")
    form = dict(traveller.answer(persona="testa"))
    held = traveller.client.get_cookie(NAME)
    assert held is not None
    answers = []
    for served in (other_worker, app):
        client = served.test_client()
        client.set_cookie(NAME, held.value)
        with client.post(ACS, data=form) as response:
            answers.append(response.status_code)
            token = client.get_cookie(traveller.session_name)
        assert (token is not None) is (served is other_worker)
    assert answers == [303, 403]


def test_an_assertion_is_marked_by_one_of_twenty_transactions(database_url: str) -> None:
    engine = create_engine(database_url, pool_size=MANY)
    until = datetime.now(UTC) + timedelta(minutes=5)
    assertion = f"_{uuid4().hex}"
    ready = Barrier(MANY)

    def mark(_: int) -> bool:
        with Session(engine) as session:
            work = Work(session, ANYONE, until)
            ready.wait()
            try:
                commands.guard_replay(work, "https://idp.example", assertion, until)
            except Conflict:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(MANY) as many:
        assert sum(many.map(mark, range(MANY))) == 1
    with engine.begin() as connection:
        connection.execute(
            text("DELETE FROM seen_assertion WHERE assertion_id = :it"), {"it": assertion}
        )
    engine.dispose()
