"""The delegation order: finding a point, and whether somebody may decide by it today."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.audit.log import record
from services.decisions.models import Delegate, DelegationPoint
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotAllowed, NotFound
from services.kernel.work import Actor, Duty, Work

MOST = 500
# Who leads may also decide what is delegated to those who are led.
HOLDERS = {Duty.HANDLER: {Duty.HANDLER, Duty.MANAGER}}


def in_force(session: Session, authority_id: UUID, today: date) -> list[DelegationPoint]:
    """The points of an authority's order that apply on a day, by their codes."""
    query = select(DelegationPoint).where(
        DelegationPoint.authority_id == authority_id,
        DelegationPoint.valid_from <= today,
        or_(DelegationPoint.valid_to.is_(None), DelegationPoint.valid_to >= today),
    )
    return list(session.scalars(query.order_by(DelegationPoint.code).limit(MOST)))


def point(session: Session, authority_id: UUID, code: str, today: date) -> DelegationPoint:
    """The point with a code on a day. Raises NotFound when the order has none."""
    found = next((p for p in in_force(session, authority_id, today) if p.code == code), None)
    if found is None:
        raise NotFound("delegation-point", point=code)
    return found


def delegates(session: Session, point_id: UUID, today: date) -> list[UUID]:
    """Those who hold a point by name on a day."""
    query = select(Delegate.person_id).where(
        Delegate.point_id == point_id,
        Delegate.valid_from <= today,
        or_(Delegate.valid_to.is_(None), Delegate.valid_to >= today),
    )
    return list(session.scalars(query.order_by(Delegate.person_id).limit(MOST)))


def holds(
    session: Session,
    actor: Actor,
    held: DelegationPoint,
    today: date,
    *,
    outcome: str,
    amount_ore: int | None,
) -> bool:
    """Whether somebody may decide so by a point: by name or duty, within outcome and sum."""
    if held.outcomes is not None and outcome not in held.outcomes:
        return False
    if held.limit_ore is not None and (amount_ore or 0) > held.limit_ore:
        return False
    named = delegates(session, held.id, today)
    if named:
        return actor.person_id in named and actor.works_in(held.authority_id)
    duties = actor.authorities.get(held.authority_id, frozenset())
    return bool(duties & HOLDERS.get(Duty(held.duty), {Duty(held.duty)}))


def require_held(
    work: Work, held: DelegationPoint, today: date, *, outcome: str, amount_ore: int | None
) -> None:
    """Go on only if the actor holds the point. Raises NotAllowed("not-delegated") otherwise."""
    if not holds(work.session, work.actor, held, today, outcome=outcome, amount_ore=amount_ore):
        raise NotAllowed("not-delegated", point=held.code)


def add_point(
    work: Work,
    authority_id: UUID,
    code: str,
    words: dict[str, str],
    duty: Duty,
    valid_from: date,
    *,
    limit_ore: int | None = None,
    outcomes: list[str] | None = None,
    reported: bool = True,
) -> DelegationPoint:
    """Put a point in an authority's order, as the committee has decided (KL 6 kap. 37 §).

    Raises Invalid when a point with the code applies already on that day.
    """
    there = {each.code for each in in_force(work.session, authority_id, valid_from)}
    if code in there:
        raise Invalid("delegation-point-there", point=code)
    added = DelegationPoint(
        id=new_id(),
        authority_id=authority_id,
        code=code,
        words=words,
        duty=duty.value,
        limit_ore=limit_ore,
        outcomes=outcomes,
        reported=reported,
        valid_from=valid_from,
    )
    work.session.add(added)
    record(work, "delegation:add", added.id, code=code)
    return added


def name_delegate(work: Work, point_id: UUID, person_id: UUID, valid_from: date) -> Delegate:
    """Let somebody hold a point by name, from a day."""
    named = Delegate(id=new_id(), point_id=point_id, person_id=person_id, valid_from=valid_from)
    work.session.add(named)
    record(work, "delegation:name", point_id)
    return named


def end_point(work: Work, point_id: UUID, last_day: date) -> DelegationPoint:
    """Let a point apply until a day. What was decided by it stands. Raises NotFound."""
    ended = work.session.get(DelegationPoint, point_id)
    if ended is None:
        raise NotFound("delegation-point")
    ended.valid_to = last_day
    record(work, "delegation:end", point_id, until=last_day.isoformat())
    return ended
