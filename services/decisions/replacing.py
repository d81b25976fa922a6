"""Correcting and changing decisions (förvaltningslagen 36–39 §§): a new one, and the old one stays."""

from dataclasses import dataclass
from uuid import UUID

from services.cases.changing import note_event
from services.cases.models import Case
from services.decisions import commands, delegation, policy, queries
from services.decisions.commands import FAVOURABLE, Wording
from services.decisions.models import About, Decision, Stage
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work

# A slip is corrected (36 §), a decision may be changed (37 §), or has to be (38 §).
CORRECTED, CHANGED, MUST_CHANGE = "corrected", "changed", "must_change"
HOWS = (CORRECTED, CHANGED, MUST_CHANGE)
# Why a decision in the party's favour may be changed against them (37 § second paragraph).
GROUNDS = ("reserved", "danger", "misled")


@dataclass(frozen=True)
class Change:
    """By which paragraph a decision is replaced, to which status, and on which ground if against.

    Without a status the new decision leads to the same one as the old.
    """

    how: str
    status: str | None = None
    ground: str | None = None


def replace(work: Work, decision_id: UUID, change: Change, wording: Wording) -> Decision:
    """Correct or change a decision: a new one is made at once by who holds the point.

    Raises Conflict("decision-not-in-force") for one that is replaced already or only refuses a
    request (FL 12 §: that is put right by deciding the case),
    Conflict("decision-appealed") where an appeal stands in the way (39 §), and
    Invalid("change-against-party") when the party would lose without a ground (37–38 §§).
    """
    old, case = commands.for_change(work, decision_id, policy.MAKE)
    if old.stage != Stage.DECIDED or old.about == About.REQUEST:
        raise Conflict("decision-not-in-force")
    if change.how not in HOWS:
        raise Invalid("unknown-change")
    commands.check_wording(wording)
    _check_appeals(work, old, change)
    kind = queries.type_of(work.session, case, change.status or old.status)
    if change.how == CORRECTED and kind.status != old.status:
        raise Invalid("correction-changes-outcome")
    new = _begun(work, old, case, change)
    commands.put_in_words(work, new, case, kind, wording)
    _check_against(old, new, change)
    today = local_day(work.now)
    point = delegation.point(work.session, case.authority_id, kind.point, today)
    delegation.require_held(work, point, today, outcome=new.outcome, amount_ore=new.amount_ore)
    new.point_id = point.id
    work.session.add(new)
    old.stage = Stage.REPLACED
    commands.make_it(work, new, case)
    if case.status == old.status:
        case.status = new.status
    case.outcome = new.outcome
    note_event(work, case, "decision_replaced", public=True, how=change.how, number=new.number)
    return new


def _begun(work: Work, old: Decision, case: Case, change: Change) -> Decision:
    new = Decision(id=new_id(), case_id=case.id, authority_id=case.authority_id)
    # It is made in this very work; a draft of the next decision may lie beside it.
    new.stage, new.minutes = Stage.DECIDED, None
    new.written_by_id = new.decided_by_id = commands.me(work)
    new.replaces_id, new.replacement = old.id, change.how
    new.replacement_ground = change.ground
    return new


def _check_appeals(work: Work, old: Decision, change: Change) -> None:
    """What has been appealed may only be corrected, or changed by duty until it is sent on (39 §)."""
    if change.how == CORRECTED:
        return
    waiting = [each for each in queries.appeals(work.session, old.id) if each.is_open]
    if not waiting:
        return
    if change.how != MUST_CHANGE or any(each.forwarded_on for each in waiting):
        raise Conflict("decision-appealed")


def _check_against(old: Decision, new: Decision, change: Change) -> None:
    if change.how == CORRECTED or not _is_against(old, new):
        return
    if change.how == MUST_CHANGE or change.ground not in GROUNDS:
        raise Invalid("change-against-party")


def _is_against(old: Decision, new: Decision) -> bool:
    """Whether the party loses by the change: an outcome, a sum, or by new conditions."""
    if old.outcome not in FAVOURABLE and old.outcome != "partly":
        return False
    if new.outcome != old.outcome:
        return new.outcome not in FAVOURABLE
    less = (new.amount_ore or 0) < (old.amount_ore or 0)
    bound = bool(new.conditions.strip()) and new.conditions.strip() != old.conditions.strip()
    return less or bound
