"""Finding cases: one's own, the authority's, the one behind a link."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, defer

from services.cases import policy
from services.cases.models import NOT_RECEIVED, NOTE, Case, CaseEvent, CaseMessage, State
from services.cases.notices import FOLLOW
from services.kernel.errors import NotFound
from services.kernel.work import Actor

PAGE = 50
MANY = 200
# A list needs none of the answers, and a case's answers can be large.
LIGHT = (defer(Case.answers), defer(Case.typed), defer(Case.searched), defer(Case.search_text))


@dataclass(frozen=True)
class Filter:
    """What a handler asks the inbox for."""

    view: str = "open"
    service_id: UUID | None = None
    status: str | None = None
    words: str = ""
    before: tuple[datetime, UUID] | None = None
    today: date | None = None


@dataclass(frozen=True)
class Shelf:
    """One page of a list: the cases, and where the next page begins (None at the end)."""

    cases: list[Case]
    next_before: tuple[datetime, UUID] | None


def at_desk(session: Session, actor: Actor, number: str) -> Case:
    """A received case by its number, within the actor's own authorities. Raises NotFound."""
    case = session.scalar(select(Case).where(Case.number == number, policy.visible_at_desk(actor)))
    if case is None:
        raise NotFound("case", number=number)
    return case


def mine(session: Session, actor: Actor, number: str) -> Case:
    """A received case by its number, if the actor is its party. Raises NotFound."""
    case = session.scalar(select(Case).where(Case.number == number, policy.visible_to_party(actor)))
    if case is None:
        raise NotFound("case", number=number)
    return case


def by_link(session: Session, secret: str) -> Case:
    """The received case behind a follow link. Raises NotFound; compares in constant time."""
    try:
        case_id = UUID(hex=secret[:32])
    except ValueError as fault:
        raise NotFound("follow-link") from fault
    expected = case_id.hex + session.info["keyring"].derive(FOLLOW, case_id.hex)
    if not hmac.compare_digest(expected.encode(), secret.encode()):
        raise NotFound("follow-link")
    case = session.get(Case, case_id)
    # A case with protected data is not read by a link that may lie in a mail box.
    if case is None or case.is_draft or case.protected:
        raise NotFound("follow-link")
    return case


def inbox(session: Session, actor: Actor, wanted: Filter) -> Shelf:
    """A page of the desk's list, newest first, within the actor's authorities only."""
    query = _viewed(select(Case).where(policy.visible_at_desk(actor)), actor, wanted)
    if wanted.service_id:
        query = query.where(Case.service_id == wanted.service_id)
    if wanted.status:
        query = query.where(Case.status == wanted.status)
    if wanted.words:
        query = query.where(_found(wanted.words))
    if wanted.before:
        query = query.where(tuple_(Case.received_at, Case.id) < tuple_(*wanted.before))
    query = query.order_by(Case.received_at.desc(), Case.id.desc()).limit(PAGE + 1).options(*LIGHT)
    cases = list(session.scalars(query))
    if len(cases) <= PAGE:
        return Shelf(cases, None)
    last = cases[PAGE - 1]
    assert last.received_at is not None
    return Shelf(cases[:PAGE], (last.received_at, last.id))


def _viewed(query: Select[Case], actor: Actor, wanted: Filter) -> Select[Case]:
    still_open = Case.state.not_in([State.DRAFT, State.CLOSED, State.WITHDRAWN])
    if wanted.view == "mine":
        return query.where(Case.handler_id == actor.person_id, still_open)
    if wanted.view == "unassigned":
        return query.where(Case.handler_id.is_(None), still_open)
    if wanted.view == "waiting":
        return query.where(Case.state.in_([State.AWAITING_COMPLETION, State.AWAITING_PAYMENT]))
    if wanted.view == "overdue":
        return query.where(still_open, Case.due_on < wanted.today)
    if wanted.view == "closed":
        return query.where(Case.state.in_([State.CLOSED, State.WITHDRAWN]))
    if wanted.view == "all":
        return query
    return query.where(still_open)


def _found(words: str):  # type: ignore[no-untyped-def]
    asked = func.websearch_to_tsquery("swedish", words)
    return or_(Case.searched.op("@@")(asked), Case.number == words.strip().upper())


def open_of_handler(session: Session, actor: Actor) -> int:
    """How many open cases the actor handles; the only count that the inbox makes."""
    return (
        session.scalar(
            select(func.count()).where(
                Case.handler_id == actor.person_id,
                Case.state.not_in([State.DRAFT, State.CLOSED, State.WITHDRAWN]),
            )
        )
        or 0
    )


def of_party(session: Session, actor: Actor) -> list[Case]:
    """The actor's own cases and drafts, or those of the organisation acted for, newest first."""
    rows = session.scalars(
        select(Case)
        .where(
            policy.visible_to_party(actor),
            or_(Case.registered_by_id.is_(None), Case.state.not_in(NOT_RECEIVED)),
        )
        .order_by(Case.changed_at.desc())
        .limit(MANY)
        .options(*LIGHT)
    )
    return list(rows)


def drafts_of_clerk(session: Session, actor: Actor) -> list[Case]:
    """The drafts that a clerk is writing for others."""
    rows = session.scalars(
        select(Case)
        .where(Case.registered_by_id == actor.person_id, Case.state == State.DRAFT)
        .order_by(Case.changed_at.desc())
        .limit(PAGE)
        .options(*LIGHT)
    )
    return list(rows)


def timeline(session: Session, case_id: UUID, *, public_only: bool) -> list[CaseEvent]:
    """What has happened, oldest first; the party sees the public part of the same stream."""
    query = select(CaseEvent).where(CaseEvent.case_id == case_id)
    if public_only:
        query = query.where(CaseEvent.public)
    return list(session.scalars(query.order_by(CaseEvent.id).limit(1000)))


def messages(session: Session, case_id: UUID, *, with_notes: bool) -> list[CaseMessage]:
    """Messages in the order they were written; notes only for the desk."""
    query = select(CaseMessage).where(CaseMessage.case_id == case_id)
    if not with_notes:
        query = query.where(CaseMessage.kind != NOTE)
    return list(session.scalars(query.order_by(CaseMessage.at, CaseMessage.id).limit(1000)))
