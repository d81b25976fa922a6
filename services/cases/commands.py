"""What may be done to a case that has been received, by its party and at the desk."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.access.rules import Action, require
from services.audit.log import record
from services.cases import notices, policy
from services.cases.events import CaseChanged
from services.cases.lifecycle import Step, check
from services.cases.models import (
    COMPLETION,
    FROM_DESK,
    FROM_RESIDENT,
    NOTE,
    Case,
    CaseEvent,
    CaseMessage,
    State,
)
from services.catalogue import queries as catalogue
from services.forms.definition import Status
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work

LONGEST_MESSAGE = 10_000


def _for_change(work: Work, case_id: UUID, what: Action, *, seen: int | None = None) -> Case:
    case = _locked(work, case_id)
    require(work, what, case)
    if seen is not None and seen != case.revision:
        raise Conflict("case-changed-meanwhile", revision=case.revision)
    return case


def _locked(work: Work, case_id: UUID) -> Case:
    # What was read before the lock may be old by now.
    query = select(Case).where(Case.id == case_id).with_for_update()
    case = work.session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound("case")
    return case


def _note_event(work: Work, case: Case, kind: str, *, public: bool, **details: Any) -> None:
    work.session.add(
        CaseEvent(
            case_id=case.id,
            at=work.now,
            kind=kind,
            actor_id=work.actor.person_id,
            actor_role=work.actor.role.value,
            public=public,
            details=details,
        )
    )
    record(work, f"case:{kind.replace('_', '-')}", case.id)
    case.changed_at = work.now


def _add_message(
    work: Work,
    case: Case,
    kind: str,
    body: str,
    message_id: UUID | None,
    answer_by: date | None = None,
) -> CaseMessage:
    body = body.strip()
    if not body:
        raise Invalid("message-empty")
    if len(body) > LONGEST_MESSAGE:
        raise Invalid("message-too-long", limit=LONGEST_MESSAGE)
    message = CaseMessage(
        id=message_id or new_id(),
        case_id=case.id,
        kind=kind,
        author_id=work.actor.person_id,
        body=body,
        at=work.now,
        answer_by=answer_by,
    )
    work.session.add(message)
    return message


def take(work: Work, case_id: UUID) -> Case:
    """Become the case's handler; taking over from a colleague leaves a trace."""
    case = _for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.TAKE)
    if case.handler_id == work.actor.person_id:
        return case
    before = case.handler_id
    case.handler_id = work.actor.person_id
    _note_event(work, case, "taken", public=True, taken_over=before is not None)
    return case


def set_status(work: Work, case_id: UUID, status_key: str, *, seen: int | None = None) -> Case:
    """Move a case along the service's own statuses.

    Raises Invalid when the service's document does not let this status follow the present
    one, and Conflict when somebody changed the case since it was shown (`seen`).
    """
    case = _for_change(work, case_id, policy.WORK_ON, seen=seen)
    check(case.state, Step.SET_STATUS)
    document = catalogue.version_document(work.session, case.version_id)
    status = next((each for each in document.statuses if each.key == status_key), None)
    if status is None or status_key not in followers(document.statuses, case.status):
        raise Invalid("status-cannot-follow", status=status_key)
    case.state, case.status = State(status.state), status.key
    # How it was decided is still true when the case is closed afterwards.
    still_ending = State(status.state) in (State.DECIDED, State.CLOSED)
    case.outcome = status.outcome or (case.outcome if still_ending else None)
    closed = case.state == State.CLOSED
    case.closed_at = work.now if closed else None
    case.decided_at = (case.decided_at or work.now) if still_ending else None
    _note_event(work, case, "status", public=True, status=status.key)
    notices.tell(work, case, "case-closed" if closed else "case-updated")
    work.tell(CaseChanged(case.id, status.key))
    return case


def followers(statuses: tuple[Status, ...], key: str) -> list[str]:
    """The statuses that may follow one, by the service's own document."""
    present = next((each for each in statuses if each.key == key), None)
    return list(present.next) if present else []


