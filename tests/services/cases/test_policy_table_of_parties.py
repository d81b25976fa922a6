"""Every state, step, subject and relation of residents to a case, rooms included, against a model.

As in the table of the desk, the model is written here once more and knows nothing of the code.
Python's answer and SQL's answer must both be the model's, for reading, writing, and what only
the party does; and where something is shared that should not be, the border holds all the same.
"""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.access.rules import may
from services.cases import policy
from services.cases.lifecycle import Step, is_possible
from services.cases.models import Case, CaseShare, State
from services.kernel.work import Actor, Role
from services.people import commands as people
from services.rooms.models import RoomMember
from tests.builders import NOON, a_case, a_document, a_person, a_resident, a_work, an_authority
from tests.services.cases.test_policy_table import share_with

SUBJECTS = ("self", "organisation", "child", "principal", "anothers")
KINDS = ("open", "secret", "protected")
FAMILY = {"subjects": ["self", "company", "association", "child", "principal"]}
# What a party's steps each state bears, written down once more by hand.
BEARS = {
    State.DRAFT: {Step.SAVE, Step.SUBMIT},
    State.AWAITING_SIGNATURE: {Step.SUBMIT},
    State.RECEIVED: {Step.WRITE, Step.WITHDRAW},
    State.IN_PROGRESS: {Step.WRITE, Step.WITHDRAW},
    State.AWAITING_COMPLETION: {Step.WRITE, Step.COMPLETE, Step.WITHDRAW},
    State.CLOSED: {Step.WRITE},
    State.WITHDRAWN: set(),
}
WRITING = (Step.SAVE, Step.SUBMIT, Step.WRITE, Step.COMPLETE)
IN_ROOM = ("owner", "sender", "reader")
OUTSIDE = ("left", "ended", "acting", "represents", "stranger", "staff", "anyone")
EVERYBODY = ("maker", "agent", *IN_ROOM, *OUTSIDE)


def model_acts(who: str, subject: str, kind: str, state: State) -> bool:
    """Whether somebody is the party, or acts for it."""
    if who == "maker":
        return True
    if who != "agent" or subject in ("self", "anothers"):
        return False
    received = state not in (State.DRAFT, State.AWAITING_SIGNATURE)
    return subject == "organisation" or (received and kind == "open")


def model_in_room(subject: str, kind: str) -> bool:
    """Whether a room is shown it at all."""
    return kind == "open" and subject in ("self", "organisation")


def model_reads(who: str, subject: str, kind: str, state: State) -> bool:
    """Whether somebody may read it."""
    in_room = who in IN_ROOM and model_in_room(subject, kind)
    return model_acts(who, subject, kind, state) or in_room


def model_writes(who: str, subject: str, kind: str, state: State) -> bool:
    """Whether somebody may write in it."""
    return who != "reader" and model_reads(who, subject, kind, state)


def model_shares(who: str, subject: str, kind: str) -> bool:
    """Whether somebody may share it with a room."""
    return who == "maker" and model_in_room(subject, kind)


def a_cast(lent, subject: str) -> dict[str, Actor]:
    """The maker, and somebody else who may act for the same, as they have signed in."""
    maker, agent = a_resident(lent), a_resident(lent, given_name="Testo")
    if subject == "organisation":
        company = people.add_organisation(
            a_work(lent), "5560000167", "Exempelbolaget AB", "company"
        )
        lent.flush()
        return {
            "maker": replace(maker, acting_for=company.id),
            "agent": replace(agent, acting_for=company.id),
        }
    if subject in ("child", "principal"):
        whom = {"principal_id": a_person(lent, "Bea").id, "is_guardian": subject == "child"}
        return {"maker": replace(maker, **whom), "agent": replace(agent, **whom)}
    return {"maker": maker, "agent": agent}


def everybody(lent, cast: dict[str, Actor], case: Case) -> dict[str, Actor]:
    """All who are related to the case, brought there as the database would hold it."""
    for role in IN_ROOM:
        cast[role] = a_resident(lent, given_name=role)
        share_with(lent, case, cast[role].person_id, role)
    for who in ("left", "ended"):
        cast[who] = a_resident(lent, given_name=who)
        share_with(lent, case, cast[who].person_id, "owner")
    left = select(RoomMember).where(RoomMember.person_id == cast["left"].person_id)
    lent.scalars(left).one().left_at = NOON
    ended = select(CaseShare).where(CaseShare.shared_by_id == cast["ended"].person_id)
    lent.scalars(ended).one().ended_at = NOON
    cast["acting"] = replace(cast["owner"], acting_for=a_person(lent).id)
    cast["represents"] = replace(cast["owner"], principal_id=a_person(lent).id)
    cast["stranger"] = a_resident(lent, given_name="Samo")
    cast["staff"] = replace(cast["owner"], role=Role.STAFF)
    cast["anyone"] = Actor()
    lent.flush()
    lent.expire(case, ["room_members"])
    return cast


def in_state(lent, by: Actor, state: State) -> Case:
    """A case of the maker's in a state."""
    built = State.DRAFT if state is State.AWAITING_SIGNATURE else state
    case = a_case(lent, by=by, state=built, document=a_document(**FAMILY))
    if built is not state:
        case.state = case.status = state
    return case


def sql_says(lent, border, case: Case) -> bool:
    """Whether a border in SQL shows the case."""
    return lent.scalar(select(Case.id).where(Case.id == case.id, border)) is not None


@pytest.mark.parametrize("state", BEARS)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_residents_may_is_as_the_model_says(lent, subject, state):
    an_authority(lent)
    cast = a_cast(lent, subject)
    case = in_state(lent, cast["maker"], state)
    if subject == "anothers":
        case.subject_person_id = a_person(lent, "Greta").id
    lent.flush()
    cast = everybody(lent, cast, case)
    assert set(cast) == set(EVERYBODY)
    for kind in KINDS:
        case.secrecy, case.protected = kind == "secret", kind == "protected"
        lent.flush()
        for who, actor in cast.items():
            told = (who, subject, kind, state)
            reads, writes = model_reads(*told), model_writes(*told)
            acts = model_acts(*told)
            assert may(actor, policy.READ_AS_PARTY, case) == reads, told
            assert sql_says(lent, policy.visible_to_party(actor), case) == reads, told
            assert may(actor, policy.WRITE_AS_PARTY, case) == writes, told
            assert may(actor, policy.ACT_AS_PARTY, case) == acts, told
            assert sql_says(lent, policy.partys_own(actor), case) == acts, told
            assert may(actor, policy.SHARE, case) == model_shares(who, subject, kind), told
            for step in (*WRITING, Step.WITHDRAW):
                what = policy.WITHDRAW if step is Step.WITHDRAW else policy.WRITE_AS_PARTY
                able = may(actor, what, case) and is_possible(case.state, step)
                wanted = model_steps(step, told) and step in BEARS[state]
                assert able == wanted, (*told, step)


def model_steps(step: Step, told: tuple) -> bool:
    """Whether somebody may take a step, whatever the state bears."""
    if step is not Step.WITHDRAW:
        return model_writes(*told)
    # What one guardian has sent in for a child, the other one does not take back.
    who, subject = told[:2]
    return model_acts(*told) and not (subject == "child" and who == "agent")


def test_the_table_is_as_large_as_it_says():
    rows = len(BEARS) * len(SUBJECTS) * len(KINDS) * len(EVERYBODY) * (len(WRITING) + 1)
    assert rows == 7 * 5 * 3 * 12 * 5 == 6300
