"""Handing a case over to another authority of the municipality (förvaltningslagen 8 §).

Each nämnd is an authority of its own, with a secrecy border round it (OSL 8 kap. 2 §). The other
authority gets a case of its own, with what was chosen to go along; the first keeps its record
and sees nothing of what happens there.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.attachments import commands as attachments
from services.attachments import queries as attachment_queries
from services.cases import drafts, notices, policy
from services.cases.changing import for_change, note_event
from services.cases.events import CaseReceived
from services.cases.lifecycle import Step, check
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk.models import Referral
from services.kernel.db import new_id
from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.organisation import queries as organisation

LONGEST_REASON = 2000


def refer(
    work: Work,
    case_id: UUID,
    unit_key: str,
    reason: str,
    *,
    answers: Collection[str],
    files: Collection[UUID],
) -> Referral:
    """Hand a case over to a unit of another authority, with the chosen answers and files.

    The party is told. The own case is not ended by it: its handler does that, when nothing is
    left to do in it. Raises Invalid for a unit of the same authority or without a reason.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.WRITE)
    authority_id = organisation.authority_of_unit(work.session, unit_key)
    if authority_id is None or authority_id == case.authority_id:
        raise Invalid("not-another-authority")
    if not reason.strip():
        raise Invalid("say-why")
    document = catalogue.version_document(work.session, case.version_id)
    kept = [each.key for each in document.questions if each.key in set(answers)]
    new = _begun_there(work, case, authority_id, unit_key, kept)
    going = _copied(work, case, new, files)
    row = Referral(
        id=new_id(),
        case_id=case.id,
        new_case_id=new.id,
        authority_id=authority_id,
        reason=reason.strip()[:LONGEST_REASON],
        answers=kept,
        files=going,
        made_by_id=work.actor.person_id,
        made_at=work.now,
    )
    work.session.add(row)
    note_event(work, case, "referred", public=True, authority=str(authority_id))
    notices.tell(work, case, "case-updated")
    return row


def _begun_there(
    work: Work, case: Case, authority_id: UUID, unit_key: str, kept: list[str]
) -> Case:
    new = drafts.handed_over(work, case, authority_id, unit_key, kept)
    note_event(work, new, "received", public=True, channel="referral", status=new.status)
    work.tell(CaseReceived(new.id))
    return new


def _copied(work: Work, case: Case, new: Case, files: Collection[UUID]) -> list[str]:
    wanted = set(files)
    going = []
    for each in attachment_queries.of_owner(work.session, case.id):
        if each.id in wanted and each.is_clean:
            copy = attachments.copy(work, each, owner_kind="case", owner_id=new.id)
            going.append(str(copy.id))
    return going


def of_case(session: Session, case_id: UUID) -> list[Referral]:
    """To whom a case has been handed over, oldest first."""
    query = select(Referral).where(Referral.case_id == case_id)
    return list(session.scalars(query.order_by(Referral.made_at, Referral.id).limit(50)))


def origin(session: Session, case_id: UUID) -> Referral | None:
    """By which referral a case came, if it came by one."""
    return session.scalar(select(Referral).where(Referral.new_case_id == case_id).limit(1))
