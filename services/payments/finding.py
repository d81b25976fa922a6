"""Finding orders in the authorities whose money one looks after."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from services.kernel.errors import NotFound
from services.kernel.numbers import SWEDEN
from services.kernel.work import Actor
from services.payments import policy
from services.payments.models import TOGETHER, Entry, Order, OrderState, Payment, Posting

PAGE = 50
MANY = 200
UNPAID = (OrderState.OPEN, OrderState.PART_PAID)


@dataclass(frozen=True)
class Wanted:
    """What an economist asks for: a reference, an amount in öre, a case, a state, a time."""

    words: str = ""
    amount_ore: int | None = None
    owner_id: UUID | None = None
    state: str | None = None
    service_slug: str | None = None
    since: date | None = None
    until: date | None = None
    before: tuple[datetime, UUID] | None = None


@dataclass(frozen=True)
class Found:
    """A page of orders, newest first, and where the next page begins."""

    orders: list[Order]
    next_before: tuple[datetime, UUID] | None


@dataclass(frozen=True)
class Sum:
    """What one service has had to be paid in a time, in öre."""

    service_slug: str | None
    orders: int
    total_ore: int
    received_ore: int
    refunded_ore: int
    open_ore: int


def order_by_number(session: Session, actor: Actor, number: str) -> Order:
    """An order in one's own authorities by its number. Raises NotFound."""
    query = select(Order).where(Order.number == number, policy.visible_to_economy(actor))
    found = session.scalar(query)
    if found is None:
        raise NotFound("order", number=number)
    return found


def search(session: Session, actor: Actor, wanted: Wanted) -> Found:
    """A page of orders, newest first, within one's own authorities only."""
    query = select(Order).where(policy.visible_to_economy(actor), *_narrowed(wanted))
    if wanted.before:
        query = query.where(tuple_(Order.created_at, Order.id) < tuple_(*wanted.before))
    query = query.order_by(Order.created_at.desc(), Order.id.desc()).limit(PAGE + 1)
    orders = list(session.scalars(query))
    if len(orders) <= PAGE:
        return Found(orders, None)
    last = orders[PAGE - 1]
    return Found(orders[:PAGE], (last.created_at, last.id))


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    alike = [_by_reference(wanted.words.strip())] if wanted.words.strip() else []
    if wanted.amount_ore is not None:
        alike.append(Order.total_ore == wanted.amount_ore)
    if wanted.owner_id is not None:
        alike.append(Order.owner_id == wanted.owner_id)
    if alike:
        asked.append(or_(*alike))
    if wanted.state == "unpaid":
        asked.append(Order.state.in_(UNPAID))
    elif wanted.state == "disputed":
        asked.append(Order.disputed_at.is_not(None))
    elif wanted.state:
        asked.append(Order.state == wanted.state)
    if wanted.service_slug:
        asked.append(Order.service_slug == wanted.service_slug)
    if wanted.since:
        asked.append(Order.created_at >= datetime.combine(wanted.since, time.min, SWEDEN))
    if wanted.until:
        asked.append(Order.created_at <= datetime.combine(wanted.until, time.max, SWEDEN))
    return asked


def _by_reference(words: str) -> ColumnElement[bool]:
    paid_by = select(Payment.order_id).where(
        or_(
            Payment.provider_reference == words,
            Payment.paid_reference == words,
            Payment.instruction == words.upper(),
        )
    )
    return or_(Order.number == words.upper(), Order.ocr == words, Order.id.in_(paid_by))


def sums(session: Session, actor: Actor, since: date, until: date) -> list[Sum]:
    """What each service has had to be paid in a time, the largest first."""
    left = func.greatest(Order.total_ore - Order.received_ore - Order.written_off_ore, 0)
    still = func.sum(left).filter(Order.state.in_(UNPAID))
    query = (
        select(
            Order.service_slug,
            func.count(),
            func.sum(Order.total_ore),
            func.sum(Order.received_ore),
            func.sum(Order.refunded_ore),
            func.coalesce(still, 0),
        )
        .where(policy.visible_to_economy(actor), *_narrowed(Wanted(since=since, until=until)))
        # What is paid together is counted in each of the orders.
        .where(Order.owner_kind != TOGETHER)
        .group_by(Order.service_slug)
        .order_by(func.sum(Order.total_ore).desc())
        .limit(MANY)
    )
    return [Sum(row[0], row[1], *(int(ore) for ore in row[2:])) for row in session.execute(query)]


def entries(session: Session, order_id: UUID) -> list[tuple[Entry, list[Posting]]]:
    """The vouchers of an order with their postings, oldest first."""
    query = select(Entry).where(Entry.order_id == order_id)
    found = list(session.scalars(query.order_by(Entry.booked_at, Entry.id).limit(MANY)))
    postings: dict[UUID, list[Posting]] = {each.id: [] for each in found}
    rows = select(Posting).where(Posting.entry_id.in_(postings))
    for posting in session.scalars(rows.order_by(Posting.entry_id, Posting.position)):
        postings[posting.entry_id].append(posting)
    return [(each, postings[each.id]) for each in found]