def ask_completion(
    work: Work, case_id: UUID, body: str, answer_by: date | None, *, message_id: UUID | None = None
) -> Case:
    """Ask the party for what is missing, with a last day (förvaltningslagen 20 §)."""
    case = _for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.ASK_COMPLETION)
    if answer_by is not None and answer_by < work.now.date():
        raise Invalid("answer-by-passed")
    _add_message(work, case, COMPLETION, body, message_id, answer_by)
    case.state = State.AWAITING_COMPLETION
    _note_event(
        work,
        case,
        "completion_asked",
        public=True,
        answer_by=answer_by.isoformat() if answer_by else None,
    )
    notices.tell(work, case, "completion-requested")
    work.tell(CaseChanged(case.id, case.status))
    return case


def write_from_desk(
    work: Work, case_id: UUID, body: str, *, message_id: UUID | None = None
) -> Case:
    """Answer the party; they are told by mail that there is a message, not what it says."""
    case = _for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.WRITE)
    _add_message(work, case, FROM_DESK, body, message_id)
    _note_event(work, case, "message_from_desk", public=True)
    notices.tell(work, case, "message-received")
    return case


def note(work: Work, case_id: UUID, body: str, *, message_id: UUID | None = None) -> Case:
    """Write an internal note (tjänsteanteckning, förvaltningslagen 27 §); the party does not see it."""
    case = _for_change(work, case_id, policy.WORK_ON)
    _add_message(work, case, NOTE, body, message_id)
    _note_event(work, case, "note", public=False)
    return case


def write_from_party(
    work: Work, case_id: UUID, body: str, *, message_id: UUID | None = None
) -> Case:
    """Write to the desk as the party; an answer to a request for completion sets the case going."""
    case = _for_change(work, case_id, policy.WRITE_AS_PARTY)
    return _written(work, case, body, message_id)


def write_by_link(work: Work, case: Case, body: str, *, message_id: UUID | None = None) -> Case:
    """The same for whoever holds the follow link, which the caller has checked."""
    return _written(work, _locked(work, case.id), body, message_id)


def _written(work: Work, case: Case, body: str, message_id: UUID | None) -> Case:
    check(case.state, Step.WRITE)
    _add_message(work, case, FROM_RESIDENT, body, message_id)
    case.unread_by_desk = True
    if case.state == State.AWAITING_COMPLETION:
        _go_on(work, case)
        _note_event(work, case, "completed", public=True)
        work.tell(CaseChanged(case.id, case.status))
    else:
        _note_event(work, case, "message_from_party", public=True)
    return case


def _go_on(work: Work, case: Case) -> None:
    # Asking for completion leaves the service's own status as it was, unless that status
    # itself means waiting; then work goes on at the first status that means work.
    statuses = catalogue.version_document(work.session, case.version_id).statuses
    status = next(each for each in statuses if each.key == case.status)
    if State(status.state) is State.AWAITING_COMPLETION:
        working = (each for each in statuses if State(each.state) is State.IN_PROGRESS)
        status = next(working, statuses[0])
    case.state, case.status = State(status.state), status.key


def note_by_party(work: Work, case_id: UUID, kind: str, **details: Any) -> Case:
    """Put something that the party has done on the case's timeline, and show it to the desk."""
    case = _for_change(work, case_id, policy.WRITE_AS_PARTY)
    case.unread_by_desk = True
    _note_event(work, case, kind, public=True, **details)
    return case


def withdraw(work: Work, case_id: UUID, reason: str = "") -> Case:
    """Take an application back as its party; it is then struck off without being tried."""
    case = _for_change(work, case_id, policy.WITHDRAW)
    check(case.state, Step.WITHDRAW)
    if reason.strip():
        _add_message(work, case, FROM_RESIDENT, reason, None)
    case.state = case.status = State.WITHDRAWN
    case.closed_at = work.now
    case.unread_by_desk = True
    _note_event(work, case, "withdrawn", public=True)
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
