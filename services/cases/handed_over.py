"""Fees that were reminded of, not paid, and handed over for collection: what an economist follows.

What collection leads to is the economy system's; here stands which fees, when, and what is left.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlalchemy.orm import Session

from services.cases.charge_models import Charge
from services.kernel.numbers import SWEDEN
from services.kernel.work import Actor
from services.payments import policy
from services.payments.finding import UNPAID
from services.payments.models import Order

PAGE = 50
STILL, ENDED = "unpaid", "ended"


@dataclass(frozen=True)
class Wanted:
    """Which of them: not paid yet (`STILL`), paid or written off since (`ENDED`), or all; and when."""

    state: str | None = STILL
    service_slug: str | None = None
    since: date | None = None
    until: date | None = None
    before: tuple[datetime, UUID] | None = None


@dataclass(frozen=True)
class HandedOver:
    """A fee, when it was handed over, and after how many reminders."""

    order: Order
    at: datetime
    reminders: int


@dataclass(frozen=True)
class Found:
    """A page of fees, the last handed over first, and where the next page begins."""

    fees: list[HandedOver]
    next_before: tuple[datetime, UUID] | None


@dataclass(frozen=True)
class Sums:
    """All that was asked for, in öre: what was to be paid, and what is left of it."""

    fees: int
    total_ore: int
    left_ore: int


def search(session: Session, actor: Actor, wanted: Wanted) -> Found:
    """A page of fees, within the authorities whose money one looks after."""
    query = select(Order, Charge.handed_over_at, Charge.reminders)
    query = query.join(Charge, Charge.order_id == Order.id).where(*_narrowed(actor, wanted))
    if wanted.before:
        place = tuple_(Charge.handed_over_at, Charge.order_id)
        query = query.where(place < tuple_(*wanted.before))
    query = query.order_by(Charge.handed_over_at.desc(), Charge.order_id.desc())
    rows = session.execute(query.limit(PAGE + 1))
    fees = [HandedOver(order, at, reminders) for order, at, reminders in rows if at]
    if len(fees) <= PAGE:
        return Found(fees, None)
    last = fees[PAGE - 1]
    return Found(fees[:PAGE], (last.at, last.order.id))


def sums(session: Session, actor: Actor, wanted: Wanted) -> Sums:
    """What all that was asked for comes to, whatever page one is on."""
    query = select(func.count(), func.sum(Order.total_ore), func.sum(_left())).select_from(Order)
    query = query.join(Charge, Charge.order_id == Order.id).where(*_narrowed(actor, wanted))
    count, total, left = session.execute(query).one()
    return Sums(count, int(total or 0), int(left or 0))


def when(session: Session, order_id: UUID) -> datetime | None:
    """When a fee was handed over; None where it was not, or belongs to no case."""
    charged = session.get(Charge, order_id)
    return charged.handed_over_at if charged is not None else None


def _left() -> ColumnElement[int]:
    # Nothing is owed of what has been called off.
    left = func.greatest(Order.total_ore - Order.received_ore - Order.written_off_ore, 0)
    return case((Order.state.in_(UNPAID), left), else_=0)


def _narrowed(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = [policy.visible_to_economy(actor), Charge.handed_over_at.is_not(None)]
    if wanted.state == STILL:
        asked.append(Order.state.in_(UNPAID))
    elif wanted.state == ENDED:
        asked.append(Order.state.not_in(UNPAID))
    if wanted.service_slug:
        asked.append(Order.service_slug == wanted.service_slug)
    if wanted.since:
        asked.append(Charge.handed_over_at >= datetime.combine(wanted.since, time.min, SWEDEN))
    if wanted.until:
        asked.append(Charge.handed_over_at <= datetime.combine(wanted.until, time.max, SWEDEN))
    return asked
