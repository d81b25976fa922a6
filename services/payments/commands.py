"""Placing orders, beginning to pay them, hearing of what came, and calling it off.

Nothing here asks a provider: what leaves the building is planned, and done by `at_provider`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql

from services.jobs.commands import plan
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, Unavailable
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import codes, coding, instalments, ocr, settling
from services.payments.coding import Coded
from services.payments.lifecycle import CancelWished
from services.payments.models import (
    ORDER_NUMBERS,
    Notice,
    Order,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    Words,
)
from services.payments.provider import Notice as Told
from services.people.events import PersonsMerged
from services.people.secrets import Keyring

BEGIN = "payments.begin"
ASK = "payments.ask"
ASK_REFUND = "payments.ask_refund"
Eligible = Callable[[Work, Order, str], None]


@dataclass(frozen=True)
class Payer:
    """Whose it is to pay: a person, an organisation, or whoever holds the link or the letter."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True)
class Item:
    """Something to pay for, VAT included, with where it is booked and how it was reckoned."""

    words: Words
    amount: Money
    coding: Coded
    explanation: Sequence[Any] = ()


@dataclass(frozen=True)
class Terms:
    """How, in what language and until when it is paid; and what a business wants on its invoice.

    What is paid in parts is paid in so many instalments, or in any amounts from the least; what is
    left then has so many days.
    """

    ways: Sequence[str]
    due_on: date | None = None
    open_until: datetime | None = None
    takes_parts: bool = False
    parts: int | None = None
    least_part_ore: int | None = None
    part_days: int | None = None
    language: str = "sv"
    service_slug: str | None = None
    buyer_reference: str | None = None
    cost_centre: str | None = None
    einvoice_address: str | None = None
    payer_name: str | None = None
    payer_address: dict[str, str] | None = None


def place_order(
    work: Work,
    *,
    owner_kind: str,
    owner_id: UUID,
    authority_id: UUID,
    payer: Payer,
    description: Words,
    items: Sequence[Item],
    terms: Terms,
) -> Order:
    """Say what is to be paid. Lines keep their coding and VAT as they are today.

    Raises Invalid("order-empty"), Invalid("coding", faults=…), and Conflict("ledger-not-set-up")
    when money that comes could not be booked: better now than when it has come.
    """
    total = Money.total(item.amount for item in items)
    if not items or any(item.amount.ore <= 0 for item in items):
        raise Invalid("order-empty")
    _require_ledger(work, terms.ways)
    number = new_number(work)
    order = Order(
        id=new_id(),
        number=number,
        ocr=ocr.reference(number),
        owner_kind=owner_kind,
        owner_id=owner_id,
        authority_id=authority_id,
        payer_person_id=payer.person_id,
        payer_organisation_id=payer.organisation_id,
        description=description,
        total_ore=total.ore,
        **no_sums(),
        **_facts(terms),
        created_at=work.now,
    )
    order.lines = [_line(work, position, item) for position, item in enumerate(items, start=1)]
    work.session.add(order)
    work.session.flush()  # So that the order can be found, and paid, in this very work.
    return order


def no_sums() -> dict[str, Any]:
    """How it stands with an order for which nothing has happened yet."""
    return {
        **dict.fromkeys(("received_ore", "refunded_ore", "recognised_ore", "written_off_ore"), 0),
        "state": OrderState.OPEN.value,
    }


def _facts(terms: Terms) -> dict[str, Any]:
    names: tuple[str, ...] = ("due_on", "open_until", "takes_parts", "language", "service_slug")
    names += ("buyer_reference", "cost_centre", "einvoice_address", "payer_name", "payer_address")
    facts = {name: getattr(terms, name) for name in names}
    parts = {name: getattr(terms, name) for name in ("parts", "least_part_ore", "part_days")}
    return {**facts, **parts, "ways": list(terms.ways)}


def new_number(work: Work) -> str:
    """The number of a new order."""
    serial = work.session.execute(ORDER_NUMBERS.next_value()).scalar_one()
    return f"B{local_day(work.now).year}-{serial:06}"


def _require_ledger(work: Work, ways: Sequence[str]) -> None:
    on = local_day(work.now)
    for purpose in ("receivable", "unmatched", *(f"clearing:{way}" for way in ways)):
        coding.ledger_account(work.session, purpose, on)


def _line(work: Work, position: int, item: Item) -> OrderLine:
    on = local_day(work.now)
    faults = coding.coding_faults(work.session, item.coding, on)
    vat = coding.vat_class(work.session, item.coding.vat_class, on)
    if faults or vat is None:
        raise Invalid("coding", faults=faults)
    return OrderLine(
        position=position,
        words=item.words,
        amount_ore=item.amount.ore,
        vat_class=vat.key,
        vat_percent=vat.percent,
        vat_account=vat.account,
        account=item.coding.account,
        responsibility=item.coding.responsibility,
        activity=item.coding.activity,
        project=item.coding.project,
        explanation=list(item.explanation),
    )


def new_code(work: Work, order_id: UUID) -> str:
    """A code for a letter, that opens the order's page; the one before opens it no more.

    Only its keyed index is kept. It is written with capital letters, without anything between.
    """
    return codes.renew(work, settling.locked_order(work, order_id))


