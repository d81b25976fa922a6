"""What staff do with money: refunds and adjustments by two persons, the counter, closing a month.

One person asks, another attests; nobody attests what they asked for, or what is their own.
Nothing is ever changed: what is put right is a new entry.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.access.rules import require
from services.audit.log import record
from services.jobs.commands import plan
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import ledger, policy, refunding, settling
from services.payments.books import Adjustment, AdjustmentKind, ClosedMonth, EntryKind
from services.payments.ledger import About, Leg
from services.payments.lifecycle import Failed, Paid
from services.payments.models import TOGETHER, Order, Payment, PaymentState, Refund, RefundState
from services.payments.refunding import REFUND, locked_refund

UNSETTLED = (RefundState.REQUESTED, RefundState.ATTESTED, RefundState.ASKED)
MOST_REASON = 500


def ask_refund(
    work: Work, order_id: UUID, amount: Money, reason: str, *, payment_id: UUID | None = None
) -> Refund:
    """Ask that money goes back, by the way it came, once somebody else has attested it.

    Without `payment_id` it is the last payment that has so much left. Raises
    Invalid("refund-amount", most_ore=…) for more than has come and is not on its way back, and
    NotFound("payment").
    """
    order = settling.locked_order(work, order_id)
    require(work, policy.ASK, order)
    _require_own_money(order)
    reason = _reason(reason)
    most = order.kept - _on_its_way(work, Refund.order_id == order.id)
    if not 0 < amount.ore <= most.ore:
        raise Invalid("refund-amount", most_ore=most.ore)
    payment = _payment_to_refund(work, order, amount, payment_id)
    payment = settling.origin_of(work, payment) if payment else None
    refund = Refund(
        id=new_id(),
        order_id=order.id,
        payment_id=payment.id if payment else None,
        provider=payment.provider if payment else "invoice",
        instruction=settling.new_instruction(),
        of_surplus=False,
        amount_ore=amount.ore,
        reason=reason,
        state=RefundState.REQUESTED.value,
        asks=0,
        requested_by_id=work.actor.person_id,
        requested_at=work.now,
    )
    work.session.add(refund)
    record(work, "refund:ask", refund.id, order=str(order.id), ore=amount.ore)
    return refund


def _require_own_money(order: Order) -> None:
    """What came for several orders belongs to each of these, and goes back from there."""
    if order.owner_kind == TOGETHER:
        raise Conflict("order-together")


def _on_its_way(work: Work, of: Any) -> Money:
    """What is asked for but has not gone back yet, apart from what no order needed."""
    waiting = select(func.coalesce(func.sum(Refund.amount_ore), 0)).where(
        of, Refund.state.in_(UNSETTLED), ~Refund.of_surplus
    )
    return Money(int(work.session.scalar(waiting) or 0))


def _payment_to_refund(
    work: Work, order: Order, amount: Money, payment_id: UUID | None
) -> Payment | None:
    """The payment to give back from; None for money that came by file alone."""
    paid = (
        select(Payment)
        .where(Payment.order_id == order.id, Payment.state == PaymentState.PAID)
        .order_by(Payment.id.desc())
        .limit(100)
    )
    payments = list(work.session.scalars(paid))
    wanted = [each for each in payments if payment_id in (None, each.id)]
    for payment in wanted:
        given = _given(work, order, payment)
        if payment.paid_ore - payment.surplus_ore - given.ore >= amount.ore:
            return payment
    if payment_id is not None or payments:
        raise NotFound("payment")
    return None


def _given(work: Work, order: Order, payment: Payment) -> Money:
    """What has gone back of a payment to this order, or is on its way."""
    origin = settling.origin_of(work, payment)
    given = select(func.coalesce(func.sum(Refund.amount_ore), 0)).where(
        Refund.order_id == order.id,
        Refund.payment_id == (origin.id if origin else None),
        Refund.state.in_((*UNSETTLED, RefundState.DONE)),
        ~Refund.of_surplus,
    )
    return Money(int(work.session.scalar(given) or 0))


def ask_surplus_back(work: Work, payment_id: UUID, reason: str) -> Refund:
    """Ask anew that what an order did not need goes back, when the first try was refused or failed.

    Raises Conflict("no-surplus") when nothing is left of it, or it is on its way already.
    """
    order, payment = settling.locked_payment(work, payment_id)
    require(work, policy.ASK, order)
    origin = settling.origin_of(work, payment)
    claimed = select(func.coalesce(func.sum(Refund.amount_ore), 0)).where(
        Refund.order_id == order.id,
        Refund.payment_id == (origin.id if origin else None),
        Refund.of_surplus,
        Refund.state.in_((*UNSETTLED, RefundState.DONE)),
    )
    left = Money(payment.surplus_ore - int(work.session.scalar(claimed) or 0))
    if not left:
        raise Conflict("no-surplus")
    refund = settling.refund_of_surplus(work, order, payment, left)
    refund.reason, refund.requested_by_id = _reason(reason), work.actor.person_id
    record(work, "refund:ask", refund.id, order=str(order.id), ore=left.ore)
    return refund


def attest_refund(work: Work, refund_id: UUID) -> Refund:
    """Agree that money goes back; it is sent once this has been committed.

    Raises NotAllowed("own-attest") for whoever asked for it, and Conflict("refund-state").
    """
    order, refund = locked_refund(work, refund_id)
    require(work, policy.ATTEST, order)
    require_another(work, refund.requested_by_id)
    _require_waiting(refund)
    refund.state, refund.attested_by_id = RefundState.ATTESTED.value, work.actor.person_id
    refund.attested_at = refund.ask_at = work.now
    plan(work, REFUND, refund_id=str(refund.id))
    record(work, "refund:attest", refund.id, order=str(order.id), ore=refund.amount_ore)
    return refund


def refuse_refund(work: Work, refund_id: UUID) -> Refund:
    """Say no to a refund that somebody asked for, or take back one's own request."""
    order, refund = locked_refund(work, refund_id)
    if refund.requested_by_id is None or refund.requested_by_id != work.actor.person_id:
        require(work, policy.ATTEST, order)
    _require_waiting(refund)
    refund.state = RefundState.REFUSED.value
    record(work, "refund:refuse", refund.id, order=str(order.id))
    return refund


