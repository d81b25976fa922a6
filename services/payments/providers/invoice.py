"""An invoice: paid to a bankgiro with an OCR reference, and settled by the bank's file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import luhn

from services.kernel.calendar import local_day, next_working_day
from services.kernel.errors import Invalid, NotFound
from services.payments import ocr
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

KEY = "invoice"
EXAMPLE = "991-2346"
USUAL_DAYS = 30


@dataclass(frozen=True)
class Settings:
    """Where invoices are paid to, and how many days there are to pay them in."""

    bankgiro: str
    days: int


def configured(given: Reader) -> Settings:
    """What the environment says; outside production the bank's own example of a bankgiro."""
    name = "SALEM24_INVOICE_BANKGIRO"
    bankgiro = given.text(name, None if given.production else EXAMPLE)
    digits = bankgiro.replace("-", "")
    if bankgiro and not (len(digits) in (7, 8) and digits.isdecimal() and luhn.is_valid(digits)):
        given.complain(name, "a bankgiro number such as 991-2346")
    return Settings(
        f"{digits[:-4]}-{digits[-4:]}", given.number("SALEM24_INVOICE_DAYS", USUAL_DAYS, 10, 90)
    )


def open_provider(settings: Settings) -> "Invoice":
    """The way to pay."""
    return Invoice(settings)


class Invoice:
    """Makes references; whether one has been paid is known by the incoming files alone."""

    key = KEY
    settles = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def begin(self, asked: Asked) -> Begun:
        """The reference, made of the order's number, and the last day to pay (a working day)."""
        reference = ocr.reference(asked.reference)
        due_on = next_working_day(local_day(asked.asked_at) + timedelta(days=self.settings.days))
        return Begun(
            reference,
            {
                "kind": "invoice",
                "ocr": reference,
                "bankgiro": self.settings.bankgiro,
                "due_on": due_on.isoformat(),
            },
        )

    def ask(self, payment: PaymentFacts) -> Said:
        """Nobody to ask: the bank's file tells."""
        return Said(Outcome.WAITING)

    def cancel(self, payment: PaymentFacts) -> Said:
        """The invoice is not to be paid; money that comes all the same has no owner then."""
        return Said(Outcome.CANCELLED)

    def refund(self, asked: AskedRefund) -> str:
        """Paid out by the treasury; whoever does it notes it."""
        return asked.instruction

    def ask_refund(self, reference: str) -> Said:
        """Nobody to ask: whoever pays out notes it."""
        return Said(Outcome.WAITING)

    def notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """No bank calls; whoever does is somebody else."""
        raise Invalid(FORGED)

    def books(self, day: date) -> list[BookRow]:
        """The bank's files are the books, and they are read by themselves."""
        raise NotFound("provider-books")

    def reason(self, code: str | None) -> Reason:
        """Nothing fails here."""
        return Reason.NOT_DONE
