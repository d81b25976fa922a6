"""Asking for decisions: of a case, of an authority, and how long they can be appealed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from services.cases import policy as cases
from services.cases.models import Case, CaseEvent
from services.cases.queries import LIGHT
from services.catalogue import queries as catalogue
from services.decisions import regimes
from services.decisions.models import About, Appeal, Decision, Notice, Stage
from services.forms.deciding import DecisionType
from services.kernel.errors import NotFound
from services.kernel.work import Actor

MOST = 1000
PAGE = 100
SET_ASIDE = ("revoked", "sent_back")


@dataclass(frozen=True)
class TimeToAppeal:
    """Until when a decision can be appealed. `last_day` is None while the time has not begun."""

    can_be: bool
    last_day: date | None


def types_of(session: Session, case: Case) -> tuple[DecisionType, ...]:
    """The ways in which a case can be decided, by its own version of the service."""
    return catalogue.version_document(session, case.version_id).decisions


def type_of(session: Session, case: Case, status: str) -> DecisionType:
    """The way to decide that leads to a status. Raises NotFound when the service has none."""
    found = next((each for each in types_of(session, case) if each.status == status), None)
    if found is None:
        raise NotFound("decision-type", status=status)
    return found


def of_case(session: Session, case_id: UUID) -> list[Decision]:
    """The decisions of a case that were made, and its draft, oldest first."""
    query = select(Decision).where(Decision.case_id == case_id, Decision.stage != Stage.DROPPED)
    return list(session.scalars(query.order_by(Decision.id).limit(MOST)))


def made_in_case(session: Session, case_id: UUID) -> list[Decision]:
    """Those that were made, oldest first: what a party may see."""
    return [each for each in of_case(session, case_id) if each.is_made]


def draft_of_case(session: Session, case_id: UUID) -> Decision | None:
    """What is being written, or lies before the committee."""
    return session.scalar(
        select(Decision).where(
            Decision.case_id == case_id,
            Decision.about == About.CASE,
            Decision.stage.in_([Stage.DRAFT, Stage.PROPOSED]),
        )
    )


def at_desk(session: Session, actor: Actor, decision_id: UUID) -> tuple[Decision, Case]:
    """A decision with its case, within the actor's authorities. Raises NotFound."""
    return _visible(session, decision_id, cases.visible_at_desk(actor), made_only=False)


def mine(session: Session, actor: Actor, decision_id: UUID) -> tuple[Decision, Case]:
    """A decision that was made in a case of the actor's own. Raises NotFound."""
    return _visible(session, decision_id, cases.visible_to_party(actor), made_only=True)


def _visible(
    session: Session, decision_id: UUID, border: object, *, made_only: bool
) -> tuple[Decision, Case]:
    query = (
        select(Decision, Case)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.id == decision_id, border)  # type: ignore[arg-type]
    )
    if made_only:
        query = query.where(Decision.decided_at.is_not(None))
    found = session.execute(query).first()
    if found is None:
        raise NotFound("decision")
    return found[0], found[1]


def notices(session: Session, decision_id: UUID) -> list[Notice]:
    """To whom a decision was sent, and when it arrived."""
    query = select(Notice).where(Notice.decision_id == decision_id)
    return list(session.scalars(query.order_by(Notice.recipient).limit(MOST)))


def appeals(session: Session, decision_id: UUID) -> list[Appeal]:
    """The appeals against a decision, as they came in."""
    query = select(Appeal).where(Appeal.decision_id == decision_id)
    return list(session.scalars(query.order_by(Appeal.received_at, Appeal.id).limit(MOST)))


def chain(session: Session, decision: Decision) -> list[Decision]:
    """A decision with those that it replaces, the newest first."""
    found = [decision]
    while found[-1].replaces_id is not None and len(found) < PAGE:
        found.append(session.get_one(Decision, found[-1].replaces_id))
    return found


def current(session: Session, decision: Decision) -> Decision:
    """The decision that stands now: this one, or the last that has replaced it."""
    found = decision
    for _ in range(PAGE):
        query = select(Decision).where(
            Decision.replaces_id == found.id, Decision.decided_at.is_not(None)
        )
        newer = session.scalar(query.limit(1))
        if newer is None:
            break
        found = newer
    return found


