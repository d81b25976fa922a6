"""What every way to pay promises, and the words in which it is asked and answers.

A provider is asked by jobs, never while a page waits or a transaction writes. Whatever it is
asked may be asked again: `instruction` is our own, and makes a repetition recognisable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from services.kernel.money import Money

UNREACHABLE = "provider-unreachable"
REFUSED = "provider-refused"
FORGED = "notice-forged"
LOCAL = ("localhost", "127.0.0.1", "::1")


class Outcome(StrEnum):
    """How it stands with a payment or a refund, as its provider sees it."""

    WAITING = "waiting"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why nothing was paid, as a payer needs to know it; the words are the page's."""

    TRY_AGAIN = "try-again"
    ALREADY_PAYING = "already-paying"
    CHECK_NUMBER = "check-number"
    NOT_CONNECTED = "not-connected"
    NOT_DONE = "not-done"
    BANK_DECLINED = "bank-declined"
    PAYER_CANCELLED = "payer-cancelled"
    TIMED_OUT = "timed-out"
    CHECKING = "checking"


@dataclass(frozen=True)
class Asked:
    """A payment that a provider shall begin.

    `instruction` is 32 hexadecimal digits in upper case. `asked_at` is when the payment was
    planned, the same at each repetition. `reference` is the order's number.
    """

    instruction: str
    amount: Money
    reference: str
    message: str
    payer_alias: str | None
    return_url: str
    notice_url: str
    language: str
    asked_at: datetime


@dataclass(frozen=True)
class Begun:
    """A payment that the provider knows of, and what the payer does next, as JSON.

    `next["kind"]` is "redirect" with `url`; "swish" with `token`, `app` (a link to the app, both
    None when the payer opens it without help) and `qr` (the text of a QR code); "invoice" with
    `ocr`, `bankgiro` and `due_on`; or "counter" with `reference`.
    """

    provider_reference: str
    next: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What a provider says of a payment or a refund. `code` is its own word for what is wrong.

    `paid_reference` is what a refund names; `amount` is what was really paid.
    """

    outcome: Outcome
    amount: Money | None = None
    paid_reference: str | None = None
    paid_at: datetime | None = None
    code: str | None = None


@dataclass(frozen=True)
class Notice:
    """What a callback claims has happened. It is never trusted: the provider is asked again.

    `event_id` is the same when the same thing is told again. `instruction` is a payment's or a
    refund's.
    """

    event_id: str
    instruction: str | None
    provider_reference: str | None


@dataclass(frozen=True)
class AskedRefund:
    """Money that shall go back to whoever paid; a part of it or all."""

    instruction: str
    paid_reference: str
    amount: Money
    message: str
    notice_url: str


@dataclass(frozen=True)
class BookRow:
    """A line in the provider's own books; a refund's amount is negative."""

    instruction: str | None
    paid_reference: str
    amount: Money
    booked_at: datetime


class PaymentFacts(Protocol):
    """What a provider needs to know of a payment to be asked about it."""

    @property
    def instruction(self) -> str:
        """Our own name of it."""
        ...

    @property
    def provider_reference(self) -> str | None:
        """The provider's name of it; None when we never heard that it was begun."""
        ...


class Reader(Protocol):
    """Gives a provider its settings, and gathers what is wrong with them."""

    @property
    def production(self) -> bool:
        """Whether real money is paid."""
        ...

    def text(self, name: str, default: str | None) -> str:
        """A variable's text; without a default it must be given."""
        ...

    def url(self, name: str, default: str | None, schemes: tuple[str, ...]) -> str:
        """A variable's address, with one of the schemes."""
        ...

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A variable's whole number."""
        ...

    def file(self, name: str) -> Path:
        """A variable's file, which must be given."""
        ...

    def derived(self, purpose: str) -> bytes:
        """A secret for one purpose alone, the same in every process; 32 bytes."""
        ...

    def complain(self, name: str, expected: str) -> None:
        """Note that a variable is not as expected."""
        ...


class Provider(Protocol):
    """A way to pay.

    Whatever asks over the network raises Unavailable("provider-unreachable") when asking again
    may help, and Invalid("provider-refused", answer=…) when it will not; the answer is its code.
    """

    @property
    def key(self) -> str:
        """Its name in orders, addresses and settings."""
        ...

    @property
    def settles(self) -> bool:
        """Whether the provider itself knows when money has come; else a person or a file tells."""
        ...

    def begin(self, asked: Asked) -> Begun:
        """Begin a payment. Beginning it again is no second payment."""
        ...

    def ask(self, payment: PaymentFacts) -> Said:
        """How it stands with a payment; FAILED when the provider has never heard of it."""
        ...

    def cancel(self, payment: PaymentFacts) -> Said:
        """Make sure that it will not be paid, if it has not been; returns how it stands then."""
        ...

    def refund(self, asked: AskedRefund) -> str:
        """Begin to give money back; returns what to ask about it with."""
        ...

    def ask_refund(self, reference: str) -> Said:
        """How it stands with a refund; PAID when the money has gone back."""
        ...

    def notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Read a callback; the headers' names are in lower case. Asks nobody.

        Raises Invalid("notice-forged") when it does not come from the provider.
        """
        ...

    def books(self, day: date) -> list[BookRow]:
        """What the provider has booked on a Swedish day.

        Raises NotFound("provider-books") when it gives its books in another way.
        """
        ...

    def reason(self, code: str | None) -> Reason:
        """What a payer shall be told about one of its codes."""
        ...


def is_local(address: str) -> bool:
    """Whether an address is this machine's, where nothing but a simulator answers."""
    return urlsplit(address).hostname in LOCAL
