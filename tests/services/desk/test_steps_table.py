"""Every step of the desk, tried by every duty, authority and relation, against a small model.

`tests/services/cases/test_policy_table.py` holds the rules; here the commands themselves are
called, each with what it needs, so that none forgets to ask the rule. A step that may not be
taken is refused as not allowed; one that cannot be taken in the case's state is a conflict.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.cases import (
    assignment,
    charges,
    commands,
    completions,
    corrections,
    links,
    notes,
    papers,
    parties,
    protecting,
    tasks,
)
from services.cases.models import Case, State
from services.consultations import asking, dormancy
from services.deadlines import commands as deadlines
from services.decisions import commands as decisions
from services.desk import referral
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, NotAllowed, Refusal
from services.kernel.work import Actor, Duty, Work
from services.organisation import commands as organisation
from services.records import disposing, secrecy
from tests.builders import (
    NOON,
    a_case,
    a_document,
    a_handler,
    a_resident,
    a_work,
    an_authority,
)
from tests.services.cases.test_policy_table import (
    KINDS,
    LEADS,
    WHOLE,
    Who,
    model_reads,
    model_works,
    somebody,
)

DAY = local_day(NOON) + timedelta(days=30)
UNDER_WAY = {
    *(State.AWAITING_PAYMENT, State.RECEIVED, State.IN_PROGRESS),
    *(State.AWAITING_COMPLETION, State.DECIDED),
}
STATES = (*sorted(UNDER_WAY), State.CLOSED, State.WITHDRAWN)
ALWAYS = set(STATES)
ASKED_IN = {State.RECEIVED, State.IN_PROGRESS, State.AWAITING_PAYMENT}
WORKS, LEADING, READS = "works", "leads", "reads"


@dataclass(frozen=True)
class Round:
    """What the steps need beside the case: a colleague, a team, another case, another authority."""

    colleague: UUID
    team: UUID
    other: str
    elsewhere: str


Act = Callable[[Work, Case, Round], Any]
# Each step with who may take it and in which states, written down by hand.
STEPS: dict[str, tuple[Act, str, set[State]]] = {
    "take": (lambda w, c, r: assignment.take(w, c.id), WORKS, UNDER_WAY),
    "assign": (lambda w, c, r: assignment.assign(w, c.id, r.colleague), WORKS, UNDER_WAY),
    "put back": (lambda w, c, r: assignment.put_back(w, c.id), WORKS, UNDER_WAY),
    "let a colleague in": (lambda w, c, r: assignment.add_person(w, c.id, r.colleague), WORKS, ALWAYS),
    "let a team in": (lambda w, c, r: assignment.add_team(w, c.id, r.team), WORKS, ALWAYS),
    "own conflict": (lambda w, c, r: assignment.declare_conflict(w, c.id, w.actor.person_id, "other"), READS, ALWAYS),
    "another's conflict": (lambda w, c, r: assignment.declare_conflict(w, c.id, r.colleague, "other"), LEADING, ALWAYS),
    "lift a conflict": (lambda w, c, r: assignment.lift_conflict(w, c.id, r.colleague), LEADING, ALWAYS),
    "set status": (lambda w, c, r: commands.set_status(w, c.id, "klar"), WORKS, UNDER_WAY | {State.CLOSED}),
    "communicate": (lambda w, c, r: asking.communicate(w, c.id, asking.Question("?")), WORKS, ALWAYS),
    "write": (lambda w, c, r: commands.write_from_desk(w, c.id, "Hej."), WORKS, UNDER_WAY | {State.CLOSED}),
    "complete": (lambda w, c, r: completions.ask(w, c.id, "Mer.", None), WORKS, ASKED_IN),
    "correct": (lambda w, c, r: corrections.correct(w, c.id, {"stolpe": "S-9"}, "Ringde."), WORKS, ALWAYS),
    "note": (lambda w, c, r: notes.note(w, c.id, "Ringde."), WORKS, ALWAYS),
    "note what was said": (lambda w, c, r: notes.oral(w, c.id, "Ringde."), WORKS, ALWAYS),
    "task": (lambda w, c, r: tasks.add(w, c.id, "Ring", None, None), WORKS, ALWAYS),
    "party": (lambda w, c, r: parties.add(w, c.id, "neighbour", "Greta"), WORKS, ALWAYS),
    "link": (lambda w, c, r: links.link(w, c.id, r.other), WORKS, ALWAYS),
    "refer": (lambda w, c, r: referral.refer(w, c.id, r.elsewhere, "Er.", answers=[], files=[]), WORKS, UNDER_WAY | {State.CLOSED}),
    "charge": (lambda w, c, r: charges.charge(w, c.id, {}), WORKS, ALWAYS),
    "decide": (lambda w, c, r: decisions.write(w, c.id, "klar", decisions.Wording("Ja.")), WORKS, ALWAYS),
    "mark": (lambda w, c, r: secrecy.mark(w, c.id, "case", "", "OSL 21 kap. 1 §"), WORKS, ALWAYS),
    "protect": (lambda w, c, r: protecting.protect_party(w, c.id), WORKS, ALWAYS),
    "take in papers": (lambda w, c, r: papers.take_in(w, c.id, [], "letter", max_bytes=1), WORKS, ALWAYS),
    "rest": (lambda w, c, r: dormancy.rest(w, c.id, "Vilar.", DAY), WORKS, {State.RECEIVED, State.IN_PROGRESS}),
    "tell of delay": (lambda w, c, r: deadlines.tell_delay(w, c.id, "Senare.", DAY), WORKS, ALWAYS),
    "dispose": (lambda w, c, r: disposing.dispose(w, c.id, "TN § 1"), LEADING, ALWAYS),
    "redact": (lambda w, c, r: disposing.redact(w, c.id, "wrong", "Fel."), LEADING, ALWAYS),
}  # fmt: skip
# What these refuse as a conflict hangs on more than the state: nothing is due, nothing is wrong.
OF_THEIR_OWN = {"charge", "decide", "dispose", "redact", "communicate", "link", "protect"}


@pytest.fixture
def there(lent):
    """The case's authority, and another one with a unit."""
    inside, outside = an_authority(lent), an_authority(lent, "SN")
    department = organisation.add_department(a_work(lent), outside, {"sv": "F", "en": "D"})
    lent.flush()
    organisation.add_unit(a_work(lent), department, "annan-enhet", {"sv": "A", "en": "A"}, "", "")
    lent.flush()
    return inside, outside