def appeals_covering(session: Session, decision: Decision) -> list[Appeal]:
    """The appeals against a decision or one that it replaces: those go on to the new one."""
    return [each for old in chain(session, decision) for each in appeals(session, old.id)]


def is_set_aside(session: Session, decision: Decision) -> bool:
    """Whether a higher instance has revoked a decision, or sent its case back."""
    # What befell an older decision before this one was made, this one has come after.
    made_on = decision.decided_on or date.max
    return any(
        each.result in SET_ASIDE
        and (each.decision_id == decision.id or (each.settled_on or date.min) > made_on)
        for each in appeals_covering(session, decision)
    )


def time_to_appeal(session: Session, decision: Decision) -> TimeToAppeal:
    """Until when a decision can be appealed: from when it reached everybody, or from the board."""
    if not decision.is_made or not regimes.is_appealable(decision.regime):
        return TimeToAppeal(can_be=False, last_day=None)
    if regimes.runs_from_the_board(decision.regime):
        start = decision.posted_on
    else:
        arrived = [each.received_on for each in notices(session, decision.id)]
        known = [each for each in arrived if each is not None]
        start = max(known) if known and len(known) == len(arrived) else None
    return TimeToAppeal(True, regimes.last_day_to_appeal(start) if start else None)


def of_party(session: Session, actor: Actor) -> list[tuple[Decision, Case, date | None]]:
    """The decisions in the actor's own cases, newest first, each with its last day to appeal.

    The day is None where nothing can be appealed or the time has not begun.
    """
    of_it = Notice.decision_id == Decision.id
    last = select(func.max(Notice.received_on)).where(of_it).scalar_subquery()
    on_its_way = exists().where(of_it, Notice.received_on.is_(None))
    rows = session.execute(
        select(Decision, Case, last, on_its_way)
        .join(Case, Case.id == Decision.case_id)
        .where(cases.partys_own(actor), Decision.decided_at.is_not(None))
        .order_by(Decision.decided_at.desc(), Decision.id)
        .limit(PAGE)
        .options(*LIGHT)
    )
    return [
        (decision, case, _last_day(decision, None if unknown else arrived))
        for decision, case, arrived, unknown in rows
    ]


def _last_day(decision: Decision, arrived_on: date | None) -> date | None:
    if not regimes.is_appealable(decision.regime) or decision.stage == Stage.REPLACED:
        return None
    from_the_board = regimes.runs_from_the_board(decision.regime)
    start = decision.posted_on if from_the_board else arrived_on
    return regimes.last_day_to_appeal(start) if start else None


def is_communicated(session: Session, case_id: UUID, today: date) -> bool:
    """Whether the party was given the material and time to comment, and it has passed (FL 25 §)."""
    events = session.scalars(
        select(CaseEvent)
        .where(
            CaseEvent.case_id == case_id,
            CaseEvent.kind.in_(["communicated", "communication_answered"]),
        )
        .order_by(CaseEvent.id.desc())
        .limit(1)
    ).first()
    if events is None:
        return False
    return events.kind == "communication_answered" or events.details.get("until", "") < (
        today.isoformat()
    )


def made(
    session: Session, actor: Actor, authority_id: UUID, since: date, until: date
) -> list[tuple[Decision, Case]]:
    """An authority's delegated decisions in a time, by number, with the cases that one may see."""
    rows = session.execute(
        select(Decision, Case)
        .join(Case, Case.id == Decision.case_id)
        .where(
            cases.visible_at_desk(actor),
            Decision.authority_id == authority_id,
            Decision.decided_on.between(since, until),
            Decision.point_id.is_not(None),
        )
        .order_by(Decision.decided_at, Decision.id)
        .limit(MOST)
    )
    return [(decision, case) for decision, case in rows]


def to_report(session: Session, actor: Actor, authority_id: UUID, until: date) -> list[Decision]:
    """Delegated decisions until a day that no meeting has been told of yet."""
    found = made(session, actor, authority_id, date(2000, 1, 1), until)
    return [decision for decision, _ in found if decision.reported_on is None]


def waiting_for_force(session: Session, limit: int) -> list[Decision]:
    """Decisions that have not gained legal force, the oldest first."""
    query = select(Decision).where(
        Decision.stage == Stage.DECIDED, Decision.legal_force_on.is_(None)
    )
    return list(session.scalars(query.order_by(Decision.decided_on, Decision.id).limit(limit)))
