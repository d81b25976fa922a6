"""Starting, pausing, moving and ending the times that run in a case."""

from datetime import date
from uuid import UUID

from sqlalchemy import update

from services.access.rules import require
from services.audit.log import record
from services.cases import commands as cases
from services.cases import completions, policy
from services.cases.events import CaseChanged, CaseReceived
from services.cases.models import Case, State
from services.catalogue import queries as catalogue
from services.deadlines import queries
from services.deadlines.counting import counted, longer
from services.deadlines.models import Deadline, Ending, Pause
from services.deadlines.rules import FOUR_WEEKS, Rule, rules_for
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work

WAITS_FOR_PARTY = (State.AWAITING_COMPLETION, State.AWAITING_PAYMENT)
DONE = (State.DECIDED, State.CLOSED)
# A case that rests goes on when it wakes, whatever else happens to it meanwhile.
RESTING = "resting"


def case_received(work: Work, event: CaseReceived) -> None:
    """Start every time that the service and the law set for a case (FL 9, 11 and 12 §§)."""
    case = work.session.get_one(Case, event.case_id)
    document = catalogue.version_document(work.session, case.version_id)
    today = local_day(work.now)
    for rule in rules_for(document, case):
        _start(work, case, rule, today)
    if case.state in WAITS_FOR_PARTY:
        _pause(work, case, today, case.state)
    _show_next(work, case)


def rest(work: Work, case: Case) -> None:
    """The clock stands still until the case is woken. The caller has made sure that one may."""
    _pause(work, case, local_day(work.now), RESTING)


def wake(work: Work, case: Case) -> None:
    """The clock goes on, unless the case waits for its party by now."""
    today = local_day(work.now)
    _go_on(work, case, today, woken=True)
    if case.state in WAITS_FOR_PARTY:
        work.session.flush()
        _pause(work, case, today, case.state)
    _show_next(work, case)


def _start(work: Work, case: Case, rule: Rule, today: date) -> Deadline:
    due = counted(today, rule)
    deadline = Deadline(
        case_id=case.id,
        kind=rule.kind,
        key=rule.key,
        label=rule.label,
        source=rule.source,
        length=rule.length,
        unit=rule.unit,
        pauses=rule.pauses,
        restarts=rule.restarts,
        starts_on=today,
        promised_on=due,
        due_on=due,
    )
    work.session.add(deadline)
    return deadline


def case_changed(work: Work, event: CaseChanged) -> None:
    """Stop the clock while a case waits for its party, and end the times when it is decided."""
    case = work.session.get_one(Case, event.case_id)
    today = local_day(work.now)
    if completions.is_just_answered(work.session, case, work.now):
        _restart(work, case, today)
    if case.state in WAITS_FOR_PARTY:
        _pause(work, case, today, case.state)
    else:
        _go_on(work, case, today)
    if case.state in DONE:
        _end(work, case, today)
    elif case.state == State.WITHDRAWN:
        _lapse(work, case, today)
    else:
        _open_again(work, case)
    _show_next(work, case)


def _pause(work: Work, case: Case, today: date, reason: str) -> None:
    if queries.open_pause(work.session, case.id) is None:
        work.session.add(Pause(case_id=case.id, reason=reason, from_on=today))


def _go_on(work: Work, case: Case, today: date, *, woken: bool = False) -> None:
    pause = queries.open_pause(work.session, case.id)
    if pause is None or (pause.reason == RESTING and not woken):
        return
    pause.to_on = today
    if pause.reason == State.AWAITING_COMPLETION:
        _restart(work, case, today)
    for deadline in queries.open_of_case(work.session, case.id):
        if deadline.pauses:
            # One that began anew meanwhile has stood still only since then.
            since = max(pause.from_on, deadline.starts_on)
            deadline.due_on = longer(deadline.due_on, [(since, today)], deadline.unit)


def _restart(work: Work, case: Case, today: date) -> None:
    """The time that a law gives us runs from the day when the application was complete."""
    for deadline in queries.open_of_case(work.session, case.id):
        if deadline.restarts:
            deadline.starts_on, deadline.due_on = today, counted(today, deadline)


def _end(work: Work, case: Case, today: date) -> None:
    for deadline in queries.open_of_case(work.session, case.id):
        deadline.ended_on = today
        deadline.ending = Ending.MET if today <= deadline.due_on else Ending.LATE


def _lapse(work: Work, case: Case, today: date) -> None:
    for deadline in queries.open_of_case(work.session, case.id):
        deadline.ended_on, deadline.ending = today, Ending.LAPSED


def _open_again(work: Work, case: Case) -> None:
    # A case that was closed by mistake and opened again has the times that it had. A request
    # that was refused has been tried, once and for all (FL 12 §).
    work.session.execute(
        update(Deadline)
        .where(
            Deadline.case_id == case.id,
            Deadline.ended_on.is_not(None),
            Deadline.ending != Ending.REFUSED,
        )
        .values(ended_on=None, ending=None)
    )


def _show_next(work: Work, case: Case) -> None:
    # What has just been started, moved or ended must be among what is asked for.
    work.session.flush()
    # A case that is done keeps the day by which it should have been.
    case.due_on = queries.next_due(work.session, case.id) or case.due_on


def tell_delay(work: Work, case_id: UUID, reason: str, new_day: date) -> Case:
    """Tell the party that a case is delayed, why, and until when (förvaltningslagen 11 §).

    The promise moves to the new day; the day first promised is kept. Raises Invalid when the
    new day does not lie ahead, and NotFound when no promise runs in the case.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound("case")
    require(work, policy.WORK_ON, case)
    promise = queries.open_promise(work.session, case.id)
    if promise is None:
        raise NotFound("deadline")
    if new_day <= max(local_day(work.now), promise.due_on):
        raise Invalid("delay-not-later", due_on=promise.due_on.isoformat())
    cases.write_from_desk(work, case.id, reason)
    promise.due_on, promise.delay_told_at = new_day, work.now
    _show_next(work, case)
    record(work, "case:delay-told", case.id, until=new_day.isoformat())
    return case


def ask_for_decision(work: Work, case_id: UUID) -> Deadline:
    """Ask in writing that a case be decided, after six months and once (förvaltningslagen 12 §).

    From then on the authority has four weeks. Raises Conflict when the six months have not
    passed, when it was asked before, or when the case is decided.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound("case")
    require(work, policy.ACT_AS_PARTY, case)
    today = local_day(work.now)
    standing = queries.six_months(work.session, case.id, today)
    if not standing.may_ask:
        raise Conflict("decision-cannot-be-asked", state=case.state)
    deadline = _start(work, case, FOUR_WEEKS, today)
    cases.note_by_party(work, case.id, "decision_asked", until=deadline.due_on.isoformat())
    _show_next(work, case)
    return deadline


def request_refused(work: Work, case: Case) -> None:
    """End the four weeks: the request is refused by a decision of its own (förvaltningslagen 12 §).

    The caller has made sure that one may. Raises Conflict("no-request") when none waits.
    """
    asked = queries.open_request(work.session, case.id)
    if asked is None:
        raise Conflict("no-request")
    asked.ended_on, asked.ending = local_day(work.now), Ending.REFUSED
    _show_next(work, case)
