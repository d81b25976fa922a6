"""A case that is somebody else's: who began it, who sees it, and who does not."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.cases import ages, drafts, policy
from services.cases.models import Case, State
from services.kernel.db import new_id
from services.kernel.errors import NotAllowed, NotFound
from services.people import commands as people
from tests.builders import a_case, a_document, a_person, a_resident, a_work, an_authority

FAMILY = {"subjects": ["self", "child", "principal"]}


@pytest.fixture(autouse=True)
def authority(lent):
    """The authority that the cases belong to."""
    return an_authority(lent)


@pytest.fixture
def child(lent):
    """A child."""
    return a_person(lent, "Bea", "Testsson")


def for_child(actor, child):
    """The actor as guardian of a child."""
    return replace(actor, principal_id=child.id, is_guardian=True)


def sees(lent, actor, case):
    """Whether the case is in the actor's list; the predicate must say the same."""
    found = lent.scalar(select(Case).where(Case.id == case.id, policy.visible_to_party(actor)))
    assert policy.is_party(actor, case) == (found is not None)
    return found is not None


def a_childs_case(lent, guardian, child, **facts):
    """A case that a guardian has sent in for a child."""
    return a_case(lent, by=for_child(guardian, child), document=a_document(**FAMILY), **facts)


def test_acting_for_a_child_stands_on_the_case(lent, child):
    guardian = a_resident(lent)
    case = a_childs_case(lent, guardian, child)
    assert case.acting_person_id == guardian.person_id
    assert (case.subject_kind, case.subject_person_id) == ("child", child.id)


def test_one_sees_it_while_acting_for_the_child_and_not_for_oneself(lent, child):
    guardian = a_resident(lent)
    case = a_childs_case(lent, guardian, child)
    assert sees(lent, for_child(guardian, child), case)
    assert not sees(lent, guardian, case)
    assert not sees(lent, for_child(guardian, a_person(lent, "Bo")), case)


def test_the_other_guardian_sees_it_too_but_no_draft_and_takes_nothing_back(lent, child):
    case = a_childs_case(lent, a_resident(lent), child)
    other = for_child(a_resident(lent, given_name="Testo"), child)
    assert sees(lent, other, case)
    assert policy.is_for_child_by_another(other, case)
    draft = a_childs_case(lent, a_resident(lent), child, state=State.DRAFT)
    assert not sees(lent, other, draft)
    with pytest.raises(NotFound):
        drafts.draft_for(a_work(lent, other), draft.id, None)


@pytest.mark.parametrize("who", ["guardian", "child"])
def test_where_anybody_is_protected_the_other_guardian_sees_nothing(lent, who):
    child = a_person(lent, "Bea", protected=who == "child")
    guardian = a_resident(lent, protected=who == "guardian")
    case = a_childs_case(lent, guardian, child)
    assert case.protected
    assert not sees(lent, for_child(a_resident(lent, given_name="Testo"), child), case)
    assert sees(lent, for_child(guardian, child), case)


def test_a_secret_case_is_shown_to_no_other_guardian(lent, child):
    case = a_childs_case(lent, a_resident(lent), child)
    case.secrecy = True
    lent.flush()
    assert not sees(lent, for_child(a_resident(lent, given_name="Testo"), child), case)


def test_what_a_child_has_sent_in_for_itself_is_the_childs(lent):
    young = a_resident(lent, given_name="Bea")
    case = a_case(lent, by=young, document=a_document(**FAMILY))
    guardian = replace(a_resident(lent), principal_id=young.person_id, is_guardian=True)
    assert sees(lent, young, case)
    assert not sees(lent, guardian, case)


def test_an_agent_sees_the_principals_own_cases_within_the_power_only(lent):
    principal = a_resident(lent)
    case = a_case(lent, by=principal)
    agent = replace(a_resident(lent, given_name="Omar"), principal_id=principal.person_id)
    assert sees(lent, agent, case)
    assert sees(lent, replace(agent, services=frozenset({case.service_id})), case)
    assert not sees(lent, replace(agent, services=frozenset({new_id()})), case)


def test_the_principal_sees_what_an_agent_has_sent_in(lent):
    principal = a_resident(lent)
    agent = replace(a_resident(lent, given_name="Omar"), principal_id=principal.person_id)
    case = a_case(lent, by=agent, document=a_document(**FAMILY))
    assert case.subject_kind == "principal"
    assert sees(lent, principal, case)


def test_a_service_outside_the_power_cannot_be_begun(lent):
    agent = replace(
        a_resident(lent), principal_id=a_person(lent).id, services=frozenset({new_id()})
    )
    with pytest.raises(NotAllowed, match="outside-mandate"):
        a_case(lent, by=agent, document=a_document(**FAMILY))


def test_a_service_for_oneself_only_is_not_begun_for_a_child(lent, child):
    with pytest.raises(NotAllowed, match="wrong-party"):
        a_case(lent, by=for_child(a_resident(lent), child), document=a_document(subjects=["self"]))


@pytest.mark.parametrize(
    ("number", "old_enough"), [("199001012385", True), ("201701012393", False)]
)
def test_a_service_may_ask_for_an_age(lent, number, old_enough):
    young = a_resident(lent)
    people.add_identifier(a_work(lent), young.person_id, "pnr", number)
    document = a_document(ages={"from": 16})
    assert ages.is_old_enough(a_work(lent, young), document) is old_enough
    if not old_enough:
        with pytest.raises(NotAllowed, match="too-young"):
            a_case(lent, by=young, document=document)
