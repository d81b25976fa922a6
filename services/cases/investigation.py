"""The duty to look into a case before it is decided (förvaltningslagen 23 §): ticking the checklist."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.changing import for_change, note_event
from services.cases.investigation_models import CaseCheck, Finding
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms.investigation import Check
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work

LONGEST = 2000


@dataclass(frozen=True)
class Looked:
    """One thing to look into in a case, and what was found, if it has been."""

    check: Check
    found: CaseCheck | None


def of(session: Session, case: Case) -> list[Looked]:
    """The checklist of a case, in the service's order, as its answers call for it."""
    wanted = [
        each
        for each in catalogue.version_document(session, case.version_id).checklist
        if each.applies_to(case.answers)
    ]
    if not wanted:
        return []
    rows = session.scalars(select(CaseCheck).where(CaseCheck.case_id == case.id))
    found = {each.key: each for each in rows}
    return [Looked(each, found.get(each.key)) for each in wanted]


def left(session: Session, case: Case) -> list[Check]:
    """What has not been looked into yet."""
    return [each.check for each in of(session, case) if each.found is None]


def tick(work: Work, case_id: UUID, key: str, finding: str, note: str = "") -> Case:
    """Note that something has been looked into, or why it need not be; ticking again replaces it.

    Raises NotFound for what is not on the checklist, Invalid without a reason for what is not
    needed, and Conflict when the case is not open any more.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    if not case.is_open:
        raise Conflict("case-state", state=case.state)
    looked = next((each for each in of(work.session, case) if each.check.key == key), None)
    if looked is None:
        raise NotFound("check", key=key)
    note = note.strip()
    if finding not in tuple(Finding):
        raise Invalid("unknown-finding")
    if finding == Finding.NOT_NEEDED and not note:
        raise Invalid("say-why")
    if len(note) > LONGEST:
        raise Invalid("message-too-long", limit=LONGEST)
    row = looked.found or CaseCheck(id=new_id(), case_id=case.id, key=key)
    row.finding, row.note = finding, note
    row.checked_by_id, row.checked_at = work.actor.person_id, work.now  # type: ignore[assignment]
    work.session.add(row)
    note_event(work, case, "looked_into", public=False, check=key, finding=finding)
    return case
