"""The diary by the law: a number at receipt, no gaps, and documents in the order they came."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from services import wiring
from services.cases import commands as cases
from services.cases import notes
from services.cases.models import State
from services.kernel.work import Duty
from services.records import diary, documents
from services.records.documents import Direction
from tests.builders import NOON, a_case, a_handler, a_resident, a_work, an_authority

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def authority(lent):
    return an_authority(lent)


def received(lent, **facts):
    """A case that was handed in, with what listens told of it."""
    case = a_case(lent, **facts)
    lent.flush()
    entry = diary.enter_missing(a_work(lent))
    assert entry == 1
    return case


def test_osl_5_1_a_case_is_in_the_diary_once_it_is_received(lent, authority):
    case = a_case(lent)
    work = a_work(lent)
    work.tell(diary.CaseReceived(case.id))
    wiring.deliver(work)
    lent.flush()
    entry = diary.entry(lent, case.id)
    assert entry is not None
    assert entry.designation == "TN 2026/1"
    assert entry.entered_on == date(2026, 11, 24)


def test_a_draft_is_in_no_diary(lent, authority):
    case = a_case(lent, state=State.DRAFT)
    assert diary.enter_missing(a_work(lent)) == 0
    assert diary.entry(lent, case.id) is None


def test_each_authority_and_year_has_a_series_of_its_own_without_gaps(lent, authority):
    numbers = []
    for moment in (NOON - timedelta(days=365), NOON, NOON + timedelta(hours=1)):
        case = received(lent, now=moment)
        entry = diary.entry(lent, case.id)
        assert entry is not None
        numbers.append(entry.designation)
    assert numbers == ["TN 2025/1", "TN 2026/1", "TN 2026/2"]
    assert diary.gaps(lent) == []


def test_a_number_once_given_is_never_changed_or_taken_back(lent, authority):
    case = received(lent)
    entry = diary.entry(lent, case.id)
    assert entry is not None
    entry.number = 7
    with pytest.raises(IntegrityError, match="append-only"):
        lent.flush()


def test_documents_are_numbered_in_the_order_they_came_went_out_or_were_drawn_up(lent, authority):
    case = received(lent, by=a_resident(lent))
    handler = a_handler(lent, authority)
    cases.write_from_desk(a_work(lent, handler, NOON + timedelta(hours=1)), case.id, "Vi ses.")
    notes.oral(a_work(lent, handler, NOON + timedelta(hours=2)), case.id, "Hon ringde.")
    lent.flush()
    found = documents.of_case(lent, case)
    assert [(each.number, each.kind, each.direction) for each in found] == [
        (1, "application", Direction.IN),
        (2, "letter", Direction.OUT),
        (3, "oral", Direction.DRAWN_UP),
    ]


def test_osl_8_1_another_authoritys_diary_is_empty_to_its_neighbours(lent, authority):
    received(lent)
    other = a_handler(lent, an_authority(lent, "BMN"), Duty.REGISTRAR)
    assert diary.lines(lent, other, authority.id, *YEAR) == []


def test_osl_5_2_a_case_that_one_may_not_see_has_its_number_alone(lent, authority):
    case = received(lent)
    case.protected = True
    lent.flush()
    clerk = a_handler(lent, authority, Duty.CLERK)
    registrar = a_handler(lent, authority, Duty.REGISTRAR)
    assert [each.case for each in diary.lines(lent, clerk, authority.id, *YEAR)] == [None]
    assert [each.case for each in diary.lines(lent, registrar, authority.id, *YEAR)] == [case]
