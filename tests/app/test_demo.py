"""The demonstration municipality: whole, the same every time, and telling nobody anything by mail."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.orm import Session

from app.demo import personas
from app.demo.municipality import bulk, filling, sources
from services.audit.log import AuditedSession
from services.cases.models import Case, CaseEvent, CaseMessage, State
from services.catalogue import library
from services.catalogue.models import Service
from services.kernel.errors import Conflict
from services.kernel.work import SYSTEM, Work
from services.notifications.models import Notification, NotificationState
from services.organisation import queries as organisation
from services.people import mandates
from services.people import queries as people
from tests.builders import lend

CASES = 24
OpenWork = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Municipality:
    """Filled once for all tests here, and never committed."""

    connection: Connection
    files: Path
    filled: filling.Filled


@pytest.fixture(scope="module")
def municipality(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Municipality]:
    """The municipality with a few cases."""
    files = tmp_path_factory.mktemp("municipality")
    with engine.connect() as connection, connection.begin() as whole:
        with _session(connection, files) as opened:
            filled = filling.fill(_works(opened), cases=CASES, seed=1)
        yield Municipality(connection, files, filled)
        whole.rollback()


@pytest.fixture
def lent(municipality: Municipality) -> Iterator[Session]:
    """A session in it, whose work is undone after the test."""
    undone = municipality.connection.begin_nested()
    with _session(municipality.connection, municipality.files) as opened:
        yield opened
    undone.rollback()


@pytest.fixture
def filled(municipality: Municipality) -> filling.Filled:
    """What was told when it was filled."""
    return municipality.filled


@pytest.fixture
def open_work(lent: Session) -> OpenWork:
    """Units of work whose commits stay within the test."""
    return _works(lent)


def _session(connection: Connection, files: Path) -> Session:
    opened = AuditedSession(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    return lend(opened, files)


def _works(session: Session) -> OpenWork:
    @contextmanager
    def opened() -> Iterator[Work]:
        yield Work(session, SYSTEM, datetime.now(UTC))
        session.commit()

    return opened


def _count(session: Any, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model))


def test_every_case_can_be_told(filled):
    assert filled.untold == []
    assert filled.added == CASES


def test_every_service_has_a_case(filled, lent):
    used = set(
        lent.scalars(select(Service.slug).join(Case, Case.service_id == Service.id).distinct())
    )

    assert used == {document.slug for document in library.load()}


def test_filling_again_adds_nothing(filled, lent, open_work):
    before = [_count(lent, model) for model in (Case, CaseEvent, CaseMessage, Notification)]

    again = filling.fill(open_work, cases=CASES, seed=1)

    assert again.added == 0
    assert [_count(lent, model) for model in (Case, CaseEvent, CaseMessage, Notification)] == before


def test_a_larger_municipality_keeps_the_cases_of_the_smaller(filled, lent, open_work):
    filling.fill(open_work, cases=CASES + 4, seed=1)

    assert _count(lent, Case) == CASES + 4


def test_no_letter_of_the_past_is_sent_now(filled, lent):
    assert not lent.scalars(
        select(Notification).where(Notification.state == NotificationState.PLANNED)
    ).all()
    waiting = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notifications.send'")
    assert lent.scalar(waiting) == 0


def test_nothing_happens_in_the_future(filled, lent):
    assert lent.scalar(select(func.max(CaseEvent.at))) <= datetime.now(UTC)


def test_what_happens_in_a_case_happens_in_order(filled, lent):
    earlier = None
    for case_id, at in lent.execute(
        select(CaseEvent.case_id, CaseEvent.at).order_by(CaseEvent.case_id, CaseEvent.id)
    ):
        assert earlier is None or earlier[0] != case_id or earlier[1] <= at
        earlier = (case_id, at)


def test_handlers_work_in_the_cases_own_authority(filled, lent):
    today = datetime.now(UTC).date()
    handled = lent.execute(
        select(Case.handler_id, Case.authority_id).where(Case.handler_id.is_not(None)).distinct()
    ).all()

    assert handled
    for handler_id, authority_id in handled:
        assert authority_id in organisation.duties(lent, handler_id, today)


def test_every_persona_is_known(filled, lent):
    today = datetime.now(UTC).date()
    for persona in personas.cast().personas:
        person = people.person_by_identifier(lent, persona.kind, persona.value)
        assert person is not None
        assert person.protected == persona.protected
        assert bool(organisation.duties(lent, person.id, today)) == bool(persona.staff)
        assert len(organisation.offices(lent, person.id, today)) == len(persona.elected)
        acting_for = mandates.ways(lent, person.id, today)
        theirs = [told for told in personas.cast().principals if persona.key in told.by]
        assert len(acting_for) == len(persona.mandates) + len(theirs)


def test_every_unit_that_an_e_service_names_exists_in_its_authority(filled, lent):
    told = {
        unit["key"]: authority["code"]
        for authority in sources.organisation()["authorities"]
        for department in authority["departments"]
        for unit in department["units"]
    }

    assert set(told) <= set(organisation.units(lent))
    for document in library.load():
        assert told[document.unit] == document.authority, document.slug


def test_every_service_has_at_least_eight_stories():
    for document in library.load():
        stories = sources.stories(document.slug)
        assert len(stories) >= 8
        for story in stories:
            assert {"text", "note", "ask", "supply", "question", "reply", "closing"} <= set(story)


def test_stories_answer_only_questions_that_are_asked():
    for document in library.load():
        asked = {question.key for question in document.questions}
        known = {status.key for status in document.statuses}
        for story in sources.stories(document.slug):
            assert set(story.get("answers", {})) <= asked
            assert story.get("via") is None or story["via"] in known


def indexes_of(lent):
    """The indexes of the tables that are copied, as they are made."""
    query = text("SELECT indexdef FROM pg_indexes WHERE tablename = ANY(:tables)")
    tables = [each.__tablename__ for each in bulk.COPIED]
    return sorted(lent.scalars(query, {"tables": tables}))


def test_many_cases_are_whole_copies(filled, lent, open_work, monkeypatch):
    # More than at once, so that the indexes are made anew afterwards.
    monkeypatch.setattr(bulk, "AT_ONCE", 100)
    before = indexes_of(lent)
    bulk.multiply(open_work, cases=300, seed=1)
    assert indexes_of(lent) == before

    assert _count(lent, Case) == 300
    received = select(Case.id).where(Case.state != State.DRAFT)
    with_receipt = select(CaseEvent.case_id).where(CaseEvent.kind == "received")
    assert not lent.scalars(received.where(Case.id.not_in(with_receipt))).all()
    assert lent.scalar(select(func.max(CaseEvent.at))) <= datetime.now(UTC)
    assert bulk.multiply(open_work, cases=300, seed=1) == 0


def test_there_is_nothing_to_copy_before_the_municipality_is_filled_in(engine, tmp_path):
    with (
        engine.connect() as connection,
        _session(connection, tmp_path) as session,
        pytest.raises(Conflict),
    ):
        bulk.multiply(_works(session), cases=10, seed=1)
