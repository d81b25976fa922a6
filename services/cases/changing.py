"""What every change of a case has in common: lock it, may one, say so on the timeline."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.access.rules import Action, require
from services.audit.log import record
from services.cases.models import Case, CaseEvent, CaseMessage, State
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work

LONGEST_MESSAGE = 10_000


def for_change(work: Work, case_id: UUID, what: Action, *, seen: int | None = None) -> Case:
    """The case, locked, for whoever may do this to it.

    Raises NotAllowed, and Conflict when it has changed since the revision that was shown (`seen`)
    or has been disposed of: what was taken out is not filled again.
    """
    case = locked(work, case_id)
    require(work, what, case)
    if case.state == State.DISPOSED:
        raise Conflict("case-disposed")
    if seen is not None and seen != case.revision:
        raise Conflict("case-changed-meanwhile", revision=case.revision)
    return case


def locked(work: Work, case_id: UUID) -> Case:
    """The case as it is now, locked until the transaction ends. Raises NotFound."""
    # What was read before the lock may be old by now.
    query = select(Case).where(Case.id == case_id).with_for_update()
    case = work.session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound("case")
    work.session.expire(case, ["handlers", "conflicts", "room_members"])
    return case


def note_event(work: Work, case: Case, kind: str, *, public: bool, **details: Any) -> None:
    """Put it on the timeline and in the audit log. `details` are codes and ids, never free text."""
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


def add_message(
    work: Work,
    case: Case,
    kind: str,
    body: str,
    message_id: UUID | None,
    answer_by: date | None = None,
) -> CaseMessage:
    """Add a message or a note. Raises Invalid when it is empty or too long."""
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
