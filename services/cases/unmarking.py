"""Taking a mark of protected identity away: one proposes, another one confirms (domain §1.5).

To mark is done at once and by anybody who works on the case, since waiting could harm somebody.
To unmark could harm somebody too, so it takes two who lead there: registrars or managers.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.audit.log import record
from services.cases import policy
from services.cases.changing import for_change, note_event
from services.cases.desk_models import CaseParty
from services.cases.models import Case
from services.cases.unmarking_models import ProtectionProposal
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Actor, Work
from services.people import protection
from services.people.models import Person

LONGEST = 1000
MOST = 100
CONFIRMED, REFUSED, WITHDRAWN = "confirmed", "refused", "withdrawn"


def propose(work: Work, case_id: UUID, reason: str) -> ProtectionProposal:
    """Propose that the mark is taken away, with why; nothing changes until another confirms it.

    Raises NotAllowed for those who do not lead there, Invalid without a reason, and Conflict when
    there is no mark, or when it has been proposed already.
    """
    case = for_change(work, case_id, policy.LEAD)
    reason = reason.strip()
    if not reason:
        raise Invalid("say-why")
    if len(reason) > LONGEST:
        raise Invalid("message-too-long", limit=LONGEST)
    if not case.protected:
        raise Conflict("not-protected")
    assert work.actor.person_id is not None
    proposal = ProtectionProposal(
        id=new_id(),
        case_id=case.id,
        person_id=_marked(work.session, case),
        reason=reason,
        proposed_by_id=work.actor.person_id,
        proposed_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(proposal)
    except IntegrityError as fault:
        raise Conflict("proposed-already") from fault
    record(work, "protection:propose-unmark", proposal.person_id or case.id, case=str(case.id))
    note_event(work, case, "unprotect_proposed", public=False)
    return proposal


def _marked(session: Session, case: Case) -> UUID | None:
    """The protected person of a case: whom it is about, who sent it in, or another party."""
    for person_id in (case.subject_person_id, case.acting_person_id):
        if person_id is not None and session.get_one(Person, person_id).protected:
            return person_id
    query = (
        select(Person.id)
        .join(CaseParty, CaseParty.person_id == Person.id)
        .where(CaseParty.case_id == case.id, Person.protected)
    )
    return session.scalar(query.order_by(CaseParty.id).limit(1))


def confirm(work: Work, proposal_id: UUID) -> Case:
    """Take the mark away, as another one than who proposed it: of the person, and of all cases
    that tell of nobody else who is protected.

    Raises NotAllowed for the one who proposed it and for those who do not lead there, and
    Conflict when it has been answered.
    """
    proposal, case = _open(work, proposal_id)
    if proposal.proposed_by_id == work.actor.person_id:
        raise NotAllowed("four-eyes")
    _decided(work, proposal, CONFIRMED)
    if proposal.person_id is not None:
        protection.unprotect(work, proposal.person_id)
    else:
        case.protected = False
    note_event(work, case, "unprotect_confirmed", public=False)
    return case


def refuse(work: Work, proposal_id: UUID) -> Case:
    """Let the mark stand; whoever proposed it takes the proposal back by the same. Raises as `confirm`."""
    proposal, case = _open(work, proposal_id)
    own = proposal.proposed_by_id == work.actor.person_id
    _decided(work, proposal, WITHDRAWN if own else REFUSED)
    note_event(work, case, "unprotect_refused", public=False)
    return case


def _open(work: Work, proposal_id: UUID) -> tuple[ProtectionProposal, Case]:
    proposal = work.session.get(ProtectionProposal, proposal_id, with_for_update=True)
    if proposal is None:
        raise NotFound("protection-proposal")
    case = for_change(work, proposal.case_id, policy.LEAD)
    if proposal.decided_at is not None:
        raise Conflict("proposal-answered")
    return proposal, case


def _decided(work: Work, proposal: ProtectionProposal, outcome: str) -> None:
    proposal.decided_by_id, proposal.decided_at = work.actor.person_id, work.now
    proposal.outcome = outcome
    whose = proposal.person_id or proposal.case_id
    record(work, f"protection:unmark-{outcome}", whose, proposal=str(proposal.id))


def of_case(session: Session, case_id: UUID) -> ProtectionProposal | None:
    """The proposal in a case that nobody has answered yet."""
    return session.scalar(
        select(ProtectionProposal).where(
            ProtectionProposal.case_id == case_id, ProtectionProposal.decided_at.is_(None)
        )
    )


def waiting(session: Session, actor: Actor) -> list[tuple[ProtectionProposal, Case]]:
    """The proposals that wait for an answer where the actor leads, the oldest first."""
    leads = [key for key, duties in actor.authorities.items() if duties & policy.LEADERS]
    rows = session.execute(
        select(ProtectionProposal, Case)
        .join(Case, Case.id == ProtectionProposal.case_id)
        .where(
            ProtectionProposal.decided_at.is_(None),
            policy.visible_at_desk(actor),
            Case.authority_id.in_(leads),
        )
        .order_by(ProtectionProposal.proposed_at, ProtectionProposal.id)
        .limit(MOST)
    )
    return [(proposal, case) for proposal, case in rows]
