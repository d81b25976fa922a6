"""Telling the parties of a decision, and knowing when it reached them (förvaltningslagen 33 §)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.access.rules import require
from services.audit.log import record
from services.cases import notices as case_notices
from services.cases import policy as case_policy
from services.cases.models import Case
from services.decisions.models import Decision, Notice
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotFound
from services.kernel.work import Work

APPLICANT = "applicant"
MY_PAGES, LETTER = "my_pages", "letter"
# How it is known that a decision has arrived.
PROOFS = ("opened", "receipt", "simplified_service", "told_orally", "answered")


def send(work: Work, decision: Decision, case: Case) -> None:
    """Send a decision to the applicant: to Mina sidor, or by post to whoever has no e-ID there.

    The mail says only that something has happened (§6.2 of the domain reference).
    """
    way = MY_PAGES if case.acting_person_id is not None else LETTER
    notice = Notice(
        id=new_id(), decision_id=decision.id, recipient=APPLICANT, way=way, sent_at=work.now
    )
    work.session.add(notice)
    case_notices.tell(work, case, "decision-made")


def opened(work: Work, decision: Decision) -> None:
    """The party has opened the decision under Mina sidor: from today the time to appeal runs."""
    notice = _of(work, decision.id, APPLICANT)
    if notice is not None and notice.received_on is None:
        notice.received_on, notice.proof = local_day(work.now), "opened"
        record(work, "decision:received", decision.id, proof="opened")


def received(work: Work, decision_id: UUID, on: date, proof: str) -> Notice:
    """Note at the desk that a decision has arrived, and how it is known.

    Raises Invalid for a day that is not between the sending and today, or an unknown proof.
    """
    decision = work.session.get(Decision, decision_id)
    notice = _of(work, decision_id, APPLICANT)
    if decision is None or notice is None:
        raise NotFound("decision")
    require(work, case_policy.WORK_ON, work.session.get_one(Case, decision.case_id))
    if proof not in PROOFS:
        raise Invalid("unknown-proof", proof=proof)
    if not local_day(notice.sent_at) <= on <= local_day(work.now):
        raise Invalid("received-on-impossible-day")
    notice.received_on, notice.proof = on, proof
    record(work, "decision:received", decision.id, proof=proof, on=on.isoformat())
    return notice


def _of(work: Work, decision_id: UUID, recipient: str) -> Notice | None:
    return work.session.scalar(
        select(Notice)
        .where(Notice.decision_id == decision_id, Notice.recipient == recipient)
        .with_for_update()
    )
