"""Several orders of one payer, paid in one payment.

They are collected in an order of their own, which is paid in any way as every order is. Its lines
stand on the account for money that is not placed yet. Each order that it collects has a payment of
its own meanwhile, in the way "together": so the database's rule of one attempt at a time holds for
it too. When all has come, each of these payments is paid, from that same account. When too little
has come and the time is out, what there is pays the orders in turn, and the rest is let go.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.jobs.commands import plan
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import commands, ledger, ocr, queries, settling
from services.payments.events import OrderCancelled, OrderPaid
from services.payments.lifecycle import LIVE, CancelWished, Paid, PaidOther, Stopped
from services.payments.models import (
    TOGETHER,
    Order,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Words,
)

SHARE, RELEASE = "payments.share", "payments.release"
FEWEST, MOST = 2, 20
# Whoever has not begun to pay by then finds the orders by themselves again.
HELD = timedelta(minutes=30)
WAITED_FOR = ("invoice", "counter")
# So long is the rest waited for by hand or by file, when too little has come.
REST = timedelta(days=60)
SWEPT = 200


def collect(work: Work, order_ids: Collection[UUID], language: str) -> Order:
    """Collect what is left of several orders in one, which can then be paid.

    Nobody can pay one of them by itself until then. Whether they are the payer's own is for the
    caller. Raises Invalid("together-number", fewest=…, most=…), Invalid("together-payers"),
    Invalid("together-ways"), Conflict("order-not-payable", number=…) and
    Conflict("order-being-paid", number=…).
    """
    wanted = sorted(set(order_ids))
    if not FEWEST <= len(wanted) <= MOST:
        raise Invalid("together-number", fewest=FEWEST, most=MOST)
    orders = [settling.locked_order(work, order_id) for order_id in wanted]
    for order in orders:
        _require_free(work, order)
    if len({(each.payer_person_id, each.payer_organisation_id) for each in orders}) > 1:
        raise Invalid("together-payers")
    ways = [way for way in orders[0].ways if all(way in each.ways for each in orders)]
    if not ways:
        raise Invalid("together-ways")
    collected = _placed(work, orders, ways, language)
    work.session.add_all(_part(work, order, collected) for order in orders)
    work.session.flush()  # The database refuses here what is being paid already.
    return collected


def _require_free(work: Work, order: Order) -> None:
    is_over = order.open_until is not None and order.open_until <= work.now
    if order.owner_kind == TOGETHER or not order.is_payable or is_over:
        raise Conflict("order-not-payable", number=order.number)
    if settling.live_payment(work, order) is not None:
        raise Conflict("order-being-paid", number=order.number)


def _placed(work: Work, orders: Sequence[Order], ways: list[str], language: str) -> Order:
    number, order_id, first = commands.new_number(work), new_id(), orders[0]
    many = len(orders)
    order = Order(
        id=order_id,
        number=number,
        ocr=ocr.reference(number),
        owner_kind=TOGETHER,
        owner_id=order_id,
        authority_id=first.authority_id,
        payer_person_id=first.payer_person_id,
        payer_organisation_id=first.payer_organisation_id,
        description={"sv": f"{many} avgifter tillsammans", "en": f"{many} fees together"},
        total_ore=sum(each.outstanding.ore for each in orders),
        **commands.no_sums(),
        ways=ways,
        takes_parts=False,
        language=language,
        due_on=min((each.due_on for each in orders if each.due_on), default=None),
        open_until=work.now + HELD,
        created_at=work.now,
    )
    order.lines = [_line(work, place, each) for place, each in enumerate(orders, start=1)]
    work.session.add(order)
    work.session.flush()  # The payments that follow name it.
    return order


def _line(work: Work, position: int, order: Order) -> OrderLine:
    """What is paid for an order, with what that is for as its explanation to the payer."""
    unplaced = ledger.own(work.session, "unmatched", Money(0), ledger.today(work))
    words: Words = {"sv": f"Avgift {order.number}", "en": f"Fee {order.number}"}
    return OrderLine(
        id=new_id(),
        position=position,
        words=words,
        amount_ore=order.outstanding.ore,
        vat_class="none",
        vat_percent=0,
        vat_account=None,
        account=unplaced.account,
        responsibility=unplaced.responsibility,
        activity=unplaced.activity,
        project=None,
        explanation=[dict(order.description)],
    )


def _part(work: Work, order: Order, collected: Order) -> Payment:
    return Payment(
        id=new_id(),
        order_id=order.id,
        together_id=collected.id,
        provider=TOGETHER,
        instruction=settling.new_instruction(),
        provider_reference=collected.number,
        amount_ore=order.outstanding.ore,
        paid_ore=0,
        surplus_ore=0,
        state=PaymentState.WAITING.value,
        language=collected.language,
        next={"kind": TOGETHER},
        asks=0,
        ask_at=None,
        created_at=work.now,
    )


def parts(session: Session, collected_id: UUID) -> list[Payment]:
    """The payments of each order that is collected, in the order in which these are locked."""
    query = select(Payment).where(Payment.together_id == collected_id)
    return list(session.scalars(query.order_by(Payment.order_id).limit(MOST)))


def members(session: Session, collected: Order) -> list[Order]:
    """The orders that an order collects; none for any other order."""
    if collected.owner_kind != TOGETHER:
        return []
    query = select(Order).join(Payment, Payment.order_id == Order.id)
    query = query.where(Payment.together_id == collected.id)
    return list(session.scalars(query.order_by(Order.id).limit(MOST)))


def vat_lines(session: Session, order: Order) -> list[OrderLine]:
    """The lines whose VAT a receipt tells: an order's own, or those of what was paid together.

    What was paid in part before tells of its VAT in its own receipt alone.
    """
    if order.owner_kind != TOGETHER:
        return queries.lines(session, order.id)
    whole = select(Payment.order_id).join(Order, Order.id == Payment.order_id)
    whole = whole.where(Payment.together_id == order.id, Payment.amount_ore == Order.total_ore)
    if order.received_ore < order.total_ore:
        whole = whole.where(Payment.paid_ore == Order.total_ore)
    query = select(OrderLine).where(OrderLine.order_id.in_(whole))
    return list(session.scalars(query.order_by(OrderLine.order_id, OrderLine.position).limit(500)))


def one_by_one(session: Session, orders: Sequence[Order]) -> list[Order]:
    """Orders as their payer counts them: what is being paid together once, and not in parts too."""
    wanted = [each.id for each in orders if each.is_payable and each.owner_kind != TOGETHER]
    under_way: set[UUID] = set()
    if wanted:
        query = select(Payment.order_id).where(
            Payment.order_id.in_(wanted), Payment.provider == TOGETHER, Payment.state.in_(LIVE)
        )
        under_way = set(session.scalars(query))
    return [
        each
        for each in orders
        if each.id not in under_way
        and not (each.owner_kind == TOGETHER and each.cancel_asked_at is not None)
    ]


def hold(work: Work, collected: Order, way: str) -> None:
    """Keep the orders together for as long as a way takes that is waited for by hand or by file."""
    collected.open_until = None if way in WAITED_FOR else work.now + HELD


def undo(work: Work, collected_id: UUID) -> Order:
    """Let each order be paid by itself again.

    Raises NotFound("order") for what collects nothing, and Conflict("order-has-money").
    """
    if settling.locked_order(work, collected_id).owner_kind != TOGETHER:
        raise NotFound("order")
    return commands.cancel_order(work, collected_id, "together-undone")


def paid(work: Work, event: OrderPaid) -> None:
    """All has come: it is shared out by a job, which locks the orders in their own turn."""
    if event.owner_kind == TOGETHER:
        plan(work, SHARE, order_id=str(event.order_id))


def cancelled(work: Work, event: OrderCancelled) -> None:
    """It will not be paid together: each order is free again."""
    if event.owner_kind == TOGETHER:
        plan(work, RELEASE, order_id=str(event.order_id))


def share(work: Work, arguments: dict[str, Any]) -> None:
    """Let each order have its part of what has come."""
    collected = work.session.get_one(Order, UUID(arguments["order_id"]), populate_existing=True)
    if collected.state != OrderState.PAID:
        return
    for part in parts(work.session, collected.id):
        order, payment = settling.locked_payment(work, part.id)
        came = _part_of(work, collected, payment, payment.amount)
        if came and payment.state != PaymentState.PAID:
            settling.happened(work, order, payment, came)


def release(work: Work, arguments: dict[str, Any]) -> None:
    """Let each order go that is not paid together after all, with its part of what has come.

    What was to be paid first is paid first; what is withdrawn gets what the others do not need.
    """
    collected = work.session.get_one(Order, UUID(arguments["order_id"]), populate_existing=True)
    if collected.cancelled_at is None:
        return
    locked = [settling.locked_payment(work, part.id) for part in parts(work.session, collected.id)]
    left = collected.received - Money.total(Money(payment.paid_ore) for _, payment in locked)
    for order, payment in sorted(locked, key=lambda each: _turn(each[0])):
        if payment.state not in LIVE:
            continue
        amount = min(left, payment.amount)
        left -= amount
        ending = _part_of(work, collected, payment, amount)
        settling.happened(work, order, payment, ending or Stopped(collected.cancel_reason))


def _turn(order: Order) -> tuple[bool, date, str]:
    return order.cancel_asked_at is not None, order.due_on or date.max, order.number


def _part_of(work: Work, collected: Order, payment: Payment, amount: Money) -> Paid | None:
    if not amount:
        return None
    origin = settling.origin_of(work, payment)
    paid_at = (origin.paid_at if origin else None) or collected.settled_at or work.now
    kind = Paid if amount == payment.amount else PaidOther
    return kind(amount, paid_at, collected.number)


def stop(work: Work, arguments: dict[str, Any]) -> None:
    """One of the orders is not to be paid so any more: then none is, unless money comes first."""
    collected = settling.locked_order(work, UUID(arguments["order_id"]))
    if collected.received_ore or collected.cancel_asked_at is not None:
        return
    collected.cancel_asked_at, collected.cancel_reason = work.now, "together-stopped"
    live = settling.live_payment(work, collected)
    if live is None:
        settling.cancel_now(work, collected)
    else:
        settling.happened(work, collected, live, CancelWished())


def _give_up_the_rest(work: Work) -> None:
    """Too little has come, and nobody waits for the rest any more: no order is kept by another."""
    waited_for = Order.open_until.is_(None) & (Order.created_at <= work.now - REST)
    is_over = (Order.open_until <= work.now) | waited_for | Order.cancel_asked_at.is_not(None)
    query = select(Order.id).where(
        Order.owner_kind == TOGETHER, Order.state == OrderState.PART_PAID, is_over
    )
    for order_id in work.session.scalars(query.order_by(Order.id).limit(SWEPT)).all():
        collected = settling.locked_order(work, order_id)
        if collected.cancel_asked_at is None:
            collected.cancel_asked_at, collected.cancel_reason = work.now, "together-part-paid"
        settling.stop_live(work, collected)
        if settling.live_payment(work, collected) is None:
            settling.cancel_now(work, collected)


def sweep(work: Work) -> None:
    """Share out, or let go, what no job is busy with any more."""
    _give_up_the_rest(work)
    waiting = select(Payment.together_id).where(Payment.state.in_(LIVE))
    has_ended = (Order.state == OrderState.PAID) | Order.cancelled_at.is_not(None)
    query = select(Order).where(Order.id.in_(waiting), has_ended)
    for collected in work.session.scalars(query.order_by(Order.id).limit(SWEPT)).all():
        if collected.state == OrderState.PAID:
            plan(work, SHARE, order_id=str(collected.id))
        else:
            plan(work, RELEASE, order_id=str(collected.id))
