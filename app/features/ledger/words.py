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
        "disputed": _("Disputed"),
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
        "return": _("Money from the bank goes back"),
    }


def difference_words() -> dict[str, str]:
    """How a provider's books and ours differ."""
    return {
        "missing_here": _("They have it, we do not"),
        "missing_there": _("We have it, they do not"),
        "amount": _("The amounts differ"),
        "contradiction": _("They contradict what they said before"),
    }


def file_state_words() -> dict[str, str]:
    """How it stands with a file from the bank."""
    return {
        "waiting": _("Waits for you to confirm"),
        "reading": _("Is being booked"),
        "done": _("Booked"),
        "refused": _("Turned down"),
    }


def file_fault_words(fault: str, line: int | None) -> str:
    """Why a file from the bank was refused, and where; nothing of it is booked."""
    words = {
        "format": _("This is not a file of payments from the bank. Choose a BgMax or a camt.054 file."),
        "xml": _("The file is damaged: its XML cannot be read."),
        "document-type": _("The file holds a document type or entities, which no bank sends. It may be hostile."),
        "record": _("The file holds a record that BgMax does not have."),
        "order": _("The file's records do not stand in the right order."),
        "version": _("The file's version of BgMax is not one that we can read."),
        "end": _("The file is cut off: its end is missing."),
        "length": _("A line of the file is too long."),
        "character": _("The file holds a character that no bank file has."),
        "number": _("There is something else where a number should be."),
        "day": _("There is something else where a day should be."),
        "amount": _("An amount is missing or cannot be read."),
        "reference": _("The kind of a reference is unknown."),
        "currency": _("An amount is in another currency than Swedish kronor."),
        "sum": _("The payments do not add up to the total that the file tells."),
        "count": _("The number of payments is not the one that the file tells."),
        "direction": _("It does not say whether an amount came in or went out."),
        "twice": _("The file tells of the same payment twice."),
        "account": _("The file is for another bankgiro number than ours."),
        "test": _("This is a test file. It is not booked where there is real money."),
    }  # fmt: skip
    told = words.get(fault, _("The file could not be read."))
    return _("%(what)s Look at line %(line)s.", what=told, line=line) if line and line > 1 else told


def stuck_words(code: str) -> str:
    """Why a case has not gone on although it is paid."""
    words = {
        "answers": _("the application no longer holds."),
        "case-state": _("the case is in a state that takes in nothing more."),
        "case": _("the case is gone."),
    }
    return words.get(code, _("something went wrong with us."))


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
        "not-stuck": _("The case has gone on already."),
        "order-together": _("This was paid together. Do it with each of the fees."),
        "row-on-its-way-back": _("Somebody has asked that this money goes back. Refuse that first."),
        "receiver": _("Write to whom and to which account, in at most 200 characters."),
        "row-placed": _("It has been placed already."),
        "difference-explained": _("It has been explained already."),
        "month-not-over": _("The month is not over."),
        "month-closed": _("The month is closed already."),
        "refund-by-provider": _("The provider pays this back by itself."),
        "not-allowed": _("You are not set to do this."),
        "not-at-counter": _("This was not to be paid at the counter."),
        "not-balanced": _("Debit and credit must be the same amount."),
        "no-surplus": _("There is nothing left to pay back, or it is on its way already."),
        "bank-file-too-large": _("The file is larger than 40 MB. Ask those who run the platform to read it."),
        "file-being-read": _("Somebody is reading this very file now. Look again in a while."),
        "bank-file-state": _("Somebody has dealt with the file already."),
        "coding": _("The chart of accounts does not allow this combination of codes."),
        "ledger-not-set-up": _("The chart of accounts lacks an account. Tell those who run the platform."),
    }  # fmt: skip
    return words.get(refusal.code, _("This could not be done. Try again in a while."))
