"""Cases that belong together, told on both."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.cases import policy, queries
from services.cases.changing import for_change, note_event
from services.cases.desk_models import CaseLink
from services.cases.models import Case
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Actor, Work

KINDS = ("related", "duplicate", "appeal_of")


def link(work: Work, case_id: UUID, number: str, kind: str = "related") -> Case:
    """Link a case to another that the actor may see too. Raises NotFound for one that is not theirs."""
    case = for_change(work, case_id, policy.WORK_ON)
    other = queries.at_desk(work.session, work.actor, number.strip().upper())
    if kind not in KINDS or other.id == case.id:
        raise Invalid("unknown-link")
    if _between(work.session, case.id, other.id) is not None:
        raise Conflict("linked-already")
    work.session.add(
        CaseLink(
            case_id=case.id,
            other_id=other.id,
            kind=kind,
            made_by_id=work.actor.person_id,
            made_at=work.now,
        )
    )
    note_event(work, case, "linked", public=False, other=str(other.id))
    return case


def _between(session: Session, one: UUID, other: UUID) -> CaseLink | None:
    return session.get(CaseLink, (one, other)) or session.get(CaseLink, (other, one))


def of(session: Session, actor: Actor, case_id: UUID) -> list[tuple[str, Case]]:
    """The linked cases that the actor may see, with the kind of link, newest first."""
    rows = session.execute(
        select(CaseLink.kind, Case)
        .join(
            Case,
            or_(
                (CaseLink.case_id == case_id) & (Case.id == CaseLink.other_id),
                (CaseLink.other_id == case_id) & (Case.id == CaseLink.case_id),
            ),
        )
        .where(
            or_(CaseLink.case_id == case_id, CaseLink.other_id == case_id),
            policy.visible_at_desk(actor),
        )
        .order_by(CaseLink.made_at.desc(), Case.id)
        .limit(50)
        .options(*queries.LIGHT)
    )
    return [(kind, case) for kind, case in rows]
