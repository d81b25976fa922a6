"""Whose money it is: by reference, amount and date. What is not certain is left to a person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select

from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import ocr, policy
from services.payments.bank_file import BankRow
from services.payments.incoming import IncomingRow
from services.payments.lifecycle import LIVE
from services.payments.models import Order, OrderLine, OrderState, Payment
from services.people.models import Organisation
from services.people.secrets import Keyring

DIGITS = re.compile(r"\d{4,25}")
OPEN = (OrderState.OPEN, OrderState.PART_PAID)
SUGGESTED = 5
# An order is hardly paid before it is there, or very long after.
LONGEST = timedelta(days=400)


@dataclass
class Wanted:
    """The orders that some rows may be for, locked, with their lines and live payments."""

    orders: dict[UUID, Order] = field(default_factory=dict)
    by_reference: dict[str, Order] = field(default_factory=dict)
    lines: dict[UUID, list[OrderLine]] = field(default_factory=dict)
    payments: dict[UUID, Payment] = field(default_factory=dict)
    keyring: Keyring | None = None

    def payer_index(self, row: BankRow) -> str | None:
        """The blind index of whoever paid, by the number that the bank tells."""
        digits = "".join(filter(str.isdecimal, row.payer_number or ""))
        if self.keyring is None or len(digits) < 10:
            return None
        return self.keyring.index("orgnr", digits[-10:])


@dataclass(frozen=True)
class Match:
    """What each order gets of a row, what is left, and why."""

    parts: tuple[tuple[Order, Money], ...]
    left: Money
    fault: str | None = None


def references_of(row: BankRow) -> list[str]:
    """The valid references that were given, without blanks and hyphens."""
    given = ["".join(filter(str.isalnum, each)) for each in row.references]
    return [each for each in given if ocr.is_valid(each)]


def wanted(work: Work, rows: Sequence[BankRow]) -> Wanted:
    """Find and lock the orders that rows refer to, in the order of their keys."""
    references = {each for row in rows for each in references_of(row)}
    references |= {each for row in rows for each in _mentioned(row)}
    found = Wanted(keyring=work.resources["keyring"])
    query = select(Order).where(Order.ocr.in_(references)).order_by(Order.id).with_for_update()
    for order in work.session.scalars(query.execution_options(populate_existing=True)):
        found.orders[order.id] = order
        found.by_reference[order.ocr] = order
        found.lines[order.id] = []
    if not found.orders:
        return found
    lines = select(OrderLine).where(OrderLine.order_id.in_(found.orders))
    for line in work.session.scalars(lines.order_by(OrderLine.order_id, OrderLine.position)):
        found.lines[line.order_id].append(line)
    live = select(Payment).where(Payment.order_id.in_(found.orders), Payment.state.in_(LIVE))
    for payment in work.session.scalars(live.execution_options(populate_existing=True)):
        found.payments[payment.order_id] = payment
    return found


def _mentioned(row: BankRow) -> list[str]:
    """References in the text of a message, or with something around them."""
    words = " ".join(filter(None, (row.message, *row.references)))
    return [each for each in DIGITS.findall(words) if ocr.is_valid(each)]


def match(row: BankRow, orders: Wanted) -> Match:
    """Place a row by its references: in one order, or in several whose sum it is exactly."""
    if row.amount.ore < 0:
        return Match((), row.amount, "deduction")
    if not row.references:
        return Match((), row.amount, "no-reference")
    references = references_of(row)
    if len(references) < len(row.references):
        return Match((), row.amount, "wrong-reference")
    found = [orders.by_reference[each] for each in references if each in orders.by_reference]
    if len(found) < len(references) or len(set(references)) < len(references):
        return Match((), row.amount, "unknown-reference")
    if len(found) == 1:
        return _one(row, found[0])
    if Money.total(order.outstanding for order in found) != row.amount:
        return Match((), row.amount, "several-references")
    return Match(tuple((order, order.outstanding) for order in found), Money(0))


def _one(row: BankRow, order: Order) -> Match:
    taken = min(order.outstanding, row.amount)
    if not taken:
        fault = "order-cancelled" if order.cancelled_at is not None else "paid-before"
        return Match((), row.amount, fault)
    left = row.amount - taken
    return Match(((order, taken),), left, "too-much" if left else None)


def suggestions(work: Work, row: IncomingRow) -> list[tuple[Order, list[str]]]:
    """Orders of one's own authorities that money may be for, the likeliest first, with the reasons.

    The reasons are reference, amount and payer.
    """
    found: dict[UUID, tuple[Order, list[str]]] = {}
    mine = policy.visible_to_economy(work.actor)
    for reason, query in _guesses(row).items():
        likely = query.where(mine).order_by(Order.created_at.desc()).limit(SUGGESTED)
        for order in work.session.scalars(likely):
            found.setdefault(order.id, (order, []))[1].append(reason)
    return sorted(found.values(), key=lambda each: -len(each[1]))[:SUGGESTED]


def _guesses(row: IncomingRow) -> dict[str, Select[Order]]:
    given = " ".join(filter(None, (row.reference, row.message)))
    mentioned = [each for each in DIGITS.findall(given) if ocr.is_valid(each)]
    guesses = {"reference": select(Order).where(Order.ocr.in_(mentioned))}
    if row.left_ore <= 0:
        return guesses
    waiting = select(Order).where(Order.state.in_(OPEN), Order.created_at >= row.paid_on - LONGEST)
    left = Order.total_ore - Order.received_ore - Order.written_off_ore
    guesses["amount"] = waiting.where(left == row.left_ore)
    if row.payer_index is not None:
        theirs = select(Organisation.id).where(Organisation.number_index == row.payer_index)
        guesses["payer"] = waiting.where(Order.payer_organisation_id.in_(theirs))
    return guesses
