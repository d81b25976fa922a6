"""Paid at the counter, in cash or by the till's card reader: a clerk notes it with the receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.kernel.errors import Invalid, NotFound
from services.payments.provider import (
    FORGED,
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

KEY = "counter"


@dataclass(frozen=True)
class Settings:
    """Where the counter is, in words."""

    place: str


def configured(given: Reader) -> Settings:
    """What the environment says."""
    return Settings(given.text("SALEM24_COUNTER_PLACE", "Säby torg 16, Salem"))


def open_provider(settings: Settings) -> "Counter":
    """The way to pay."""
    return Counter(settings)


class Counter:
    """Tells what to say at the counter; the clerk's note tells that it is paid."""

    key = KEY
    settles = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def begin(self, asked: Asked) -> Begun:
        """The order's number is what is said at the counter."""
        shown = {"kind": "counter", "reference": asked.reference, "place": self.settings.place}
        return Begun(asked.reference, shown)

    def ask(self, payment: PaymentFacts) -> Said:
        """Nobody to ask: a clerk notes it."""
        return Said(Outcome.WAITING)

    def cancel(self, payment: PaymentFacts) -> Said:
        """It will not be taken at the counter, since the order is no longer found as open."""
        return Said(Outcome.CANCELLED)

    def refund(self, asked: AskedRefund) -> str:
        """Given back at the counter; the clerk notes it."""
        return asked.instruction

    def ask_refund(self, reference: str) -> Said:
        """Nobody to ask: a clerk notes it."""
        return Said(Outcome.WAITING)

    def notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """No counter calls; whoever does is somebody else."""
        raise Invalid(FORGED)

    def books(self, day: date) -> list[BookRow]:
        """The till keeps its own, outside of this system."""
        raise NotFound("provider-books")

    def reason(self, code: str | None) -> Reason:
        """Nothing fails here."""
        return Reason.NOT_DONE
