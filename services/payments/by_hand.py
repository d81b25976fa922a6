"""What ways to pay have in common that no provider answers for: a person or a file tells."""

from collections.abc import Mapping
from datetime import date

from services.kernel.errors import Invalid, NotFound
from services.payments.provider import (
    FORGED,
    AskedRefund,
    BookRow,
    Notice,
    Outcome,
    PaymentFacts,
    Reason,
    Said,
)


class ByHand:
    """A way without anybody to ask: it waits until somebody notes it, or a file from the bank does."""

    settles = False

    def ask(self, payment: PaymentFacts) -> Said:
        """Nobody to ask."""
        return Said(Outcome.WAITING)

    def cancel(self, payment: PaymentFacts) -> Said:
        """It is not to be paid so any more; money that comes all the same is money."""
        return Said(Outcome.CANCELLED)

    def refund(self, asked: AskedRefund) -> str:
        """Paid out by a person, who notes it."""
        return asked.instruction

    def ask_refund(self, reference: str) -> Said:
        """Nobody to ask."""
        return Said(Outcome.WAITING)

    def notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Nobody calls; whoever does is somebody else."""
        raise Invalid(FORGED)

    def books(self, day: date) -> list[BookRow]:
        """The books are kept outside of this system, by a till or by the bank's files."""
        raise NotFound("provider-books")

    def reason(self, code: str | None) -> Reason:
        """Nothing fails here."""
        return Reason.NOT_DONE
