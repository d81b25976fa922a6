"""What may be asked of orders and payments."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.kernel.errors import NotFound
from services.kernel.work import Actor
from services.payments import policy
from services.payments.books import Adjustment
from services.payments.incoming import Difference, IncomingRow
from services.payments.lifecycle import LIVE
from services.payments.models import (
    Order,
    OrderLine,
    OrderState,
    Payment,
    PaymentEvent,
    PaymentState,
    Refund,
    RefundState,
)
from services.people.secrets import Keyring

ACCESS_CODE = "payment-code"
MANY = 500
TOO_LONG = timedelta(minutes=10)
UNPAID = (OrderState.OPEN, OrderState.PART_PAID)


def order(session: Session, order_id: UUID) -> Order:
    """An order by its key; whether somebody may see it is for the caller. Raises NotFound."""
    return _found(session.get(Order, order_id))


def order_by_number(session: Session, number: str) -> Order:
    """An order by the number that people say. Raises NotFound."""
    return _found(session.scalar(select(Order).where(Order.number == number.strip().upper())))


def order_by_code(session: Session, code: str) -> Order:
    """The order that a letter's code opens, however it was typed. Raises NotFound."""
    keyring: Keyring = session.info["keyring"]
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    index = keyring.index(ACCESS_CODE, letters)
    return _found(session.scalar(select(Order).where(Order.access_code_hash == index)))


def _found(found: Order | None) -> Order:
    if found is None:
        raise NotFound("order")
    return found


def lines(session: Session, order_id: UUID) -> list[OrderLine]:
    """What an order is for, from the top."""
    query = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    return list(session.scalars(query.limit(MANY)))


def payments_of(session: Session, order_id: UUID) -> list[Payment]:
    """Every attempt to pay an order, the oldest first."""
    query = select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)
    return list(session.scalars(query.limit(MANY)))


def payment(session: Session, payment_id: UUID) -> Payment:
    """An attempt to pay by its key. Raises NotFound."""
    found = session.get(Payment, payment_id)
    if found is None:
        raise NotFound("payment")
    return found


def live_payment(session: Session, order_id: UUID) -> Payment | None:
    """The one attempt that could still be paid."""
    query = select(Payment).where(Payment.order_id == order_id, Payment.state.in_(LIVE))
    return session.scalar(query.limit(1))


def events_of(session: Session, payment_id: UUID) -> list[PaymentEvent]:
    """What was done and said about a payment, in order."""
    query = select(PaymentEvent).where(PaymentEvent.payment_id == payment_id)
    return list(session.scalars(query.order_by(PaymentEvent.id).limit(MANY)))


def refunds_of(session: Session, order_id: UUID) -> list[Refund]:
    """What has gone back, or is on its way, the oldest first."""
    query = select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)
    return list(session.scalars(query.limit(MANY)))


def orders_of_owner(session: Session, owner_id: UUID) -> list[Order]:
    """The orders of a case, or whatever else they belong to, the oldest first."""
    query = select(Order).where(Order.owner_id == owner_id).order_by(Order.id)
    return list(session.scalars(query.limit(MANY)))


def my_orders(
    session: Session, actor: Actor, limit: int = 100, shared: Collection[UUID] = ()
) -> list[Order]:
    """The orders of the resident, or of the organisation acted for, the newest first.

    Those of `shared` owners are among them: the caller has made sure that the actor may pay them.
    """
    query = select(Order).where(policy.visible_to_payer(actor) | Order.owner_id.in_(shared))
    newest = query.order_by(Order.created_at.desc(), Order.id.desc())
    return list(session.scalars(newest.limit(limit)))


def unpaid_since(session: Session, actor: Actor, due_before: date) -> list[Order]:
    """What should have been paid before a day in the economist's authorities, oldest first."""
    query = select(Order).where(
        policy.visible_to_economy(actor), Order.state.in_(UNPAID), Order.due_on < due_before
    )
    return list(session.scalars(query.order_by(Order.due_on, Order.id).limit(MANY)))


def refunds_to_attest(session: Session, actor: Actor) -> list[Refund]:
    """Refunds that wait for another person than who asked for them, the oldest first."""
    query = (
        select(Refund)
        .join(Order, Order.id == Refund.order_id)
        .where(policy.visible_to_economy(actor), Refund.state == RefundState.REQUESTED)
        .where(Refund.requested_by_id.is_distinct_from(actor.person_id))
    )
    return list(session.scalars(query.order_by(Refund.requested_at, Refund.id).limit(MANY)))


def adjustments_to_attest(session: Session, actor: Actor) -> list[Adjustment]:
    """What others want to book by hand, the oldest first; what belongs to no order is all's."""
    theirs = select(Order.id).where(policy.visible_to_economy(actor))
    query = select(Adjustment).where(
        Adjustment.state == "requested",
        Adjustment.requested_by_id != actor.person_id,
        Adjustment.order_id.is_(None) | Adjustment.order_id.in_(theirs),
    )
    return list(session.scalars(query.order_by(Adjustment.requested_at, Adjustment.id).limit(MANY)))


def unmatched_rows(session: Session) -> list[IncomingRow]:
    """Money from the bank that nobody has found the order of, the oldest first."""
    query = select(IncomingRow).where(IncomingRow.state == "unmatched")
    return list(session.scalars(query.order_by(IncomingRow.paid_on, IncomingRow.id).limit(MANY)))


@dataclass(frozen=True)
class Standing:
    """What waits for somebody, counted, for those who watch."""

    differences: int
    unmatched_rows: int
    refunds_to_attest: int
    refunds_failed: int
    payments_unknown: int
    payments_overdue: int


def standing(session: Session, now: datetime) -> Standing:
    """How much waits; a payment is overdue when nobody has asked about it for ten minutes."""
    counts = (
        select(func.count(Difference.id)).where(Difference.explained_at.is_(None)),
        select(func.count(IncomingRow.id)).where(IncomingRow.state == "unmatched"),
        select(func.count(Refund.id)).where(Refund.state == RefundState.REQUESTED),
        select(func.count(Refund.id)).where(Refund.state == RefundState.FAILED),
        select(func.count(Payment.id)).where(Payment.state == PaymentState.UNKNOWN),
        select(func.count(Payment.id)).where(Payment.ask_at < now - TOO_LONG),
    )
    return Standing(*session.execute(select(*(each.scalar_subquery() for each in counts))).one())


def returns(session: Session) -> list[tuple[Adjustment, IncomingRow]]:
    """Money that goes back, asked for or attested and not paid out yet, the oldest first."""
    query = (
        select(Adjustment, IncomingRow)
        .join(IncomingRow, IncomingRow.id == Adjustment.incoming_row_id)
        .where(Adjustment.state.in_(("requested", "attested")))
        .order_by(Adjustment.requested_at, Adjustment.id)
    )
    return [(row[0], row[1]) for row in session.execute(query.limit(MANY))]


def open_differences(session: Session) -> list[Difference]:
    """Where books differ and nobody has explained it, the oldest first."""
    query = select(Difference).where(Difference.explained_at.is_(None))
    return list(session.scalars(query.order_by(Difference.day, Difference.id).limit(MANY)))
