"""Asking providers, by jobs: noted and committed before, asked without a transaction, noted after.

A job may die anywhere and is done again. The sweep finds what nobody is busy with any more, so
that everything becomes right by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import select

from services.jobs.commands import plan, plan_at
from services.jobs.worker import Errand
from services.kernel.errors import Invalid, Unavailable
from services.kernel.words import say
from services.kernel.work import Work
from services.payments import commands, links, settling
from services.payments.lifecycle import (
    LIVE,
    Accepted,
    Declined,
    Expired,
    Failed,
    Happening,
    Paid,
    PaidOther,
    Refused,
    Stopped,
    Tried,
    Unsure,
    Waits,
)
from services.payments.models import Order, Payment, PaymentState
from services.payments.provider import REFUSED, Asked, Begun, Outcome, Provider, Said
from services.people.secrets import Keyring

log = structlog.get_logger("salem24.payments")
Answer = TypeVar("Answer")
BEGIN, ASK, CANCEL = commands.BEGIN, commands.ASK, settling.CANCEL
# How long a beginning may be under way before "never heard of it" means that it never arrived.
BEGINNING = timedelta(minutes=10)
SOONEST, LATEST = timedelta(seconds=5), timedelta(hours=1)
# Whoever should have asked by then has died, or given up.
OVERDUE = timedelta(seconds=90)
SWEPT = 500
ENDINGS: dict[Outcome, Callable[[str | None], Happening]] = {
    Outcome.DECLINED: Declined,
    Outcome.CANCELLED: Stopped,
    Outcome.EXPIRED: Expired,
    Outcome.UNKNOWN: Unsure,
}


@dataclass(frozen=True)
class Facts:
    """What a provider needs to know, apart from any session."""

    instruction: str
    provider_reference: str | None


def provider_of(work: Work, key: str) -> Provider:
    """The way to pay. Raises Unavailable while it is turned off: what is under way waits."""
    providers: dict[str, Provider] = work.resources["providers"]
    if key not in providers:
        raise Unavailable("way-away", way=key)
    return providers[key]


def next_ask(since: datetime, now: datetime) -> datetime:
    """When to ask again: often at first, then ever more seldom, at least once an hour."""
    return now + min(LATEST, max(SOONEST, (now - since) / 6))


def answered(call: Callable[[], Answer], **about: str) -> Answer | None:
    """What the provider answers, or None when it is away: then it is asked again later."""
    try:
        return call()
    except Unavailable as fault:
        log.warning("provider-away", fault=fault.code, **about)
        return None


def why(refusal: Invalid) -> str | None:
    """The provider's own word for why it will not; any other refusal is let fly."""
    if refusal.code != REFUSED:
        raise refusal
    answer = refusal.details.get("answer")
    return None if answer is None else str(answer)


def _prepare_begin(
    work: Work, arguments: dict[str, Any]
) -> Callable[[], Begun | Refused | None] | None:
    order, payment = settling.locked_payment(work, UUID(arguments["payment_id"]))
    if payment.state not in (PaymentState.PLANNED, PaymentState.ASKED) or payment.cancel_asked_at:
        return None
    provider = provider_of(work, payment.provider)
    settling.happened(work, order, payment, Tried())
    payment.asks += 1
    payment.ask_at = next_ask(payment.created_at, work.now)
    asked = _asked(work, order, payment)

    def begin() -> Begun | Refused | None:
        try:
            return answered(lambda: provider.begin(asked), payment=arguments["payment_id"])
        except Invalid as refusal:
            return Refused(why(refusal))

    return begin


def _asked(work: Work, order: Order, payment: Payment) -> Asked:
    keyring: Keyring = work.resources["keyring"]
    sealed = payment.payer_alias_sealed
    public_url = work.resources["public_url"]
    return Asked(
        instruction=payment.instruction,
        amount=payment.amount,
        reference=order.number,
        message=say(order.description, payment.language),
        payer_alias=keyring.open(sealed, f"payment:{payment.id}") if sealed else None,
        return_url=links.return_link(work, order.id, payment.id, payment.language),
        notice_url=f"{public_url}/betalning/besked/{payment.provider}",
        language=payment.language,
        asked_at=payment.created_at,
    )


def _note_begin(work: Work, arguments: dict[str, Any], answer: Begun | Refused | None) -> None:
    order, payment = settling.locked_payment(work, UUID(arguments["payment_id"]))
    if answer is None:
        payment.ask_at = next_ask(payment.created_at, work.now)
        if work.now < payment.created_at + BEGINNING:
            plan_at(work, payment.ask_at, BEGIN, payment_id=str(payment.id))
        else:
            plan_at(work, payment.ask_at, ASK, payment_id=str(payment.id))
        return
    if isinstance(answer, Refused):
        settling.happened(work, order, payment, answer)
        return
    settling.happened(work, order, payment, Accepted(answer.provider_reference, answer.next))
    if payment.cancel_asked_at is not None and payment.state in LIVE:
        # It was to be stopped while it was on its way: only now can the provider do so.
        plan(work, CANCEL, payment_id=str(payment.id))
    _ask_later(work, payment)


