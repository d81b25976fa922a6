"""Asking for consultations: of a case, of a party, and those that nobody has answered in time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.models import OPEN, Case
from services.cases.queries import LIGHT
from services.consultations.models import Consultation, Consulted, Dormancy, Kind
from services.kernel.errors import NotFound
from services.kernel.work import Actor

MOST = 200
PAGE = 100


@dataclass(frozen=True)
class Late:
    """An answer that has not come, with its case."""

    row: Consulted
    consultation: Consultation
    case: Case


def of_case(session: Session, case_id: UUID) -> list[tuple[Consultation, list[Consulted]]]:
    """The consultations of a case, newest first, each with those who are asked."""
    query = select(Consultation).where(Consultation.case_id == case_id)
    found = list(session.scalars(query.order_by(Consultation.id.desc()).limit(MOST)))
    rows = session.scalars(
        select(Consulted)
        .where(Consulted.consultation_id.in_([each.id for each in found]))
        .order_by(Consulted.id)
        .limit(MOST * 10)
    )
    by_question: dict[UUID, list[Consulted]] = {each.id: [] for each in found}
    for row in rows:
        by_question[row.consultation_id].append(row)
    return [(each, by_question[each.id]) for each in found]


def at_desk(session: Session, case_id: UUID, consultation_id: UUID) -> Consultation:
    """A consultation of a case that the actor has been shown. Raises NotFound."""
    found = session.get(Consultation, consultation_id)
    if found is None or found.case_id != case_id:
        raise NotFound("consultation")
    return found


def asked_in(session: Session, consultation_id: UUID) -> list[Consulted]:
    """Those who are asked in a consultation."""
    query = select(Consulted).where(Consulted.consultation_id == consultation_id)
    return list(session.scalars(query.order_by(Consulted.id).limit(MOST)))


def mine(session: Session, actor: Actor, consultation_id: UUID) -> tuple[Consultation, Case]:
    """What the actor, as a party, is given to comment on. Raises NotFound."""
    query = (
        select(Consultation, Case)
        .join(Case, Case.id == Consultation.case_id)
        .where(
            Consultation.id == consultation_id,
            Consultation.kind == Kind.PARTY,
            policy.partys_own(actor),
        )
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound("consultation")
    return found[0], found[1]


def waiting_for_party(session: Session, actor: Actor) -> list[tuple[Consultation, Case]]:
    """What the actor is to comment on, in open cases of their own, the first day first."""
    rows = session.execute(
        select(Consultation, Case)
        .join(Case, Case.id == Consultation.case_id)
        .join(Consulted, Consulted.consultation_id == Consultation.id)
        .where(
            policy.partys_own(actor),
            Consultation.kind == Kind.PARTY,
            Consulted.answered_at.is_(None),
            Consulted.selector.is_(None),
            Case.state.in_(OPEN),
        )
        .order_by(Consultation.answer_by, Consultation.id)
        .limit(PAGE)
        .options(*LIGHT)
    )
    return [(consultation, case) for consultation, case in rows]


def open_for_party(session: Session, case: Case) -> list[Consultation]:
    """What the party of a case can still comment on; the caller has made sure who that is."""
    if not case.is_open:
        return []
    query = (
        select(Consultation)
        .join(Consulted, Consulted.consultation_id == Consultation.id)
        .where(
            Consultation.case_id == case.id,
            Consultation.kind == Kind.PARTY,
            Consulted.answered_at.is_(None),
            Consulted.selector.is_(None),
        )
    )
    return list(session.scalars(query.order_by(Consultation.answer_by).limit(PAGE)))


def late(session: Session, actor: Actor, today: date) -> list[Late]:
    """Answers from outside whose last day has passed, in the actor's own authorities."""
    rows = session.execute(
        select(Consulted, Consultation, Case)
        .join(Consultation, Consultation.id == Consulted.consultation_id)
        .join(Case, Case.id == Consultation.case_id)
        .where(
            policy.visible_at_desk(actor),
            Case.state.in_(OPEN),
            Consultation.closed_at.is_(None),
            Consultation.answer_by < today,
            Consulted.answered_at.is_(None),
        )
        .order_by(Consultation.answer_by, Consulted.id)
        .limit(PAGE)
        .options(*LIGHT)
    )
    return [Late(*each) for each in rows]


def resting(session: Session, case_id: UUID) -> Dormancy | None:
    """That a case rests now, if it does."""
    query = select(Dormancy).where(Dormancy.case_id == case_id, Dormancy.woken_at.is_(None))
    return session.scalar(query)
