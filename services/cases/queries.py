"""Finding cases: one's own, the authority's, the one behind a link."""

import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, union
from sqlalchemy.orm import Session, defer

from services.cases import policy
from services.cases.models import (
    COMPLETION,
    FROM_DESK,
    INTERNAL,
    NOT_RECEIVED,
    OPEN,
    Case,
    CaseEvent,
    CaseMessage,
    State,
)
from services.cases.notices import FOLLOW
from services.kernel.errors import NotFound
from services.kernel.work import Actor
from services.rooms.models import SENDS_IN

PAGE = 50
MANY = 200
# A list needs none of the answers, and a case's answers can be large.
HEAVY = ("answers", "typed", "searched", "search_text")
LIGHT = tuple(defer(getattr(Case, each)) for each in HEAVY)


def at_desk(session: Session, actor: Actor, number: str) -> Case:
    """A received case by its number, within the actor's own authorities. Raises NotFound."""
    case = session.scalar(select(Case).where(Case.number == number, policy.visible_at_desk(actor)))
    if case is None:
        raise NotFound("case", number=number)
    return case


def mine(session: Session, actor: Actor, number: str) -> Case:
    """A received case by its number, if the actor is its party or in a room that it is shared with.

    Raises NotFound. Whether they may write there is for `policy.WRITE_AS_PARTY` to say.
    """
    case = session.scalar(select(Case).where(Case.number == number, policy.visible_to_party(actor)))
    if case is None:
        raise NotFound("case", number=number)
    return case


def to_sign(session: Session, case_id: UUID) -> Case | None:
    """What somebody is asked to sign, draft or not; the signatures say who that is."""
    return session.get(Case, case_id)


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


def of_party(session: Session, actor: Actor) -> list[Case]:
    """The actor's own cases and drafts, or those of the organisation acted for, newest first."""
    rows = session.scalars(_own(select(Case), actor).options(*LIGHT))
    return list(rows)


def _own(query: Select[Any], actor: Actor) -> Select[Any]:
    # A clerk's draft for somebody is not theirs until it has been sent in.
    written = or_(Case.registered_by_id.is_(None), Case.state.not_in(NOT_RECEIVED))
    return (
        query.where(policy.partys_own(actor), written).order_by(Case.changed_at.desc()).limit(MANY)
    )


def to_act_in(session: Session, actor: Actor) -> tuple[list[Case], list[Case]]:
    """The actor's own cases and drafts (`of_party`), and the open cases of others in which the
    actor may act because they are shared with a room; asked for at once, newest first."""
    shared = (
        select(Case.id)
        .where(policy.shared_in_rooms(actor, SENDS_IN), Case.state.in_(OPEN))
        .order_by(Case.changed_at.desc())
        .limit(MANY)
    )
    ids = union(_own(select(Case.id), actor), shared)
    found = session.scalars(
        select(Case)
        .where(Case.id.in_(ids))
        .order_by(Case.changed_at.desc())
        .limit(2 * MANY)
        .options(*LIGHT)
    ).all()
    mine = {each.id for each in found if policy.is_party(actor, each)}
    return (
        [each for each in found if each.id in mine],
        [each for each in found if each.id not in mine],
    )


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


def unread_by_party(session: Session, actor: Actor) -> list[tuple[CaseMessage, Case]]:
    """What the desk has written in the actor's own cases and nobody has opened, newest first."""
    rows = session.execute(
        select(CaseMessage, Case)
        .join(Case, Case.id == CaseMessage.case_id)
        .where(
            policy.partys_own(actor),
            CaseMessage.kind.in_([FROM_DESK, COMPLETION]),
            CaseMessage.read_at.is_(None),
        )
        .order_by(CaseMessage.at.desc(), CaseMessage.id)
        .limit(PAGE)
        .options(*LIGHT)
    )
    return [(message, case) for message, case in rows]


def written_to_party(session: Session, case_ids: list[UUID]) -> dict[UUID, UUID]:
    """The messages that the desk has written in those cases, each with its case."""
    rows = session.execute(
        select(CaseMessage.id, CaseMessage.case_id)
        .where(CaseMessage.case_id.in_(case_ids), CaseMessage.kind.in_([FROM_DESK, COMPLETION]))
        .order_by(CaseMessage.at.desc())
        .limit(1000)
    )
    return {each.id: each.case_id for each in rows}


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
        query = query.where(CaseMessage.kind.not_in(INTERNAL))
    return list(session.scalars(query.order_by(CaseMessage.at, CaseMessage.id).limit(1000)))
