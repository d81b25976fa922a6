"""The organisation as it is on a day."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.kernel.errors import NotFound
from services.kernel.work import Duty
from services.organisation.models import (
    Absence,
    Assignment,
    Authority,
    Department,
    Team,
    TeamMember,
    Unit,
)


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


def units_of(session: Session, authority_ids: set[UUID]) -> list[Unit]:
    """The units of some authorities, by their Swedish names."""
    rows = session.scalars(
        select(Unit)
        .join(Department, Department.id == Unit.department_id)
        .where(Department.authority_id.in_(authority_ids))
        .limit(500)
    )
    return sorted(rows, key=lambda unit: unit.names["sv"])


def authority_of_unit(session: Session, key: str) -> UUID | None:
    """The authority that a unit belongs to, by the unit's key; None for an unknown one."""
    return session.scalar(
        select(Department.authority_id)
        .join(Unit, Unit.department_id == Department.id)
        .where(Unit.key == key)
    )


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
    return holders(session, authority_id, (Duty.HANDLER, Duty.MANAGER), today)


def holders(
    session: Session, authority_id: UUID, duties: Collection[Duty], today: date
) -> list[UUID]:
    """The persons who hold one of some duties in an authority today."""
    rows = session.scalars(
        select(Assignment.person_id)
        .where(
            Assignment.authority_id == authority_id,
            ~Assignment.elected,
            Assignment.duty.in_(list(duties)),
            _in_force(Assignment, today),
        )
        .distinct()
        .limit(500)
    )
    return list(rows)


def staff(session: Session, authority_id: UUID, today: date) -> list[UUID]:
    """Everybody who serves in an authority today, whatever the duty."""
    rows = session.scalars(
        select(Assignment.person_id)
        .where(
            Assignment.authority_id == authority_id,
            ~Assignment.elected,
            _in_force(Assignment, today),
        )
        .distinct()
        .limit(500)
    )
    return list(rows)


def teams(session: Session, authority_ids: set[UUID]) -> list[Team]:
    """The teams of some authorities, by name."""
    rows = session.scalars(
        select(Team)
        .where(Team.authority_id.in_(authority_ids), Team.dissolved_at.is_(None))
        .order_by(Team.name, Team.id)
        .limit(200)
    )
    return list(rows)


def team_by_name(session: Session, authority_id: UUID, name: str) -> Team | None:
    """The team with a name in an authority; the oldest, if there were two."""
    query = select(Team).where(
        Team.authority_id == authority_id, Team.name == name, Team.dissolved_at.is_(None)
    )
    return session.scalar(query.order_by(Team.made_at, Team.id).limit(1))


def members(session: Session, team_ids: set[UUID]) -> dict[UUID, list[UUID]]:
    """Who is in each of some teams."""
    found: dict[UUID, list[UUID]] = {each: [] for each in team_ids}
    query = select(TeamMember.team_id, TeamMember.person_id).where(TeamMember.team_id.in_(team_ids))
    for team_id, person_id in session.execute(query.order_by(TeamMember.person_id).limit(2000)):
        found[team_id].append(person_id)
    return found


def absences(session: Session, person_ids: set[UUID], today: date) -> list[Absence]:
    """The absences of some persons that are not over, the nearest first."""
    rows = session.scalars(
        select(Absence)
        .where(
            Absence.person_id.in_(person_ids),
            Absence.last_day >= today,
            Absence.ended_at.is_(None),
        )
        .order_by(Absence.first_day, Absence.id)
        .limit(500)
    )
    return list(rows)


def away(session: Session, person_ids: set[UUID], today: date) -> dict[UUID, UUID | None]:
    """Those of some persons who are away today, each with the substitute, if there is one."""
    found = absences(session, person_ids, today)
    return {each.person_id: each.substitute_id for each in found if each.first_day <= today}


def stands_in_for(session: Session, person_id: UUID, today: date) -> list[UUID]:
    """Those for whom somebody stands in today."""
    rows = session.scalars(
        select(Absence.person_id)
        .where(
            Absence.substitute_id == person_id,
            Absence.first_day <= today,
            Absence.last_day >= today,
            Absence.ended_at.is_(None),
        )
        .distinct()
        .limit(50)
    )
    return list(rows)
