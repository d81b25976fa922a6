"""A way to pay for development and tests: it keeps its books in memory, and does as it is told.

Unless told otherwise whoever pays this way has paid as soon as it is asked about.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from services.kernel.calendar import local_day
from services.kernel.errors import Invalid, Unavailable
from services.kernel.money import Money
from services.payments.provider import (
    FORGED,
    REFUSED,
    UNREACHABLE,
    Asked,
    AskedRefund,
    Begun,
    BookRow,
    Notice,
    Outcome,
    PaymentFacts,
    Reader,
    Reason,
    Said,
)

KEY = "pretend"
OPEN = (Outcome.WAITING, Outcome.UNKNOWN)


@dataclass(frozen=True)
class Settings:
    """Whether payers pay by themselves, or wait for a test to say what they do."""

    production: bool
    pays_at_once: bool = True


def configured(given: Reader) -> Settings:
    """Never in production."""
    if given.production:
        given.complain("SALEM24_PAYMENT_WAYS", "no pretend way to pay in production")
    return Settings(given.production)


def open_provider(settings: Settings) -> "Pretend":
    """The pretend provider. Raises ValueError in production: nothing would be paid."""
    return Pretend(settings)


@dataclass(frozen=True)
class Entry:
    """A payment or a refund as the provider knows it; a refund's amount is negative."""

    instruction: str
    amount: Money
    outcome: Outcome = Outcome.WAITING
    paid: Money | None = None
    paid_at: datetime | None = None
    code: str | None = None
    of: str | None = None


@dataclass
class Pretend:
    """Payments by instruction. `away` and `refusing` make it fail; `begun` counts the asking."""

    settings: Settings
    away: bool = False
    refusing: str | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    key: str = KEY
    settles: bool = True

    def __post_init__(self) -> None:
        if self.settings.production:
            raise ValueError("the pretend provider is not for production")

    def begin(self, asked: Asked) -> Begun:
        """Note the payment, once."""
        self._answer()
        self.begun.append(asked.instruction)
        self.entries.setdefault(asked.instruction, Entry(asked.instruction, asked.amount))
        return Begun(asked.instruction, {"kind": "redirect", "url": asked.return_url})

    def ask(self, payment: PaymentFacts) -> Said:
        """How it stands; whoever pays at once has paid by now."""
        self._answer()
        entry = self.entries.get(payment.instruction)
        if entry is not None and entry.outcome is Outcome.WAITING and self.settings.pays_at_once:
            self.pay(payment.instruction)
        return self._said(payment.instruction)

    def cancel(self, payment: PaymentFacts) -> Said:
        """End it, unless it has ended."""
        self._answer()
        if payment.instruction in self.entries:
            self.end(payment.instruction, Outcome.CANCELLED)
        return self._said(payment.instruction)

    def refund(self, asked: AskedRefund) -> str:
        """Give back at once, never more than was paid."""
        self._answer()
        if asked.instruction not in self.entries:
            given = [each for each in self.entries.values() if each.of == asked.paid_reference]
            paid = self.entries[asked.paid_reference].paid or Money(0)
            if asked.amount - Money.total(each.amount for each in given) > paid:
                raise Invalid(REFUSED, answer="more-than-paid")
            entry = Entry(asked.instruction, -asked.amount, of=asked.paid_reference)
            self.entries[asked.instruction] = entry
            self.pay(asked.instruction)
        return asked.instruction

    def ask_refund(self, reference: str) -> Said:
        """How it stands with a refund."""
        self._answer()
        said = self._said(reference)
        return said if said.amount is None else replace(said, amount=-said.amount)

    def notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """A notice is JSON with `event`, `instruction` and the secret word."""
        try:
            told = json.loads(body)
            if headers.get("x-pretend") != "sant":
                raise Invalid(FORGED)
            return Notice(str(told["event"]), str(told["instruction"]), None)
        except (ValueError, TypeError, KeyError, RecursionError) as fault:
            raise Invalid(FORGED) from fault

    def books(self, day: date) -> list[BookRow]:
        """What has been paid, and paid back, on the day."""
        self._answer()
        return [
            BookRow(each.instruction, each.of or each.instruction, each.paid, each.paid_at)
            for each in self.entries.values()
            if each.paid is not None and each.paid_at and local_day(each.paid_at) == day
        ]

    def reason(self, code: str | None) -> Reason:
        """The codes are the reasons themselves."""
        return Reason(code) if code in set(Reason) else Reason.NOT_DONE

    def pay(self, instruction: str, amount: Money | None = None) -> None:
        """The payer pays; another amount than was asked for when a test says so."""
        entry = self.entries[instruction]
        if entry.outcome in OPEN:
            paid = entry.amount if amount is None else amount
            self.entries[instruction] = replace(
                entry, outcome=Outcome.PAID, paid=paid, paid_at=datetime.now(UTC)
            )

    def end(self, instruction: str, outcome: Outcome, code: str | None = None) -> None:
        """The payment ends without money, if it has not ended."""
        entry = self.entries[instruction]
        if entry.outcome in OPEN:
            self.entries[instruction] = replace(entry, outcome=outcome, code=code)

    def _said(self, instruction: str) -> Said:
        entry = self.entries.get(instruction)
        if entry is None:
            return Said(Outcome.FAILED, code="unheard-of")
        reference = entry.instruction if entry.paid else None
        return Said(entry.outcome, entry.paid, reference, entry.paid_at, entry.code)

    def _answer(self) -> None:
        if self.away:
            raise Unavailable(UNREACHABLE)
        if self.refusing is not None:
            raise Invalid(REFUSED, answer=self.refusing)
