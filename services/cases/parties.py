"""The parties of a case and their roles, beside the one who sent it in."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cases import party, policy
from services.cases.changing import for_change, note_event
from services.cases.desk_models import CaseParty
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotFound
from services.kernel.work import Work
from services.people import queries as people

ROLES = (
    *("applicant", "co_applicant", "agent", "guardian", "property_owner", "neighbour"),
    *("operator", "contact", "payer", "inspector", "reporter", "other"),
)
LONGEST = 200


def of(session: Session, case_id: UUID) -> list[CaseParty]:
    """Those with a part in the case now, in the order in which they were added."""
    query = select(CaseParty).where(CaseParty.case_id == case_id, CaseParty.removed_at.is_(None))
    return list(session.scalars(query.order_by(CaseParty.id).limit(200)))


def add(
    work: Work,
    case_id: UUID,
    role: str,
    name: str,
    *,
    reached: dict[str, str | None] | None = None,
    person_id: UUID | None = None,
) -> CaseParty:
    """Add somebody with a role. `reached` may hold email, phone and address.

    A protected person makes the whole case protected, for it tells of them (domain reference §1.5).
    """
    case = for_change(work, case_id, policy.WORK_ON)
    if role not in ROLES:
        raise Invalid("unknown-role")
    if not name.strip():
        raise Invalid("name-missing")
    reached = reached or {}
    row = CaseParty(
        id=new_id(),
        case_id=case.id,
        role=role,
        person_id=person_id,
        organisation_id=None,
        name=name.strip()[:LONGEST],
        email=(reached.get("email") or None),
        phone=(reached.get("phone") or None),
        address=(reached.get("address") or None),
        added_by_id=work.actor.person_id,
        added_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _protect(work, case, person_id)
    note_event(work, case, "party_added", public=False, role=role)
    _describe(work, case)
    return row


def _protect(work: Work, case: Case, person_id: UUID | None) -> None:
    person = people.person(work.session, person_id) if person_id else None
    if person is not None and person.protected:
        case.protected = True


def remove(work: Work, case_id: UUID, row_id: UUID) -> Case:
    """Somebody has no part in the case any more; that they had is kept."""
    case = for_change(work, case_id, policy.WORK_ON)
    row = work.session.get(CaseParty, row_id)
    if row is None or row.case_id != case.id or row.removed_at is not None:
        raise NotFound("case-party")
    row.removed_at = work.now
    note_event(work, case, "party_removed", public=False, role=row.role)
    work.session.flush()
    _describe(work, case)
    return case


def _describe(work: Work, case: Case) -> None:
    party.describe(work, case, catalogue.version_document(work.session, case.version_id))
