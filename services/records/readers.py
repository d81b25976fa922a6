"""Who has opened a case: by the audit log, as duties and times, never as names."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import queries as audit
from services.cases.models import Case
from services.kernel.calendar import local_day
from services.kernel.work import Duty
from services.organisation.models import Assignment

READINGS = ("case:read", "case:read-readers", "case:export", "case:preview-redaction")


@dataclass(frozen=True)
class Reading:
    """That somebody of staff opened the case: when, what they did, and with which duty."""

    at: datetime
    action: str
    duty: Duty | None


def of_case(session: Session, case: Case) -> list[Reading]:
    """The newest readings by staff, newest first, at most two hundred."""
    entries = audit.of_subject(session, case.id, READINGS)
    held = _held(session, case.authority_id, {each.actor_id for each in entries if each.actor_id})
    return [
        Reading(each.at, each.action, _duty(held.get(each.actor_id, []), each.at))
        for each in entries
        if each.actor_id is not None
    ]


def _held(
    session: Session, authority_id: UUID, persons: set[UUID]
) -> dict[UUID | None, list[Assignment]]:
    if not persons:
        return {}
    query = select(Assignment).where(
        Assignment.authority_id == authority_id,
        Assignment.person_id.in_(persons),
        ~Assignment.elected,
    )
    held: dict[UUID | None, list[Assignment]] = {}
    for each in session.scalars(query.order_by(Assignment.valid_from, Assignment.id).limit(1000)):
        held.setdefault(each.person_id, []).append(each)
    return held


def _duty(assignments: list[Assignment], at: datetime) -> Duty | None:
    day = local_day(at)
    for each in assignments:
        if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to):
            return Duty(each.duty)
    return None
