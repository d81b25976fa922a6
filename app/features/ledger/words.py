"""What states, kinds and refusals mean, in plain words."""

from flask_babel import gettext as _

from services.kernel.errors import Refusal
from services.kernel.money import Money


def state_words() -> dict[str, str]:
    """How it stands with an order."""
    return {
        "open": _("To be paid"),
        "part_paid": _("Paid in part"),
        "paid": _("Paid"),
        "cancelled": _("Called off"),
        "refunded": _("Paid back"),
        "part_refunded": _("Paid back in part"),
        "written_off": _("Written off"),
    }


def payment_words() -> dict[str, str]:
    """How it stands with an attempt to pay."""
    return {
        "planned": _("Planned"),
        "asked": _("Asked for"),
        "waiting": _("Waits for the payer"),
        "paid": _("Paid"),
        "declined": _("Declined"),
        "failed": _("Failed"),
        "cancelled": _("Called off"),
        "expired": _("Timed out"),
        "unknown": _("Unknown: must be looked into"),
    }


def refund_words() -> dict[str, str]:
    """How it stands with money on its way back."""
    return {
        "requested": _("Waits to be attested"),
        "refused": _("Said no to"),
        "attested": _("Attested"),
        "asked": _("On its way"),
        "done": _("Paid back"),
        "failed": _("Failed"),
    }


def adjustment_words() -> dict[str, str]:
    """What somebody wants to book by hand."""
    return {
        "write_off": _("Write-off"),
        "correction": _("Correction"),
        "payout": _("Payout from a provider"),
    }


def difference_words() -> dict[str, str]:
    """How a provider's books and ours differ."""
    return {
        "missing_here": _("They have it, we do not"),
        "missing_there": _("We have it, they do not"),
        "amount": _("The amounts differ"),
        "contradiction": _("They contradict what they said before"),
    }


def refusal_words(refusal: Refusal) -> str:
    """Why it could not be done."""
    most = refusal.details.get("most_ore")
    words = {
        "refund-amount": _("At most %(most)s can be paid back.", most=Money(most or 0)),
        "place-amount": _("At most %(most)s can be placed there.", most=Money(most or 0)),
        "reason": _("Write why, in at most 500 characters."),
        "receipt": _("Write the number of the till's receipt."),
        "own-attest": _("Somebody else must attest what you have asked for."),
        "refund-state": _("Somebody has dealt with it already."),
        "adjustment-state": _("Somebody has dealt with it already."),
        "order-changed": _("Money has come since it was asked for. Look at the order again."),
        "order-not-invoiced": _("There is no invoice left to write off."),
        "payment-state": _("The payment has changed. Look at the order again."),
        "payment": _("No single payment has so much left. Ask for each payment by itself."),
        "order": _("There is no such order among those that you look after."),
        "row-placed": _("It has been placed already."),
        "difference-explained": _("It has been explained already."),
        "month-not-over": _("The month is not over."),
        "month-closed": _("The month is closed already."),
        "refund-by-provider": _("The provider pays this back by itself."),
        "not-allowed": _("You are not set to do this."),
        "not-at-counter": _("This was not to be paid at the counter."),
        "not-balanced": _("Debit and credit must be the same amount."),
        "no-surplus": _("There is nothing left to pay back, or it is on its way already."),
        "coding": _("The chart of accounts does not allow this combination of codes."),
        "ledger-not-set-up": _("The chart of accounts lacks an account. Tell those who run the platform."),
    }  # fmt: skip
    return words.get(refusal.code, _("This could not be done. Try again in a while."))
