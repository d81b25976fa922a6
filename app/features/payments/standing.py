"""Where an attempt to pay stands, as one word that a page says in many."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from services.payments.models import Order, Payment, PaymentState
from services.payments.provider import Provider, Reason

# What usually takes seconds: after this the page says that it takes longer.
SLOW = timedelta(seconds=45)
MOVING = frozenset({"preparing", "swish", "card", "card-waiting", "checking", "stopping"})
ENDED = frozenset({"declined", "failed", "cancelled", "expired"})


@dataclass(frozen=True)
class Standing:
    """What is true of an attempt to pay now. `moves` means that it may change by itself soon."""

    word: str
    slow: bool
    reason: str = ""

    @property
    def moves(self) -> bool:
        """Whether the page looks again by itself."""
        return self.word in MOVING

    @property
    def has_ended(self) -> bool:
        """Whether nothing was paid, and nothing will be."""
        return self.word in ENDED


def standing(
    order: Order, payment: Payment, provider: Provider | None, now: datetime, *, came_back: bool
) -> Standing:
    """Where the attempt stands. `came_back` is whether the payer has returned from another page."""
    slow = now - payment.created_at > SLOW
    word = _word(payment, came_back=came_back)
    if word not in ENDED:
        return Standing(word, slow)
    reason = provider.reason(payment.last_error) if provider else Reason.NOT_DONE
    if reason is Reason.PAYER_CANCELLED:
        # Whoever said no in the app has not been declined by anybody.
        word = "cancelled"
    return Standing(word, slow, reason_words()[reason] if payment.last_error else "")


def _word(payment: Payment, *, came_back: bool) -> str:
    state = PaymentState(payment.state)
    if state is PaymentState.PAID:
        return "paid"
    if state.value in ENDED:
        return state.value
    if state is PaymentState.UNKNOWN:
        return "checking"
    if payment.cancel_asked_at is not None:
        return "stopping"
    kind = payment.next.get("kind")
    if state is not PaymentState.WAITING or kind is None:
        return "preparing"
    if kind == "redirect":
        return "card-waiting" if came_back else "card"
    return str(kind)


def reason_words() -> dict[Reason, str]:
    """Why nothing was paid, and what helps."""
    return {
        Reason.TRY_AGAIN: _("Something went wrong with us. Try again."),
        Reason.ALREADY_PAYING: _(
            "You already have a Swish payment under way. Finish it in the app, and try again."
        ),
        Reason.CHECK_NUMBER: _("Check the mobile number, and try again."),
        Reason.NOT_CONNECTED: _("The number is not connected to Swish."),
        Reason.NOT_DONE: _("The payment could not be made."),
        Reason.BANK_DECLINED: _("Your bank said no to the payment."),
        Reason.PAYER_CANCELLED: _("The payment was cancelled in the app."),
        Reason.TIMED_OUT: _("The time to approve the payment ran out."),
        Reason.CHECKING: _("We are checking the payment."),
    }


def fingerprint(standing_now: Standing, payment: Payment) -> dict[str, Any]:
    """What a page compares to know whether there is something new to show."""
    return {"state": f"{standing_now.word}:{payment.state}:{standing_now.slow}"}
