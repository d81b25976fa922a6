"""Money on its way back: sent by jobs after two persons have agreed, booked when it has gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.jobs.commands import plan, plan_at
from services.jobs.worker import Errand
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid, NotFound
from services.kernel.money import Money
from services.kernel.words import say
from services.kernel.work import Work
from services.payments import commands, ledger, settling
from services.payments.at_provider import OVERDUE, SWEPT, answered, next_ask, provider_of, why
from services.payments.books import EntryKind
from services.payments.events import OrderRefunded
from services.payments.ledger import About
from services.payments.models import Order, Payment, Refund, RefundState
from services.payments.provider import AskedRefund, Outcome, Said

REFUND = "payments.refund"
ASK_REFUND = commands.ASK_REFUND
# What a provider says when the money will not go back; everything else is waited for.
NOT_GIVEN_BACK = (Outcome.DECLINED, Outcome.CANCELLED, Outcome.FAILED, Outcome.EXPIRED)


@dataclass(frozen=True)
class NotTaken:
    """The provider will not give back."""

    code: str | None


def locked_refund(work: Work, refund_id: UUID) -> tuple[Order, Refund]:
    """A refund with its order, locked as one. Raises NotFound."""
    order_id = work.session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    if order_id is None:
        raise NotFound("refund")
    order = settling.locked_order(work, order_id)
    return order, work.session.get_one(Refund, refund_id, populate_existing=True)


def done(work: Work, order: Order, refund: Refund, at: datetime) -> None:
    """The money has gone back: count it in the order's sums, and book it."""
    on = ledger.booking_day(work.session, local_day(at), ledger.today(work))
    refund.state, refund.done_at, refund.ask_at = RefundState.DONE.value, at, None
    about = About(order, payment_id=refund.payment_id, refund_id=refund.id)
    money = ledger.own(work.session, f"clearing:{refund.provider}", -refund.amount, on)
    if refund.of_surplus:
        parked = ledger.own(work.session, "unmatched", refund.amount, on)
        ledger.book(work, EntryKind.REFUND, [parked, money], Money(0), about, on)
        return
    before = Money(order.recognised_ore)
    after = before - refund.amount
    lines = ledger.lines_of(work.session, order.id)
    order.recognised_ore = after.ore
    order.refunded_ore += refund.amount.ore
    settling.refresh(order)
    work.tell(OrderRefunded(order.id, order.owner_kind, order.owner_id, refund.amount.ore))
    legs = [*ledger.earned(lines, before, after), money]
    ledger.book(work, EntryKind.REFUND, legs, -refund.amount, about, on)


def _prepare_refund(
    work: Work, arguments: dict[str, Any]
) -> Callable[[], str | NotTaken | None] | None:
    order, refund = locked_refund(work, UUID(arguments["refund_id"]))
    if refund.state not in (RefundState.ATTESTED, RefundState.ASKED) or refund.provider_reference:
        return None
    payment = work.session.get(Payment, refund.payment_id) if refund.payment_id else None
    provider = provider_of(work, refund.provider)
    refund.state = RefundState.ASKED.value
    refund.asks += 1
    refund.ask_at = next_ask(refund.attested_at or work.now, work.now)
    asked = AskedRefund(
        instruction=refund.instruction,
        paid_reference=(payment.paid_reference if payment else None) or order.number,
        amount=refund.amount,
        message=say(order.description, order.language),
        notice_url=f"{work.resources['public_url']}/betalning/besked/{refund.provider}",
    )

    def call() -> str | NotTaken | None:
        try:
            return answered(lambda: provider.refund(asked), refund=arguments["refund_id"])
        except Invalid as refusal:
            return NotTaken(why(refusal))

    return call


def _note_refund(work: Work, arguments: dict[str, Any], answer: str | NotTaken | None) -> None:
    _, refund = locked_refund(work, UUID(arguments["refund_id"]))
    if refund.state != RefundState.ASKED:
        return
    if isinstance(answer, NotTaken):
        refund.state, refund.last_error, refund.ask_at = RefundState.FAILED, answer.code, None
        return
    if answer is not None:
        refund.provider_reference = answer
    _later(work, refund, REFUND if answer is None else ASK_REFUND)


def _prepare_ask(work: Work, arguments: dict[str, Any]) -> Callable[[], Said | None] | None:
    refund = work.session.get(Refund, UUID(arguments["refund_id"]))
    if refund is None or refund.state != RefundState.ASKED or refund.provider_reference is None:
        return None
    provider, reference = provider_of(work, refund.provider), refund.provider_reference

    def call() -> Said | None:
        try:
            return answered(lambda: provider.ask_refund(reference), refund=arguments["refund_id"])
        except Invalid as refusal:
            return Said(Outcome.UNKNOWN, code=why(refusal))

    return call


def _note_said(work: Work, arguments: dict[str, Any], said: Said | None) -> None:
    order, refund = locked_refund(work, UUID(arguments["refund_id"]))
    if refund.state != RefundState.ASKED:
        return
    refund.asks += 1
    if said is not None:
        refund.last_error = said.code
    if said is not None and said.outcome is Outcome.PAID:
        done(work, order, refund, said.paid_at or work.now)
    elif said is not None and said.outcome in NOT_GIVEN_BACK:
        refund.state, refund.ask_at = RefundState.FAILED.value, None
    else:
        _later(work, refund, ASK_REFUND)


def _later(work: Work, refund: Refund, kind: str) -> None:
    if not provider_of(work, refund.provider).settles:
        refund.ask_at = None
        return
    refund.ask_at = next_ask(refund.attested_at or work.now, work.now)
    if kind == REFUND:
        plan_at(work, refund.ask_at, REFUND, refund_id=str(refund.id))
    else:
        plan_at(work, refund.ask_at, ASK_REFUND, refund_id=str(refund.id))


def sweep(work: Work) -> None:
    """Take up refunds that nobody is busy with any more."""
    overdue = (
        select(Refund)
        .where(Refund.ask_at < work.now - OVERDUE, Refund.provider.in_(work.resources["providers"]))
        .order_by(Refund.ask_at)
        .limit(SWEPT)
        .with_for_update(skip_locked=True)
    )
    for refund in work.session.scalars(overdue).all():
        refund.ask_at = work.now
        if refund.provider_reference is None:
            plan(work, REFUND, refund_id=str(refund.id))
        else:
            plan(work, ASK_REFUND, refund_id=str(refund.id))


refund = Errand(_prepare_refund, _note_refund)
ask_refund = Errand(_prepare_ask, _note_said)
