"""A mark of protected identity: made at once by one, taken away by two (domain reference §1.5)."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.audit.models import AuditEntry
from services.cases import parties, policy, protecting, unmarking
from services.cases.models import Case, CaseEvent
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.work import Duty
from services.people.events import PersonProtected, PersonUnprotected
from services.people.models import Person
from tests.builders import NOON, a_case, a_handler, a_person, a_resident, a_work, an_authority

WHY = "Personen har ringt och visat Skatteverkets beslut."


@pytest.fixture
def authority(lent):
    """Where the case is."""
    return an_authority(lent)


@pytest.fixture
def resident(lent, authority):
    """Whom it is about."""
    return a_resident(lent)


@pytest.fixture
def case(lent, resident, authority):
    """A case that has been protected from the desk."""
    case = a_case(lent, by=resident)
    work = a_work(lent, a_handler(lent, authority, Duty.REGISTRAR))
    protecting.protect_party(work, case.id)
    _heard(work)
    return case


def _heard(work):
    listeners = {
        PersonProtected: protecting.person_protected,
        PersonUnprotected: protecting.person_unprotected,
    }
    for event in work.happened:
        listeners[type(event)](work, event)
    work.session.flush()


def lead(lent, authority, duty=Duty.REGISTRAR):
    """Somebody who leads there, another one each time."""
    return a_work(lent, a_handler(lent, authority, duty))


def test_one_proposes_another_confirms_and_all_the_persons_cases_are_open_again(
    lent, authority, resident, case
):
    other = a_case(lent, by=resident)
    assert other.protected
    proposal = unmarking.propose(lead(lent, authority), case.id, WHY)
    assert lent.get(Person, resident.person_id).protected
    assert case.protected
    second = lead(lent, authority, Duty.MANAGER)
    unmarking.confirm(second, proposal.id)
    _heard(second)
    assert not lent.get(Person, resident.person_id).protected
    assert not case.protected
    assert not other.protected
    assert case.party_text == "Tolvan Tolvansson"
    assert (proposal.outcome, proposal.decided_at) == ("confirmed", NOON)


def test_nobody_confirms_their_own_not_even_past_the_code(lent, authority, case):
    work = lead(lent, authority)
    proposal = unmarking.propose(work, case.id, WHY)
    with pytest.raises(NotAllowed):
        unmarking.confirm(work, proposal.id)
    proposal.outcome, proposal.decided_at = "confirmed", NOON
    proposal.decided_by_id = work.actor.person_id
    with pytest.raises(IntegrityError):
        lent.flush()


@pytest.mark.parametrize("duty", [Duty.HANDLER, Duty.CLERK, Duty.SYSTEM_OWNER, Duty.ECONOMIST])
def test_only_those_who_lead_there_propose_and_confirm(lent, authority, case, duty):
    outsider = lead(lent, authority, duty)
    with pytest.raises(NotAllowed):
        unmarking.propose(outsider, case.id, WHY)
    proposal = unmarking.propose(lead(lent, authority), case.id, WHY)
    with pytest.raises(NotAllowed):
        unmarking.confirm(outsider, proposal.id)
    with pytest.raises(NotAllowed):
        unmarking.refuse(outsider, proposal.id)
    elsewhere = lead(lent, an_authority(lent, "SN"))
    with pytest.raises(NotAllowed):
        unmarking.confirm(elsewhere, proposal.id)
    assert unmarking.waiting(lent, elsewhere.actor) == []
    assert unmarking.waiting(lent, outsider.actor) == []
    assert case.protected


def test_a_proposal_says_why_stands_alone_and_needs_a_mark(lent, authority, case):
    with pytest.raises(Invalid):
        unmarking.propose(lead(lent, authority), case.id, "  ")
    unmarking.propose(lead(lent, authority), case.id, WHY)
    with pytest.raises(Conflict):
        unmarking.propose(lead(lent, authority), case.id, WHY)
    open_case = a_case(lent, by=a_resident(lent))
    with pytest.raises(Conflict):
        unmarking.propose(lead(lent, authority), open_case.id, WHY)


def test_who_refuses_lets_the_mark_stand_and_who_proposed_takes_it_back(lent, authority, case):
    first = lead(lent, authority)
    proposal = unmarking.propose(first, case.id, WHY)
    waits = unmarking.waiting(lent, lead(lent, authority).actor)
    assert [each.id for each, _case in waits] == [proposal.id]
    unmarking.refuse(lead(lent, authority), proposal.id)
    assert proposal.outcome == "refused"
    with pytest.raises(Conflict):
        unmarking.confirm(lead(lent, authority), proposal.id)
    lent.flush()
    again = unmarking.propose(first, case.id, WHY)
    unmarking.refuse(first, again.id)
    assert again.outcome == "withdrawn"
    assert case.protected


def test_a_case_that_tells_of_somebody_else_with_protection_stays_protected(
    lent, authority, case, resident
):
    work = lead(lent, authority, Duty.MANAGER)
    other = a_person(lent, "Siri", "Skyddad", protected=True)
    parties.add(work, case.id, "neighbour", "Siri Skyddad", person_id=other.id)
    proposal = unmarking.propose(lead(lent, authority), case.id, WHY)
    unmarking.confirm(work, proposal.id)
    _heard(work)
    assert not lent.get(Person, resident.person_id).protected
    assert case.protected
    assert case.party_text == ""


def test_where_nobody_known_is_behind_it_the_case_alone_is_unmarked(lent, authority):
    case = a_case(lent)
    protecting.protect_party(lead(lent, authority), case.id)
    proposal = unmarking.propose(lead(lent, authority), case.id, WHY)
    assert proposal.person_id is None
    unmarking.confirm(lead(lent, authority), proposal.id)
    assert not case.protected


def test_each_step_is_logged_without_the_words(lent, authority, case):
    first, second = lead(lent, authority), lead(lent, authority)
    unmarking.confirm(second, unmarking.propose(first, case.id, WHY).id)
    lent.commit()
    entries = lent.scalars(
        select(AuditEntry).where(
            AuditEntry.actor_id.in_([first.actor.person_id, second.actor.person_id])
        )
    ).all()
    acts = {each.action for each in entries}
    assert {"protection:propose-unmark", "protection:unmark-confirmed", "person:unprotect"} <= acts
    assert all(WHY not in str(each.details) for each in entries)
    told = lent.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
    steps = [each for each in told if each.kind.startswith("unprotect")]
    assert len(steps) == 2
    assert not any(each.public for each in steps)


def test_the_border_holds_until_it_is_confirmed(lent, authority, case):
    handler = a_handler(lent, authority)
    seen = select(Case.id).where(Case.id == case.id, policy.visible_at_desk(handler))
    assert lent.scalar(seen) is None
    work = lead(lent, authority)
    unmarking.confirm(work, unmarking.propose(lead(lent, authority), case.id, WHY).id)
    _heard(work)
    assert lent.scalar(seen) == case.id
