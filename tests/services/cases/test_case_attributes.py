"""The rows that a list by an answer is read from: as the case says, whatever becomes of it."""

import pytest
from sqlalchemy import select

from services.cases import inbox
from services.cases.attribute_models import CaseAttribute
from services.cases.inbox import Filter
from services.cases.models import State
from tests.builders import NOON, a_case, a_handler, an_authority


@pytest.fixture(autouse=True)
def authority(lent):
    """Where cases come in."""
    return an_authority(lent)


def rows(lent, case) -> set[tuple[str, str, bool]]:
    """What there is to look the case up by."""
    lent.flush()
    found = lent.execute(
        select(CaseAttribute.key, CaseAttribute.value, CaseAttribute.ended).where(
            CaseAttribute.case_id == case.id, CaseAttribute.authority_id == case.authority_id
        )
    )
    return {tuple(each) for each in found}


def test_a_draft_cannot_be_looked_up_and_what_is_sent_in_can(lent):
    assert rows(lent, a_case(lent, state=State.DRAFT)) == set()
    assert rows(lent, a_case(lent)) == {("stolpe", "S-123", False)}


def test_an_answer_of_several_is_found_by_each_of_them(lent):
    case = a_case(lent)
    case.attributes = {"hinder": ["is", "snow", "is"], "count": 3, "long": "x" * 201}
    assert rows(lent, case) == {("hinder", "is", False), ("hinder", "snow", False)}


def test_what_is_corrected_closed_moved_or_cleared_is_followed(lent):
    case = a_case(lent)
    case.attributes = {"stolpe": "S-7"}
    assert rows(lent, case) == {("stolpe", "S-7", False)}
    case.state = State.CLOSED
    assert rows(lent, case) == {("stolpe", "S-7", True)}
    case.authority_id = an_authority(lent, "SN").id
    assert rows(lent, case) == {("stolpe", "S-7", True)}
    case.attributes = {}
    assert rows(lent, case) == set()
    all_of_it = select(CaseAttribute.key).where(CaseAttribute.case_id == case.id)
    assert list(lent.scalars(all_of_it)) == []


@pytest.mark.parametrize("view", inbox.VIEWS)
def test_each_view_finds_by_an_answer_what_it_finds_without(lent, authority, view):
    case, other = a_case(lent), a_case(lent)
    handler, stranger = a_handler(lent, authority), a_handler(lent, an_authority(lent, "KFN"))
    case.attributes, other.attributes = {"stolpe": "S-1"}, {"stolpe": ["S-2", "S-3"]}
    case.handler_id = other.handler_id = None if view == "unassigned" else handler.person_id
    case.due_on = other.due_on = NOON.date().replace(year=2020)
    if view == "waiting":
        case.state = other.state = State.AWAITING_COMPLETION
    if view == "closed":
        case.state = other.state = State.CLOSED
    lent.flush()
    for asked, found in (("S-1", [case]), ("S-3", [other]), ("S-4", [])):
        wanted = Filter(view=view, attribute=("stolpe", asked), today=NOON.date())
        assert inbox.inbox(lent, handler, wanted).cases == found
        assert inbox.inbox(lent, stranger, wanted).cases == []


def test_the_pages_of_a_list_by_an_answer_go_on_where_the_last_ended(lent, authority):
    handler = a_handler(lent, authority)
    made = [a_case(lent) for _each in range(5)]
    for each in made:
        each.attributes = {"stolpe": "S-1"}
    lent.flush()
    found, before = [], None
    while len(found) < 5:
        shelf = inbox.inbox(
            lent, handler, Filter(attribute=("stolpe", "S-1"), before=before), most=2
        )
        found += shelf.cases
        before = shelf.next_before
    assert before is None
    assert {each.id for each in found} == {each.id for each in made}
    assert len(found) == 5
