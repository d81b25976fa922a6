"""How a payment moves: one table of what may be said about it, and what that leads to.

A payment is never told what state to be in. Something is done or said, an event; the row for
the state and the event says where it leads and what has to be done. There is a row for every
pair: what should not happen is a row too, for it will.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from services.kernel.money import Money
from services.payments.models import OrderState, PaymentState


class Effect(StrEnum):
    """What a row asks for besides the new state."""

    NOTE = "note"
    SETTLE = "settle"
    CLOSE = "close"
    LET_GO = "let_go"
    WITHDRAW = "withdraw"
    ALARM = "alarm"


@dataclass(frozen=True)
class Happening:
    """Something that was done or said about a payment.

    Some are written down even when they change nothing. `was_known_outside` tells whether the
    provider may have heard of a payment that ends so.
    """

    is_worth_keeping: ClassVar[bool] = True
    was_known_outside: ClassVar[bool] = True

    @property
    def details(self) -> dict[str, Any]:
        """What an event of the payment keeps of it."""
        return {}


@dataclass(frozen=True)
class Tried(Happening):
    """We are about to ask the provider; whether it will hear is not known."""

    is_worth_keeping = False


@dataclass(frozen=True)
class Accepted(Happening):
    """The provider knows of the payment and says what the payer does next."""

    provider_reference: str
    next: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Coded(Happening):
    """Something that the provider gives a code for, in words of its own."""

    code: str | None = None

    @property
    def details(self) -> dict[str, Any]:
        """The code."""
        return {"code": self.code} if self.code else {}


@dataclass(frozen=True)
class Refused(Coded):
    """The provider will not begin it, now or later."""


@dataclass(frozen=True)
class Waits(Happening):
    """The provider waits for the payer."""

    is_worth_keeping = False


@dataclass(frozen=True)
class Paid(Happening):
    """The provider has the money, all that was asked for."""

    amount: Money
    paid_at: datetime
    paid_reference: str | None = None

    @property
    def details(self) -> dict[str, Any]:
        """The amount, and what the provider calls the money."""
        return {"amount_ore": self.amount.ore, "reference": self.paid_reference}


@dataclass(frozen=True)
class PaidOther(Paid):
    """The provider has money, but not the amount that was asked for."""


@dataclass(frozen=True)
class Covered(Happening):
    """Files from the bank have brought all of it; each was booked for itself."""

    paid_at: datetime


@dataclass(frozen=True)
class Declined(Coded):
    """The payer or the bank said no."""


@dataclass(frozen=True)
class Failed(Coded):
    """It went wrong, and nothing was paid."""


@dataclass(frozen=True)
class Stopped(Coded):
    """The provider has cancelled it: nothing was paid."""


@dataclass(frozen=True)
class Expired(Coded):
    """The time ran out: nothing was paid."""


@dataclass(frozen=True)
class Unsure(Coded):
    """The provider itself does not know whether money was paid."""


@dataclass(frozen=True)
class CancelWished(Happening):
    """The payer, or we, want it stopped."""

    was_known_outside = False


@dataclass(frozen=True)
class Row:
    """Where an event leads from a state, and what has to be done."""

    to: PaymentState
    effect: Effect = Effect.NOTE


S = PaymentState
LIVE = (S.PLANNED, S.ASKED, S.WAITING, S.UNKNOWN)
ENDED_UNPAID = (S.DECLINED, S.FAILED, S.CANCELLED, S.EXPIRED)


def _begun(state: PaymentState) -> dict[type[Happening], Row]:
    """Rows of a payment that the provider may know of, and that nobody has ended."""
    return {
        Tried: Row(state),
        # The same answer, once more: what the payer does next may be new.
        Accepted: Row(S.WAITING),
        Refused: Row(S.FAILED, Effect.LET_GO),
        Waits: Row(S.WAITING),
        Paid: Row(S.PAID, Effect.SETTLE),
        PaidOther: Row(S.PAID, Effect.SETTLE),
        Covered: Row(S.PAID, Effect.CLOSE),
        Declined: Row(S.DECLINED, Effect.LET_GO),
        Failed: Row(S.FAILED, Effect.LET_GO),
        Stopped: Row(S.CANCELLED, Effect.LET_GO),
        Expired: Row(S.EXPIRED, Effect.LET_GO),
        Unsure: Row(S.UNKNOWN),
        # The payer may be paying this very moment: only the provider can say that it is stopped.
        CancelWished: Row(state, Effect.WITHDRAW),
    }


def _ended(state: PaymentState) -> dict[type[Happening], Row]:
    """Rows of a payment that ended without money. Late money is money all the same."""
    return {
        **dict.fromkeys(
            (Tried, Refused, Waits, Covered, Declined, Failed, Stopped, Expired, CancelWished),
            Row(state),
        ),
        # Its beginning was under way when it ended: now the provider would take money for it.
        Accepted: Row(state, Effect.WITHDRAW),
        Paid: Row(S.PAID, Effect.SETTLE),
        PaidOther: Row(S.PAID, Effect.SETTLE),
        # It said no and now it does not know: a person must look.
        Unsure: Row(state, Effect.ALARM),
    }


TABLE: dict[PaymentState, dict[type[Happening], Row]] = {
    # Nobody outside has heard of a planned payment: it can be stopped at once, and whatever is
    # said of it is said of something else, unless it is money.
    S.PLANNED: {
        **_begun(S.PLANNED),
        Tried: Row(S.ASKED),
        **dict.fromkeys((Waits, Declined, Failed, Stopped, Expired, Unsure), Row(S.PLANNED)),
        CancelWished: Row(S.CANCELLED, Effect.LET_GO),
    },
    S.ASKED: {
        **_begun(S.ASKED),
        # Asked before it was begun, a provider has never heard of it. It may be begun yet.
        Unsure: Row(S.ASKED),
    },
    S.WAITING: _begun(S.WAITING),
    S.UNKNOWN: {
        **_begun(S.UNKNOWN),
        Refused: Row(S.UNKNOWN),
    },
    S.PAID: {
        **dict.fromkeys(
            (Tried, Accepted, Refused, Waits, Paid, Covered, CancelWished), Row(S.PAID)
        ),
        # What is booked stays booked. A provider that takes it back is a difference to explain.
        **dict.fromkeys(
            (PaidOther, Declined, Failed, Stopped, Expired, Unsure), Row(S.PAID, Effect.ALARM)
        ),
    },
    **{state: _ended(state) for state in ENDED_UNPAID},
}
HAPPENINGS: tuple[type[Happening], ...] = (
    *(Tried, Accepted, Refused, Waits, Paid, PaidOther, Covered),
    *(Declined, Failed, Stopped, Expired, Unsure, CancelWished),
)


def row(state: str, happening: Happening) -> Row:
    """The row of the table for what has happened to a payment in a state."""
    return TABLE[PaymentState(state)][type(happening)]


def order_state(
    *, total: int, received: int, refunded: int, written_off: int, cancelled: bool
) -> OrderState:
    """The state that an order's sums explain; amounts in öre."""
    if refunded:
        return OrderState.REFUNDED if refunded == received else OrderState.PART_REFUNDED
    if received + written_off >= total:
        return OrderState.WRITTEN_OFF if written_off else OrderState.PAID
    if cancelled:
        return OrderState.CANCELLED
    return OrderState.PART_PAID if received else OrderState.OPEN
