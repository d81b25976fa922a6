"""Setting up the organisation, and giving people their assignments."""

from datetime import date
from uuid import UUID

from services.audit.log import record
from services.kernel.db import new_id
from services.kernel.work import Work
from services.organisation.models import Assignment, Authority, Department, Unit, Words


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