@pytest.fixture
def around(lent, there) -> Round:
    """A colleague and a team of the case's authority, and another case of it."""
    chief, colleague = (
        a_handler(lent, there[0], Duty.MANAGER),
        a_handler(lent, there[0]),
    )
    for actor, duty in ((chief, Duty.MANAGER), (colleague, Duty.HANDLER)):
        organisation.appoint(
            a_work(lent),
            actor.person_id,
            there[0].id,
            duty,
            elected=False,
            valid_from=local_day(NOON),
        )
    lent.flush()
    team = organisation.add_team(a_work(lent, chief), there[0].id, "Laget", [colleague.person_id])
    other = a_case(lent)
    lent.flush()
    return Round(colleague.person_id, team.id, other.number or "", "annan-enhet")


def tried(lent, actor: Actor, case: Case, step: str, around: Round) -> Refusal | None:
    """What a step is refused with, if it is; it is taken back in any case."""
    act, _who, _states = STEPS[step]
    refused: Refusal | None = None
    entries = list(lent.info.get("audit_entries", ()))
    taken = lent.begin_nested()
    try:
        act(a_work(lent, actor), case, around)
        lent.flush()
    except Refusal as refusal:
        refused = refusal
    taken.rollback()
    lent.info["audit_entries"] = entries
    return refused


def model_may(who: Who, kind: str, step: str) -> bool:
    """Whether somebody may take a step, in some state."""
    needed = STEPS[step][1]
    if needed == READS:
        return model_reads(who, kind)
    return model_works(who, kind) and (needed == WORKS or who.duty in LEADS)


def a_case_in(lent, state: State, kind: str) -> Case:
    """A case of somebody's, in a state, which may be secret or about somebody protected."""
    document = a_document(secrecy=kind == "secret")
    case = a_case(lent, by=a_resident(lent), document=document)
    case.state, case.protected = state, kind == "protected"
    lent.flush()
    return case


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_no_step_is_taken_by_anybody_who_may_not(lent, there, around, kind):
    seen = 0
    for who in WHOLE:
        case = a_case_in(lent, State.RECEIVED, kind)
        actor = somebody(lent, there, case, who)
        for step in STEPS:
            refused = tried(lent, actor, case, step, around)
            barred = isinstance(refused, NotAllowed)
            assert barred != model_may(who, kind, step), (kind, who, step, refused)
            seen += 1
    assert seen == len(WHOLE) * len(STEPS)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("state", STATES)
def test_each_step_is_taken_in_its_states_and_in_no_other(lent, there, around, state):
    who = Who(Duty.MANAGER, inside=True, relation="lead")
    case = a_case_in(lent, state, "open")
    actor = somebody(lent, there, case, who)
    for step, (_act, _who, states) in STEPS.items():
        refused = tried(lent, actor, case, step, around)
        if state not in states:
            assert isinstance(refused, Conflict), (state, step, refused)
        elif step not in OF_THEIR_OWN:
            assert not isinstance(refused, Conflict), (state, step, refused)