def refund_paid_out(work: Work, refund_id: UUID) -> Refund:
    """Note that a refund that no provider sends has been paid out, by the till or the treasury.

    Raises Conflict("refund-state") unless it was attested, and Conflict("refund-by-provider").
    """
    order, refund = locked_refund(work, refund_id)
    require(work, policy.TAKE, order)
    provider = work.resources["providers"].get(refund.provider)
    if provider is not None and provider.settles:
        raise Conflict("refund-by-provider")
    if refund.state not in (RefundState.ATTESTED, RefundState.ASKED):
        raise Conflict("refund-state", state=refund.state)
    refunding.done(work, order, refund, work.now)
    record(work, "refund:paid-out", refund.id, order=str(order.id), ore=refund.amount_ore)
    return refund


def take_at_counter(work: Work, payment_id: UUID, receipt: str) -> Payment:
    """Note that a payment was taken at the counter; `receipt` is the till's number of it.

    Raises Conflict("not-at-counter") for another way, and Conflict("payment-state").
    """
    order, payment = settling.locked_payment(work, payment_id)
    require(work, policy.TAKE, order)
    if payment.provider != "counter":
        raise Conflict("not-at-counter")
    if payment.state != PaymentState.WAITING:
        raise Conflict("payment-state", state=payment.state)
    if not receipt.strip():
        raise Invalid("receipt")
    settling.happened(work, order, payment, Paid(payment.amount, work.now, receipt.strip()[:40]))
    record(work, "payment:take", payment.id, order=str(order.id), ore=payment.amount_ore)
    return payment


def end_unknown(work: Work, payment_id: UUID) -> Payment:
    """End a payment that the provider cannot tell about, after asking it by other means.

    Money that turns up later is money all the same. Raises Conflict("payment-state").
    """
    order, payment = settling.locked_payment(work, payment_id)
    require(work, policy.KEEP_BOOKS, order)
    if payment.state != PaymentState.UNKNOWN:
        raise Conflict("payment-state", state=payment.state)
    settling.happened(work, order, payment, Failed("ended-by-hand"))
    record(work, "payment:end", payment.id, order=str(order.id))
    return payment


def ask_write_off(work: Work, order_id: UUID, reason: str) -> Adjustment:
    """Ask that what is left of an invoice is written off. Raises Conflict("order-not-invoiced")."""
    order = settling.locked_order(work, order_id)
    require(work, policy.ASK, order)
    _require_own_money(order)
    if not order.claim:
        raise Conflict("order-not-invoiced")
    on = ledger.today(work)
    legs = [
        ledger.own(work.session, "loss", order.claim, on),
        ledger.own(work.session, "receivable", -order.claim, on),
    ]
    return asked(work, AdjustmentKind.WRITE_OFF, order.claim, legs, reason, order=order)


def ask_correction(
    work: Work, legs: Sequence[Leg], reason: str, *, order_id: UUID | None = None
) -> Adjustment:
    """Ask that amounts are moved between accounts, as when a line was coded wrongly.

    Raises Invalid("not-balanced").
    """
    order = settling.locked_order(work, order_id) if order_id else None
    require(work, policy.ASK if order else policy.KEEP_BOOKS, order)
    moved = Money.total(leg.amount for leg in legs if leg.amount.ore > 0)
    return asked(work, AdjustmentKind.CORRECTION, moved, legs, reason, order=order)


def ask_payout(work: Work, way: str, amount: Money, fee: Money, reason: str) -> Adjustment:
    """Ask to book that a provider has paid out to the bank, less its own fee."""
    require(work, policy.KEEP_BOOKS, None)
    on = ledger.today(work)
    legs = [
        ledger.own(work.session, "bank", amount - fee, on),
        ledger.own(work.session, "fee", fee, on),
        ledger.own(work.session, f"clearing:{way}", -amount, on),
    ]
    return asked(work, AdjustmentKind.PAYOUT, amount, legs, reason)


