"""An invoice: paid to a bankgiro with an OCR reference, and settled by the bank's file."""

from dataclasses import dataclass
from datetime import timedelta

from stdnum import luhn

from services.kernel.calendar import local_day, next_working_day
from services.payments import ocr
from services.payments.by_hand import ByHand
from services.payments.provider import Asked, Begun, Reader

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


class Invoice(ByHand):
    """Makes references; whether one has been paid is known by the incoming files alone."""

    key = KEY

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
