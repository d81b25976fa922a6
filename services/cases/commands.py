"""What may be done to a case that has been received, by its party and at the desk."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from services.audit.log import record
from services.cases import closing, completions, notices, policy, tasks
from services.cases.changing import add_message, for_change, locked, note_event
from services.cases.closing import Unpaid
from services.cases.events import CaseChanged
from services.cases.lifecycle import Step, check
from services.cases.models import (
    COMPLETION,
    FROM_DESK,
    FROM_RESIDENT,
    Case,
    CaseMessage,
    State,
)
from services.catalogue import queries as catalogue
from services.forms.definition import ServiceDocument, Status
from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.payments import queries as orders

# Where a case goes that waited for its fee.
GOING_ON = (State.RECEIVED, State.IN_PROGRESS)


def set_status(
    work: Work,
    case_id: UUID,
    status_key: str,
    *,
    seen: int | None = None,
    unpaid: Unpaid | None = None,
) -> Case:
    """Move a case along the service's own statuses.

    Whoever closes a case with an unpaid fee says what becomes of that (`unpaid`), but where the
    case is struck off: then nothing is owed. Raises Invalid when the service's document does not
    let this status follow the present one or lets only a decision lead to it,
    Invalid("status-by-payment", number=…) while its fee is not paid, as `closing.settle_unpaid`,
    and Conflict when somebody changed the case since it was shown (`seen`).
    """
    case = for_change(work, case_id, policy.WORK_ON, seen=seen)
    document = catalogue.version_document(work.session, case.version_id)
    if status_key in decided_statuses(document):
        raise Invalid("status-by-decision", status=status_key)
    _require_paid(work, case, document, status_key)
    if closing.asks_of_fees(_following(case, document, status_key)):
        closing.settle_unpaid(work, case, unpaid)
    return _moved(work, case, document, status_key)


def _require_paid(work: Work, case: Case, document: ServiceDocument, status_key: str) -> None:
    """What waits for its fee goes on when that is paid: by hand, the order would stay open.

    It can be closed all the same, and go on where nothing has been charged.
    """
    states = {each.key: State(each.state) for each in document.statuses}
    # While it waits for completion too, its status still says that it waits for money.
    waits = State.AWAITING_PAYMENT in (case.state, states.get(case.status))
    if not waits or states.get(status_key) not in GOING_ON:
        return
    for order in orders.orders_of_owner(work.session, case.id):
        if order.is_payable:
            raise Invalid("status-by-payment", number=order.number)


def decided(work: Work, case_id: UUID, status_key: str) -> Case:
    """Move a case to the status that a decision in it leads to. Raises Invalid as `set_status`."""
    case = for_change(work, case_id, policy.WORK_ON)
    document = catalogue.version_document(work.session, case.version_id)
    return _moved(work, case, document, status_key)


def _moved(work: Work, case: Case, document: ServiceDocument, status_key: str) -> Case:
    status = _following(case, document, status_key)
    completions.call_off(work, case)
    case.state, case.status = State(status.state), status.key
    # How it was decided is still true when the case is closed afterwards.
    still_ending = State(status.state) in (State.DECIDED, State.CLOSED)
    case.outcome = status.outcome or (case.outcome if still_ending else None)
    closed = case.state == State.CLOSED
    case.closed_at = work.now if closed else None
    case.decided_at = (case.decided_at or work.now) if still_ending else None
    if closed:
        tasks.end(work, case)
    note_event(work, case, "status", public=True, status=status.key)
    notices.tell(work, case, "case-closed" if closed else "case-updated")
    work.tell(CaseChanged(case.id, status.key))
    return case


def _following(case: Case, document: ServiceDocument, status_key: str) -> Status:
    check(case.state, Step.SET_STATUS)
    status = next((each for each in document.statuses if each.key == status_key), None)
    if status is None or status_key not in followers(document.statuses, case.status):
        raise Invalid("status-cannot-follow", status=status_key)
    return status


def decided_statuses(document: ServiceDocument) -> frozenset[str]:
    """The statuses that only a decision leads to, not a handler's choice alone (FL 31 §)."""
    return frozenset(each.status for each in document.decisions)


def followers(statuses: tuple[Status, ...], key: str) -> list[str]:
    """The statuses that may follow one, by the service's own document."""
    present = next((each for each in statuses if each.key == key), None)
    return list(present.next) if present else []


def write_from_desk(
    work: Work, case_id: UUID, body: str, *, message_id: UUID | None = None
) -> Case:
    """Answer the party; they are told by mail that there is a message, not what it says."""
    case = for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.WRITE)
    add_message(work, case, FROM_DESK, body, message_id)
    note_event(work, case, "message_from_desk", public=True)
    notices.tell(work, case, "message-received")
    return case


def write_from_party(
    work: Work, case_id: UUID, body: str, *, message_id: UUID | None = None
) -> Case:
    """Write to the desk as the party; an answer to a request for completion sets the case going."""
    case = for_change(work, case_id, policy.WRITE_AS_PARTY)
    return _written(work, case, body, message_id)


def write_by_link(work: Work, case: Case, body: str, *, message_id: UUID | None = None) -> Case:
    """The same for whoever holds the follow link, which the caller has checked."""
    return _written(work, locked(work, case.id), body, message_id)


def _written(work: Work, case: Case, body: str, message_id: UUID | None) -> Case:
    check(case.state, Step.WRITE)
    add_message(work, case, FROM_RESIDENT, body, message_id)
    case.unread_by_desk = True
    asked = completions.waited_for(work.session, case)
    if case.state == State.AWAITING_COMPLETION and not (asked and asked.asked):
        completions.close(work, case, asked)
    else:
        # What was asked question by question is answered so; a message may ask for more time.
        note_event(work, case, "message_from_party", public=True)
    return case


def note_by_party(work: Work, case_id: UUID, kind: str, **details: Any) -> Case:
    """Put something that the party has done on the case's timeline, and show it to the desk."""
    case = for_change(work, case_id, policy.ACT_AS_PARTY)
    case.unread_by_desk = True
    note_event(work, case, kind, public=True, **details)
    return case


def withdraw(work: Work, case_id: UUID, reason: str = "") -> Case:
    """Take an application back as its party; it is then struck off without being tried."""
    case = for_change(work, case_id, policy.WITHDRAW)
    check(case.state, Step.WITHDRAW)
    if reason.strip():
        add_message(work, case, FROM_RESIDENT, reason, None)
    completions.call_off(work, case)
    case.state = case.status = State.WITHDRAWN
    case.closed_at = work.now
    tasks.end(work, case)
    case.unread_by_desk = True
    note_event(work, case, "withdrawn", public=True)
    notices.tell(work, case, "case-closed")
    work.tell(CaseChanged(case.id, State.WITHDRAWN))
    return case


def opened_at_desk(work: Work, case: Case) -> None:
    """Staff have opened a case: the reading is logged, and it is unread no more."""
    record(work, "case:read", case.id)
    reader = work.actor.person_id
    if case.unread_by_desk and case.handler_id in (None, reader):
        # Reading is no change of the case: two may do it at once, and nobody's form grows old.
        read = update(Case).where(Case.id == case.id).values(unread_by_desk=False)
        work.session.execute(read.execution_options(synchronize_session=False))


def opened_by_party(work: Work, messages: list[CaseMessage]) -> None:
    """The party has read what the desk wrote."""
    for message in messages:
        if message.kind in (FROM_DESK, COMPLETION) and message.read_at is None:
            message.read_at = work.now
