"""Following the table when something has happened to a payment, and what money does to an order.

Whoever calls anything here has locked the order first: one order is changed by one at a time.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql

from services.jobs.commands import plan
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import NotFound
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import codes, instalments, ledger, lifecycle
from services.payments.books import EntryKind
from services.payments.events import OrderCancelled, OrderPaid, PaymentEnded
from services.payments.incoming import Difference
from services.payments.ledger import About
from services.payments.lifecycle import (
    LIVE,
    Accepted,
    CancelWished,
    Covered,
    Effect,
    Happening,
    Paid,
)
from services.payments.models import (
    TOGETHER,
    Order,
    OrderState,
    Payment,
    PaymentEvent,
    PaymentState,
    Refund,
    RefundState,
)

log = structlog.get_logger("salem24.payments")
CANCEL = "payments.cancel"
STOP = "payments.stop_together"
# A payment that ended without money is asked about once more: late money is found by itself.
ONCE_MORE = timedelta(minutes=15)
SURPLUS = "surplus"


def locked_order(work: Work, order_id: UUID) -> Order:
    """The order, as it is now, and nobody else's to change until the commit. Raises NotFound."""
    query = select(Order).where(Order.id == order_id).with_for_update()
    order = work.session.scalar(query.execution_options(populate_existing=True))
    if order is None:
        raise NotFound("order")
    return order


def locked_payment(work: Work, payment_id: UUID) -> tuple[Order, Payment]:
    """A payment with its order, locked as one. Raises NotFound."""
    order_id = work.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is None:
        raise NotFound("payment")
    order = locked_order(work, order_id)
    payment = work.session.get_one(Payment, payment_id, populate_existing=True)
    return order, payment


def new_instruction() -> str:
    """Our own name of a payment or a refund: 32 hexadecimal digits in upper case."""
    return secrets.token_hex(16).upper()


def happened(work: Work, order: Order, payment: Payment, happening: Happening) -> Effect:
    """Do what the table says for what was done or said; returns the effect that it had."""
    row = lifecycle.row(payment.state, happening)
    before, payment.state = payment.state, row.to.value
    _learn(payment, happening)
    EFFECTS[row.effect](work, order, payment, happening)
    if isinstance(happening, Accepted) and row.to is PaymentState.WAITING:
        _claim(work, order, payment)
    if before != payment.state or row.effect is not Effect.NOTE or happening.is_worth_keeping:
        _write_down(work, payment, before, row.effect, happening)
    return row.effect


def _learn(payment: Payment, happening: Happening) -> None:
    if isinstance(happening, Accepted):
        payment.provider_reference = happening.provider_reference
        payment.next = happening.next
    code = getattr(happening, "code", None)
    if code is not None and payment.state != PaymentState.PAID:
        payment.last_error = code


def _write_down(
    work: Work, payment: Payment, before: str, effect: Effect, happening: Happening
) -> None:
    event = {
        "payment_id": payment.id,
        "at": work.now,
        "kind": type(happening).__name__,
        "state_before": before,
        "state_after": payment.state,
        "effect": effect.value,
        "details": happening.details,
    }
    work.session.execute(insert(PaymentEvent), [event])


def _note(work: Work, order: Order, payment: Payment, happening: Happening) -> None:
    """Nothing to do but to remember it."""


def _settle(work: Work, order: Order, payment: Payment, paid: Happening) -> None:
    """Book the money that has come: what the order needs, and what it does not."""
    assert isinstance(paid, Paid)
    payment.paid_ore = paid.amount.ore
    payment.paid_at, payment.paid_reference = paid.paid_at, paid.paid_reference
    _end(payment, work, ask_again=False)
    taken = min(paid.amount, order.outstanding)
    surplus = paid.amount - taken
    payment.surplus_ore = surplus.ore
    on = ledger.booking_day(work.session, local_day(paid.paid_at), ledger.today(work))
    claim = ledger.own(work.session, "receivable", Money(0), on)
    legs = [
        ledger.own(work.session, _came_from(payment), paid.amount, on),
        *ledger.arrived(order, ledger.lines_of(work.session, order.id), taken, claim),
        ledger.own(work.session, "unmatched", -surplus, on),
    ]
    if surplus:
        refund_of_surplus(work, order, payment, surplus)
    receive(work, order, taken)
    about = About(order, payment_id=payment.id)
    # A part that its order did not need at all stays where it is.
    if ledger.merged(legs):
        ledger.book(work, EntryKind.PAYMENT, legs, taken, about, on)
    if not order.outstanding:
        stop_live(work, order)


def _came_from(payment: Payment) -> str:
    """The account where money has come; what came for several orders is shared out from one."""
    return "unmatched" if payment.provider == TOGETHER else f"clearing:{payment.provider}"


def origin_of(work: Work, payment: Payment) -> Payment | None:
    """The payment by which money really came: itself, or the one that was for several orders.

    None when that came by a file from the bank alone.
    """
    if payment.together_id is None:
        return payment
    query = select(Payment).where(
        Payment.order_id == payment.together_id, Payment.state == PaymentState.PAID
    )
    return work.session.scalar(query.order_by(Payment.id).limit(1))


def stop_live(work: Work, order: Order) -> None:
    """Stop the attempt to pay that is under way, if there is one."""
    live = live_payment(work, order)
    if live is not None:
        happened(work, order, live, CancelWished())


def live_payment(work: Work, order: Order) -> Payment | None:
    """The one attempt that could still be paid."""
    query = select(Payment).where(Payment.order_id == order.id, Payment.state.in_(LIVE))
    return work.session.scalar(query.limit(1))


