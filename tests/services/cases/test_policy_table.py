"""Every state, step, duty, authority and relation to the case, against a small model written here.

The model knows nothing of the code: it says in a few lines what the law and the house rules say.
Python's answer and SQL's answer must both be the model's.
"""

import itertools
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from services.access.rules import may
from services.cases import assignment, policy
from services.cases.lifecycle import Step, is_possible
from services.cases.models import Case, CaseShare, State
from services.kernel.db import new_id
from services.kernel.work import Actor, Duty, Role
from services.rooms.models import Room, RoomMember
from tests.builders import (
    NOON,
    a_case,
    a_document,
    a_handler,
    a_person,
    a_resident,
    a_work,
    an_authority,
)

WORKS = {Duty.HANDLER, Duty.REGISTRAR, Duty.MANAGER}
MONEY = {Duty.ECONOMIST, Duty.ATTESTER}
LEADS = {Duty.REGISTRAR, Duty.MANAGER}
STATES = (
    *(State.RECEIVED, State.IN_PROGRESS, State.AWAITING_COMPLETION),
    *(State.CLOSED, State.WITHDRAWN),
)
RELATIONS = ("none", "lead", "helper", "jav", "own", "room")
KINDS = ("open", "secret", "protected")
# Which steps of a handler each state bears, written down once more by hand.
BEARS = {
    State.RECEIVED: {Step.TAKE, Step.SET_STATUS, Step.ASK_COMPLETION, Step.WRITE},
    State.IN_PROGRESS: {Step.TAKE, Step.SET_STATUS, Step.ASK_COMPLETION, Step.WRITE},
    State.AWAITING_COMPLETION: {Step.TAKE, Step.SET_STATUS, Step.WRITE},
    State.CLOSED: {Step.SET_STATUS, Step.WRITE},
    State.WITHDRAWN: set(),
}
STEPS = (Step.TAKE, Step.SET_STATUS, Step.ASK_COMPLETION, Step.WRITE)


@dataclass(frozen=True)
class Who:
    """Somebody at work: which duty, whether in the case's authority, and how related to the case."""

    duty: Duty
    inside: bool
    relation: str


def model_reads(who: Who, kind: str) -> bool:
    """Whether somebody may read such a case."""
    if not who.inside or who.relation in ("jav", "own", "room") or who.duty in MONEY:
        return False
    if kind == "protected":
        return who.duty in LEADS or (who.duty in WORKS and who.relation in ("lead", "helper"))
    return kind == "open" or who.duty in WORKS


def model_works(who: Who, kind: str) -> bool:
    """Whether somebody may work on such a case."""
    return model_reads(who, kind) and who.duty in WORKS


WHOLE = [
    Who(duty, inside, relation)
    for duty, inside, relation in itertools.product(Duty, (True, False), RELATIONS)
]


@pytest.fixture
def there(lent):
    """The case's authority, and another one."""
    return an_authority(lent), an_authority(lent, "SN")


def somebody(lent, there, case: Case, who: Who) -> Actor:
    """A person who is what the model says, brought there by the commands that people use."""
    person = a_person(lent)
    inside, outside = there
    if who.relation == "lead":
        case.handler_id = person.id
    if who.relation == "own":
        case.subject_person_id = person.id
    if who.relation == "room":
        share_with(lent, case, person.id, "reader")
    if who.relation in ("helper", "jav"):
        chief = a_work(lent, a_handler(lent, inside, Duty.MANAGER))
        lent.flush()
        _related(chief, case, person.id, who.relation)
    lent.flush()
    duties = frozenset({who.duty})
    return Actor(
        Role.STAFF, person.id, authorities={(inside if who.inside else outside).id: duties}
    )


def _related(chief, case: Case, person_id, relation: str) -> None:
    if relation == "jav":
        assignment.declare_conflict(chief, case.id, person_id, "other")
    else:
        assignment._add(chief, case, assignment.CaseHandler(person_id=person_id))


def share_with(lent, case: Case, person_id, role: str) -> None:
    """Put a case into a room, as the database would hold it, with somebody in it."""
    room = Room(id=new_id(), kind="household", name="Hemma", made_by_id=person_id, made_at=NOON)
    lent.add(room)
    lent.flush()
    member = RoomMember(room_id=room.id, person_id=person_id, role=role, joined_at=NOON)
    shared = CaseShare(case_id=case.id, room_id=room.id, shared_by_id=person_id, shared_at=NOON)
    lent.add_all([member, shared])
    lent.flush()
    lent.expire(case, ["room_members"])


def sql_says(lent, actor: Actor, case: Case) -> bool:
    """Whether the border in SQL shows the case."""
    query = select(Case.id).where(Case.id == case.id, policy.visible_at_desk(actor))
    return lent.scalar(query) is not None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", STATES)
def test_who_may_read_and_work_is_as_the_model_says(lent, there, state, kind):
    seen = 0
    for who in WHOLE:
        case = a_case(
            lent,
            by=a_resident(lent),
            state=state,
            document=a_document(secrecy=kind == "secret"),
        )
        case.protected = kind == "protected"
        actor = somebody(lent, there, case, who)
        asked = (state, kind, who)
        assert may(actor, policy.READ_AT_DESK, case) == model_reads(who, kind), asked
        assert sql_says(lent, actor, case) == model_reads(who, kind), asked
        assert may(actor, policy.WORK_ON, case) == model_works(who, kind), asked
        leads = model_reads(who, kind) and who.duty in LEADS
        assert may(actor, policy.LEAD, case) == leads, asked
        for step in STEPS:
            able = may(actor, policy.WORK_ON, case) and is_possible(case.state, step)
            wanted = model_works(who, kind) and step in BEARS[state]
            assert able == wanted, (*asked, step)
            seen += 1
    assert seen == len(Duty) * 2 * len(RELATIONS) * len(STEPS)


@pytest.mark.parametrize("role", [Role.ANYONE, Role.RESIDENT, Role.ELECTED, Role.SYSTEM])
def test_nobody_but_staff_reads_at_the_desk(lent, there, role):
    case = a_case(lent)
    actor = Actor(role, a_person(lent).id)
    assert not may(actor, policy.READ_AT_DESK, case)
    assert not sql_says(lent, actor, case)
