"""Letting a case rest until a day, by agreement or by law, and waking it."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.cases import notices, policy
from services.cases.changing import for_change, locked, note_event
from services.cases.events import CaseChanged
from services.cases.models import Case, State
from services.consultations import queries
from services.consultations.models import Dormancy
from services.deadlines import commands as deadlines
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work

LONGEST = 500
AT_ONCE = 200
ENDING = (State.DECIDED, State.CLOSED, State.WITHDRAWN)
CAN_REST = (State.RECEIVED, State.IN_PROGRESS)


def rest(work: Work, case_id: UUID, reason: str, wake_on: date) -> Dormancy:
    """Let a case rest: the promised time stands still until it wakes. The party is told so.

    The times of the law go on only where they do so while we wait for the party too.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    if case.state not in CAN_REST or queries.resting(work.session, case.id) is not None:
        raise Conflict("cannot-rest", state=case.state)
    if not reason.strip():
        raise Invalid("say-why")
    if wake_on <= local_day(work.now):
        raise Invalid("wake-on-passed")
    assert work.actor.person_id is not None
    made = Dormancy(
        case_id=case.id,
        reason=reason.strip()[:LONGEST],
        wake_on=wake_on,
        set_by_id=work.actor.person_id,
        set_at=work.now,
        woken_at=None,
    )
    work.session.add(made)
    deadlines.rest(work, case)
    note_event(work, case, "rests", public=True, until=wake_on.isoformat())
    notices.tell(work, case, "case-updated")
    return made


def wake(work: Work, case_id: UUID) -> Case:
    """Go on with a case before its day."""
    case = for_change(work, case_id, policy.WORK_ON)
    resting = queries.resting(work.session, case.id)
    if resting is None:
        raise Conflict("does-not-rest")
    _woken(work, case, resting)
    return case


def wake_due(work: Work) -> int:
    """Job: wake those whose day has come; returns how many."""
    due = work.session.scalars(
        select(Dormancy)
        .where(Dormancy.woken_at.is_(None), Dormancy.wake_on <= local_day(work.now))
        .order_by(Dormancy.wake_on, Dormancy.id)
        .limit(AT_ONCE)
    )
    count = 0
    for each in list(due):
        case = locked(work, each.case_id)
        work.session.refresh(each)
        if each.woken_at is None:
            _woken(work, case, each)
            count += 1
    return count


def case_changed(work: Work, event: CaseChanged) -> None:
    """A case that is decided or has ended rests no more; nobody need be told."""
    case = work.session.get_one(Case, event.case_id)
    resting = queries.resting(work.session, case.id)
    if resting is not None and case.state in ENDING:
        resting.woken_at = work.now
        deadlines.wake(work, case)


def _woken(work: Work, case: Case, resting: Dormancy) -> None:
    resting.woken_at = work.now
    case.unread_by_desk = True
    deadlines.wake(work, case)
    note_event(work, case, "woken", public=True)