def _close(work: Work, order: Order, payment: Payment, covered: Happening) -> None:
    """The bank's files have brought all of it, and each of them was booked as it came."""
    assert isinstance(covered, Covered)
    payment.paid_ore, payment.paid_at = payment.amount_ore, covered.paid_at
    _end(payment, work, ask_again=False)


def receive(work: Work, order: Order, amount: Money) -> None:
    """Count money in an order's sums, and tell when all of it has come."""
    order.received_ore += amount.ore
    instalments.put_off(work, order)
    was = order.state
    refresh(order)
    if order.state == OrderState.PAID and was != OrderState.PAID:
        order.settled_at = work.now
        work.tell(OrderPaid(order.id, order.owner_kind, order.owner_id))


def refresh(order: Order) -> None:
    """Set the state that the order's sums explain."""
    order.state = lifecycle.order_state(
        total=order.total_ore,
        received=order.received_ore,
        refunded=order.refunded_ore,
        written_off=order.written_off_ore,
        cancelled=order.cancelled_at is not None,
    ).value


def _let_go(work: Work, order: Order, payment: Payment, happening: Happening) -> None:
    """It ended without money: another attempt may begin, or the order be cancelled as wished."""
    _end(payment, work, ask_again=happening.was_known_outside)
    _credit(work, order, payment)
    work.tell(PaymentEnded(order.id, order.owner_kind, order.owner_id))
    if order.cancel_asked_at is not None:
        cancel_now(work, order)


def _end(payment: Payment, work: Work, *, ask_again: bool) -> None:
    provider = work.resources["providers"].get(payment.provider)
    payment.ended_at = work.now
    payment.payer_alias_sealed = None
    again = ask_again and provider is not None and provider.settles
    payment.ask_at = work.now + ONCE_MORE if again else None


def cancel_now(work: Work, order: Order) -> None:
    """Cancel an order that nobody can pay any more, and for which no money has come.

    One that collects others is cancelled with too little money too, which they will share.
    """
    is_short = order.owner_kind == TOGETHER and bool(order.outstanding)
    if order.cancelled_at is not None or (order.received_ore and not is_short):
        return
    order.cancelled_at = work.now
    refresh(order)
    reason = order.cancel_reason or ""
    work.tell(OrderCancelled(order.id, order.owner_kind, order.owner_id, reason))


def _withdraw(work: Work, order: Order, payment: Payment, happening: Happening) -> None:
    """Ask the provider to stop it."""
    if payment.cancel_asked_at is None:
        payment.cancel_asked_at = work.now
    if payment.provider == TOGETHER:
        plan(work, STOP, order_id=str(payment.together_id))
    else:
        plan(work, CANCEL, payment_id=str(payment.id))


def _alarm(work: Work, order: Order, payment: Payment, happening: Happening) -> None:
    """What was said cannot be true with what was said before: a person must find out."""
    kind = type(happening).__name__
    log.error("payment-contradiction", payment=str(payment.id), state=payment.state, said=kind)
    amount = happening.amount.ore if isinstance(happening, Paid) else 0
    row = {
        "id": new_id(),
        "provider": payment.provider,
        "day": local_day(payment.ended_at or work.now),
        "kind": "contradiction",
        "reference": payment.instruction,
        "ours_ore": payment.paid_ore,
        "theirs_ore": amount,
        "found_at": work.now,
    }
    work.session.execute(postgresql.insert(Difference).values(row).on_conflict_do_nothing())


EFFECTS: dict[Effect, Callable[[Work, Order, Payment, Happening], None]] = {
    Effect.NOTE: _note,
    Effect.SETTLE: _settle,
    Effect.CLOSE: _close,
    Effect.LET_GO: _let_go,
    Effect.WITHDRAW: _withdraw,
    Effect.ALARM: _alarm,
}


def refund_of_surplus(work: Work, order: Order, payment: Payment, surplus: Money) -> Refund:
    """Money that the order does not need goes back to whoever paid, once a person has attested."""
    origin = origin_of(work, payment)
    refund = Refund(
        id=new_id(),
        order_id=order.id,
        payment_id=origin.id if origin else None,
        provider=origin.provider if origin else "invoice",
        instruction=new_instruction(),
        of_surplus=True,
        amount_ore=surplus.ore,
        reason=SURPLUS,
        state=RefundState.REQUESTED.value,
        asks=0,
        requested_at=work.now,
    )
    work.session.add(refund)
    return refund


def _claim(work: Work, order: Order, payment: Payment) -> None:
    """An invoice is a claim, and income, from the day when it is sent."""
    if payment.next.get("kind") != "invoice":
        return
    codes.ensure(work, order)
    on = ledger.today(work)
    claimed = payment.amount
    after = Money(order.recognised_ore) + claimed
    legs = [
        ledger.own(work.session, "receivable", claimed, on),
        *ledger.earned(ledger.lines_of(work.session, order.id), Money(order.recognised_ore), after),
    ]
    order.recognised_ore = after.ore
    about = About(order, payment_id=payment.id)
    ledger.book(work, EntryKind.INVOICE, legs, Money(0), about, on)


def _credit(work: Work, order: Order, payment: Payment) -> None:
    """An invoice that was stopped is no claim any more."""
    open_claim = order.claim
    if payment.next.get("kind") != "invoice" or not open_claim:
        return
    on = ledger.today(work)
    before = Money(order.recognised_ore)
    legs = [
        *ledger.earned(ledger.lines_of(work.session, order.id), before, before - open_claim),
        ledger.own(work.session, "receivable", -open_claim, on),
    ]
    order.recognised_ore -= open_claim.ore
    about = About(order, payment_id=payment.id)
    ledger.book(work, EntryKind.CREDIT, legs, Money(0), about, on)
