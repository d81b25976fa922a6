"""The organisation as it is on a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.kernel.errors import NotFound
from services.kernel.work import Duty
from services.organisation.models import Assignment, Authority, Unit


def _in_force(
    what: type[Authority] | type[Unit] | type[Assignment], today: date
) -> ColumnElement[bool]:
    return (what.valid_from <= today) & or_(what.valid_to.is_(None), what.valid_to >= today)


def authority_by_code(session: Session, code: str) -> Authority:
    """The authority with a code such as BMN. Raises NotFound."""
    found = session.scalar(select(Authority).where(Authority.code == code))
    if found is None:
        raise NotFound("authority", authority=code)
    return found


def authorities(session: Session) -> dict[UUID, Authority]:
    """All authorities by key: they are few."""
    rows = session.scalars(select(Authority).order_by(Authority.code).limit(200))
    return {found.id: found for found in rows}


def units(session: Session) -> dict[str, Unit]:
    """All units by their key."""
    rows = session.scalars(select(Unit).order_by(Unit.key).limit(500))
    return {found.key: found for found in rows}


def duties(session: Session, person_id: UUID, today: date) -> dict[UUID, frozenset[Duty]]:
    """The duties that a staff member holds today, by authority."""
    rows = session.execute(
        select(Assignment.authority_id, Assignment.duty)
        .where(Assignment.person_id == person_id, ~Assignment.elected, _in_force(Assignment, today))
        .limit(100)
    )
    held: dict[UUID, frozenset[Duty]] = {}
    for authority_id, duty in rows:
        held[authority_id] = held.get(authority_id, frozenset()) | {Duty(duty)}
    return held


def offices(session: Session, person_id: UUID, today: date) -> list[tuple[Assignment, Authority]]:
    """The elected offices that somebody holds today, with their authorities."""
    rows = session.execute(
        select(Assignment, Authority)
        .join(Authority, Authority.id == Assignment.authority_id)
        .where(Assignment.person_id == person_id, Assignment.elected, _in_force(Assignment, today))
        .order_by(Authority.code)
        .limit(100)
    )
    return [(office, authority) for office, authority in rows]


def handlers(session: Session, authority_id: UUID, today: date) -> list[UUID]:
    """The persons who handle cases in an authority today."""
    rows = session.scalars(
        select(Assignment.person_id)
        .where(
            Assignment.authority_id == authority_id,
            ~Assignment.elected,
            Assignment.duty.in_([Duty.HANDLER, Duty.MANAGER]),
            _in_force(Assignment, today),
        )
        .distinct()
        .limit(500)
    )
    return list(rows)