def _prepare_ask(work: Work, arguments: dict[str, Any]) -> Callable[[], Said | None] | None:
    return _prepared(work, arguments, lambda provider: provider.ask)


def _prepare_cancel(work: Work, arguments: dict[str, Any]) -> Callable[[], Said | None] | None:
    return _prepared(work, arguments, lambda provider: provider.cancel)


def _prepared(
    work: Work, arguments: dict[str, Any], which: Callable[[Provider], Callable[[Facts], Said]]
) -> Callable[[], Said | None] | None:
    payment = work.session.get(Payment, UUID(arguments["payment_id"]))
    if payment is None or payment.state in (PaymentState.PLANNED, PaymentState.PAID):
        return None
    ask = which(provider_of(work, payment.provider))
    facts = Facts(payment.instruction, payment.provider_reference)

    def call() -> Said | None:
        try:
            return answered(lambda: ask(facts), payment=arguments["payment_id"])
        except Invalid as refusal:
            # It will not say. Asking once more is all there is to do, and a person sees it.
            return Said(Outcome.UNKNOWN, code=why(refusal))

    return call


def _note_said(work: Work, arguments: dict[str, Any], said: Said | None) -> None:
    order, payment = settling.locked_payment(work, UUID(arguments["payment_id"]))
    payment.asks += 1
    if said is not None:
        settling.happened(work, order, payment, happening(payment, said, work.now))
    if payment.state in LIVE:
        _ask_later(work, payment)
    elif said is not None and payment.ask_at is not None and payment.ask_at <= work.now:
        payment.ask_at = None


def happening(payment: Payment, said: Said, now: datetime) -> Happening:
    """What a provider's answer means for this payment."""
    if said.outcome is Outcome.WAITING:
        return Waits()
    if said.outcome is Outcome.PAID:
        return _paid(payment, said, now)
    if said.outcome is Outcome.FAILED:
        beginning = payment.state == PaymentState.ASKED and now < payment.created_at + BEGINNING
        return Unsure(said.code) if beginning else Failed(said.code)
    return ENDINGS[said.outcome](said.code)


def _paid(payment: Payment, said: Said, now: datetime) -> Happening:
    if said.amount is None or said.amount.ore <= 0:
        return Unsure(said.code)
    kind = Paid if said.amount == payment.amount else PaidOther
    if payment.state == PaymentState.PAID and said.amount.ore == payment.paid_ore:
        kind = Paid
    return kind(said.amount, said.paid_at or now, said.paid_reference)


def _ask_later(work: Work, payment: Payment) -> None:
    """Plan the next question, unless another one is planned already."""
    provider = provider_of(work, payment.provider)
    if payment.state not in LIVE or not provider.settles:
        payment.ask_at = None if payment.state in LIVE else payment.ask_at
        return
    if payment.ask_at is not None and payment.ask_at > work.now + SOONEST:
        return
    payment.ask_at = next_ask(payment.created_at, work.now)
    if payment.cancel_asked_at is not None:
        plan_at(work, payment.ask_at, CANCEL, payment_id=str(payment.id))
    else:
        plan_at(work, payment.ask_at, ASK, payment_id=str(payment.id))


def sweep(work: Work) -> None:
    """Take up payments that nobody is busy with, and call off orders that are out of time."""
    _sweep_payments(work)
    expired = (
        select(Order.id)
        .where(Order.state == "open", Order.open_until <= work.now, Order.cancel_asked_at.is_(None))
        .order_by(Order.open_until)
        .limit(SWEPT)
    )
    for order_id in work.session.scalars(expired).all():
        commands.cancel_order(work, order_id, "expired")


def _sweep_payments(work: Work) -> None:
    overdue = (
        select(Payment)
        .where(Payment.ask_at < work.now - OVERDUE)
        .where(Payment.provider.in_(work.resources["providers"]))
        .order_by(Payment.ask_at)
        .limit(SWEPT)
        .with_for_update(skip_locked=True)
    )
    for payment in work.session.scalars(overdue).all():
        payment.ask_at = work.now
        young = work.now < payment.created_at + BEGINNING
        unheard = payment.state in (PaymentState.PLANNED, PaymentState.ASKED)
        if payment.cancel_asked_at is not None and payment.state in LIVE:
            plan(work, CANCEL, payment_id=str(payment.id))
        elif unheard and (young or payment.state == PaymentState.PLANNED):
            plan(work, BEGIN, payment_id=str(payment.id))
        else:
            plan(work, ASK, payment_id=str(payment.id))


begin = Errand(_prepare_begin, _note_begin)
ask = Errand(_prepare_ask, _note_said)
cancel = Errand(_prepare_cancel, _note_said)