def asked(
    work: Work,
    kind: AdjustmentKind,
    amount: Money,
    legs: Sequence[Leg],
    reason: str,
    *,
    order: Order | None = None,
    **more: Any,
) -> Adjustment:
    """Write down what somebody wants to book by hand, with `more` of its columns."""
    legs = ledger.merged(legs)
    if len(legs) < 2 or amount.ore <= 0 or Money.total(leg.amount for leg in legs):
        raise Invalid("not-balanced")
    adjustment = Adjustment(
        id=new_id(),
        kind=kind.value,
        order_id=order.id if order else None,
        amount_ore=amount.ore,
        postings=[[*leg.key, leg.amount.ore] for leg in legs],
        reason=_reason(reason),
        state="requested",
        requested_by_id=work.actor.person_id,
        requested_at=work.now,
        **more,
    )
    work.session.add(adjustment)
    record(work, "ledger:ask", adjustment.id, kind=kind.value, ore=amount.ore)
    return adjustment


def attest(work: Work, adjustment_id: UUID) -> Adjustment:
    """Agree to an adjustment, which books it today.

    Raises NotAllowed("own-attest"), Conflict("adjustment-state"), and Conflict("order-changed")
    when money has come since the write-off was asked for.
    """
    adjustment, order = _adjustment(work, adjustment_id)
    require(work, policy.ATTEST if order else policy.ATTEST_BOOKS, order)
    require_another(work, adjustment.requested_by_id)
    if adjustment.state != "requested":
        raise Conflict("adjustment-state", state=adjustment.state)
    amount = Money(adjustment.amount_ore)
    if order is not None and adjustment.kind == AdjustmentKind.WRITE_OFF:
        _write_off(work, order, amount)
    adjustment.state, adjustment.attested_at = "booked", work.now
    adjustment.attested_by_id = work.actor.person_id
    legs = [Leg(key[0], Money(ore), *key[1:]) for *key, ore in adjustment.postings]
    about = About(order, adjustment_id=adjustment.id)
    counted = amount if adjustment.kind == AdjustmentKind.WRITE_OFF else Money(0)
    ledger.book(work, EntryKind(adjustment.kind), legs, counted, about, ledger.today(work))
    record(work, "ledger:attest", adjustment.id, kind=adjustment.kind, ore=amount.ore)
    return adjustment


def _adjustment(work: Work, adjustment_id: UUID) -> tuple[Adjustment, Order | None]:
    adjustment = work.session.get(Adjustment, adjustment_id)
    # What goes back is attested first, and booked when it has been paid out: by `returning`.
    if adjustment is None or adjustment.kind == AdjustmentKind.RETURN:
        raise NotFound("adjustment")
    order = settling.locked_order(work, adjustment.order_id) if adjustment.order_id else None
    work.session.refresh(adjustment, with_for_update=True)
    return adjustment, order


def _write_off(work: Work, order: Order, amount: Money) -> None:
    if order.claim != amount:
        raise Conflict("order-changed")
    order.written_off_ore += amount.ore
    settling.refresh(order)
    settling.stop_live(work, order)


def refuse(work: Work, adjustment_id: UUID) -> Adjustment:
    """Say no to an adjustment that somebody asked for, or take back one's own request."""
    adjustment, order = _adjustment(work, adjustment_id)
    if adjustment.requested_by_id != work.actor.person_id:
        require(work, policy.ATTEST if order else policy.ATTEST_BOOKS, order)
    if adjustment.state != "requested":
        raise Conflict("adjustment-state", state=adjustment.state)
    adjustment.state = "refused"
    record(work, "ledger:refuse", adjustment.id)
    return adjustment


def close_month(work: Work, month: date) -> ClosedMonth:
    """Close a month that has ended: nothing is booked in it any more.

    Months are closed in order. Raises Conflict("month-not-over") and Conflict("month-closed").
    """
    require(work, policy.CLOSE, None)
    month = month.replace(day=1)
    if month >= ledger.today(work).replace(day=1):
        raise Conflict("month-not-over")
    if ledger.is_closed(work.session, month):
        raise Conflict("month-closed", month=f"{month:%Y-%m}")
    closed = ClosedMonth(month=month, closed_at=work.now, closed_by_id=work.actor.person_id)
    work.session.add(closed)
    record(work, "ledger:close-month", None, month=f"{month:%Y-%m}")
    return closed


def require_another(work: Work, requested_by_id: UUID | None) -> None:
    """Nobody attests what they asked for. Raises NotAllowed("own-attest")."""
    if requested_by_id is not None and requested_by_id == work.actor.person_id:
        raise NotAllowed("own-attest")


def _require_waiting(refund: Refund) -> None:
    if refund.state != RefundState.REQUESTED:
        raise Conflict("refund-state", state=refund.state)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Invalid("reason", most=MOST_REASON)
    return reason
