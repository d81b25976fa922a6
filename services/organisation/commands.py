"""Setting up the organisation, and giving people their assignments."""

from datetime import date
from uuid import UUID

from services.access.rules import action, require
from services.audit.log import record
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotFound
from services.kernel.work import Actor, Duty, Work
from services.organisation import queries
from services.organisation.models import (
    Absence,
    Assignment,
    Authority,
    Department,
    Team,
    TeamMember,
    Unit,
    Words,
)

LONGEST_NAME = 80
LEADERS = frozenset({Duty.MANAGER, Duty.REGISTRAR})


def _leads(actor: Actor, authority_id: UUID) -> bool:
    return bool(actor.authorities.get(authority_id, frozenset()) & LEADERS)


LEAD = action("organisation:lead", _leads)


def add_authority(work: Work, code: str, names: Words, valid_from: date) -> Authority:
    """A new authority, with its code for diary numbers."""
    authority = Authority(id=new_id(), code=code, names=names, valid_from=valid_from, valid_to=None)
    work.session.add(authority)
    return authority


def add_department(work: Work, authority: Authority, names: Words) -> Department:
    """A new department of an authority, valid as long as the authority."""
    department = Department(
        id=new_id(),
        authority_id=authority.id,
        names=names,
        valid_from=authority.valid_from,
        valid_to=None,
    )
    work.session.add(department)
    return department


def add_unit(
    work: Work, department: Department, key: str, names: Words, phone: str, email: str
) -> Unit:
    """A new unit of a department; e-services name it by its key."""
    unit = Unit(
        id=new_id(),
        department_id=department.id,
        key=key,
        names=names,
        phone=phone,
        email=email,
        valid_from=department.valid_from,
        valid_to=None,
    )
    work.session.add(unit)
    return unit


def appoint(
    work: Work, person_id: UUID, authority_id: UUID, duty: str, *, elected: bool, valid_from: date
) -> Assignment:
    """Give somebody a duty (staff) or an office (elected) in an authority."""
    assignment = Assignment(
        id=new_id(),
        person_id=person_id,
        authority_id=authority_id,
        elected=elected,
        duty=duty,
        valid_from=valid_from,
        valid_to=None,
    )
    work.session.add(assignment)
    record(work, "assignment:give", person_id, authority=str(authority_id), duty=duty)
    return assignment


def add_team(work: Work, authority_id: UUID, name: str, members: list[UUID]) -> Team:
    """A group of handlers who share cases. Only who leads the work there makes one."""
    require(work, LEAD, authority_id)
    if not name.strip() or not members:
        raise Invalid("team-needs-name-and-members")
    unknown = set(members) - set(queries.handlers(work.session, authority_id, local_day(work.now)))
    if unknown:
        raise Invalid("not-a-handler-there")
    team = Team(
        id=new_id(),
        authority_id=authority_id,
        name=name.strip()[:LONGEST_NAME],
        made_at=work.now,
        dissolved_at=None,
    )
    work.session.add(team)
    # The members name their team by its key only, so the team must be there first.
    work.session.flush()
    work.session.add_all(TeamMember(team_id=team.id, person_id=each) for each in set(members))
    record(work, "team:make", team.id)
    return team


def dissolve_team(work: Work, team_id: UUID) -> Team:
    """End a team; the cases that it was set to stay with their handlers."""
    team = work.session.get(Team, team_id)
    if team is None or not work.actor.works_in(team.authority_id):
        raise NotFound("team")
    require(work, LEAD, team.authority_id)
    team.dissolved_at = team.dissolved_at or work.now
    record(work, "team:dissolve", team.id)
    return team


def be_absent(
    work: Work, person_id: UUID, first_day: date, last_day: date, substitute_id: UUID | None
) -> Absence:
    """Note that somebody is away, from all services at once, and who stands in for them.

    Everybody says so of oneself; who leads the work in a common authority may say it of others.
    """
    _may_say_of(work, person_id)
    if last_day < first_day:
        raise Invalid("days-in-wrong-order")
    if substitute_id == person_id:
        raise Invalid("substitute-is-oneself")
    if substitute_id and not _colleagues(work, person_id, substitute_id):
        raise Invalid("not-a-handler-there")
    absence = Absence(
        id=new_id(),
        person_id=person_id,
        substitute_id=substitute_id,
        first_day=first_day,
        last_day=last_day,
        made_by_id=work.actor.person_id,
        made_at=work.now,
        ended_at=None,
    )
    work.session.add(absence)
    record(work, "absence:note", person_id)
    return absence


def end_absence(work: Work, absence_id: UUID) -> Absence:
    """Come back earlier, or take back an absence that was not to be."""
    absence = work.session.get(Absence, absence_id)
    if absence is None:
        raise NotFound("absence")
    _may_say_of(work, absence.person_id)
    absence.ended_at = absence.ended_at or work.now
    record(work, "absence:end", absence.person_id)
    return absence


def _may_say_of(work: Work, person_id: UUID) -> None:
    if work.actor.person_id == person_id:
        return
    theirs = queries.duties(work.session, person_id, local_day(work.now))
    if not any(_leads(work.actor, authority_id) for authority_id in theirs):
        raise NotFound("colleague")


def _colleagues(work: Work, person_id: UUID, other_id: UUID) -> bool:
    today = local_day(work.now)
    mine = queries.duties(work.session, person_id, today)
    return bool(mine.keys() & queries.duties(work.session, other_id, today).keys())