def start(
    work: Work,
    order_id: UUID,
    way: str,
    *,
    payer_alias: str | None = None,
    amount: Money | None = None,
    language: str = "sv",
    eligible: Eligible | None = None,
) -> Payment:
    """Begin to pay an order, or a part of it: the attempt is noted before any money moves.

    `eligible` is asked first, with the order locked and the way: it refuses when what is paid
    for can no longer be had, and reserves it where places are limited. An attempt that is under
    way already is returned instead of a second one.
    Raises Conflict("order-not-payable"), Invalid("way"), Invalid("part-payment") and
    Unavailable("way-away").
    """
    order = settling.locked_order(work, order_id)
    live = settling.live_payment(work, order)
    if live is not None:
        return live
    _require_payable(work, order, way)
    asked = order.outstanding if amount is None else amount
    instalments.require(order, asked)
    if eligible is not None:
        eligible(work, order, way)
    payment = _planned(work, order, way, asked, language)
    if payer_alias:
        keyring: Keyring = work.resources["keyring"]
        payment.payer_alias_sealed = keyring.seal(payer_alias, f"payment:{payment.id}")
    work.session.add(payment)
    plan(work, BEGIN, payment_id=str(payment.id))
    return payment


def _require_payable(work: Work, order: Order, way: str) -> None:
    if way not in order.ways:
        raise Invalid("way", way=way)
    if way not in work.resources["providers"]:
        raise Unavailable("way-away", way=way)
    if not order.is_payable or (order.open_until is not None and order.open_until <= work.now):
        raise Conflict("order-not-payable", state=order.state)


def _planned(work: Work, order: Order, way: str, amount: Money, language: str) -> Payment:
    return Payment(
        id=new_id(),
        order_id=order.id,
        provider=way,
        instruction=settling.new_instruction(),
        amount_ore=amount.ore,
        paid_ore=0,
        surplus_ore=0,
        state=PaymentState.PLANNED.value,
        language=language,
        next={},
        asks=0,
        ask_at=work.now,
        created_at=work.now,
    )


def heard(work: Work, provider_key: str, notice: Told) -> None:
    """Note that a provider has called, once, and plan to ask it whether what it says is true.

    A notice of something that is not this provider's, or that we do not know, is kept and
    believed in nothing.
    """
    verdict, payment, refund = _meant(work, provider_key, notice)
    note = {
        "id": new_id(),
        "provider": provider_key,
        "event_id": notice.event_id,
        "verdict": verdict,
        "payment_id": payment.id if payment else None,
        "refund_id": refund.id if refund else None,
        "received_at": work.now,
    }
    first = work.session.execute(
        postgresql.insert(Notice).values(note).on_conflict_do_nothing().returning(Notice.id)
    ).scalar_one_or_none()
    if first is None:
        return
    if payment is not None:
        plan(work, ASK, payment_id=str(payment.id))
    if refund is not None:
        plan(work, ASK_REFUND, refund_id=str(refund.id))


def _meant(
    work: Work, provider_key: str, notice: Told
) -> tuple[str, Payment | None, Refund | None]:
    payment = work.session.scalar(_named(Payment, provider_key, notice))
    if payment is not None:
        known = payment.provider == provider_key
        return ("payment", payment, None) if known else ("other-provider", None, None)
    refund = work.session.scalar(_named(Refund, provider_key, notice))
    if refund is not None:
        known = refund.provider == provider_key
        return ("refund", None, refund) if known else ("other-provider", None, None)
    return "unknown", None, None


def _named(what: type[Payment] | type[Refund], provider_key: str, notice: Told) -> Any:
    by_its_name = (what.provider == provider_key) & (
        what.provider_reference == notice.provider_reference
    )
    named = or_(what.instruction == notice.instruction, by_its_name)
    return select(what).where(named).order_by(what.id).limit(1)


def cancel(work: Work, payment_id: UUID) -> Payment:
    """Stop an attempt to pay. One that the provider may know of ends when the provider says so."""
    order, payment = settling.locked_payment(work, payment_id)
    settling.happened(work, order, payment, CancelWished())
    return payment


def cancel_order(work: Work, order_id: UUID, reason: str) -> Order:
    """Call an order off. While somebody may be paying, it is only wished: money decides.

    `reason` is a code. Raises Conflict("order-has-money") when something has been paid: that is
    given back by a refund.
    """
    order = settling.locked_order(work, order_id)
    if order.cancelled_at is not None:
        return order
    if order.received_ore:
        raise Conflict("order-has-money", state=order.state)
    order.cancel_asked_at, order.cancel_reason = work.now, reason
    settling.stop_live(work, order)
    if settling.live_payment(work, order) is None:
        settling.cancel_now(work, order)
    return order


def follow(work: Work, merged: PersonsMerged) -> None:
    """Two accounts turned out to be one person's: so are their orders."""
    theirs = update(Order).where(Order.payer_person_id == merged.gone)
    work.session.execute(theirs.values(payer_person_id=merged.kept))
