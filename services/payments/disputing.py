"""A fee that somebody says is wrong (bestridd): nobody is reminded of it until that is settled."""

from uuid import UUID

from services.access.rules import require
from services.audit.log import record
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work
from services.payments import policy, settling
from services.payments.events import DisputeSettled, OrderDisputed
from services.payments.models import Order

MOST_REASON = 1000


def dispute(work: Work, order_id: UUID, reason: str) -> Order:
    """Say that a fee is wrong, and why; for whoever may pay it, by its link or letter.

    A fee that is disputed already keeps the first reason. It can still be paid.
    Raises Invalid("reason", most=…), and Conflict("order-not-payable") when nothing is left to pay.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason", most=MOST_REASON)
    order = settling.locked_order(work, order_id)
    if not order.is_payable:
        raise Conflict("order-not-payable", state=order.state)
    if order.disputed_at is None:
        order.disputed_at, order.dispute_reason = work.now, reason
        record(work, "order:dispute", order.id)
        work.tell(OrderDisputed(order.id, order.owner_kind, order.owner_id))
    return order


def dispute_at_desk(work: Work, order_id: UUID, reason: str) -> Order:
    """The same, noted by an economist for a payer who has called or written."""
    order = settling.locked_order(work, order_id)
    require(work, policy.READ, order)
    require(work, policy.KEEP_BOOKS, order)
    return dispute(work, order_id, reason)


def settle(work: Work, order_id: UUID) -> Order:
    """The fee has been looked at, and stands: reminders go on from today.

    A fee that was wrong is charged anew, refunded or written off instead. Raises
    Conflict("order-not-disputed").
    """
    order = settling.locked_order(work, order_id)
    require(work, policy.READ, order)
    require(work, policy.KEEP_BOOKS, order)
    if order.disputed_at is None:
        raise Conflict("order-not-disputed")
    order.disputed_at = order.dispute_reason = None
    record(work, "order:settle-dispute", order.id)
    work.tell(DisputeSettled(order.id, order.owner_kind, order.owner_id))
    return order
