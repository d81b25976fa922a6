"""How a payment moves: one table of what may be said about it, and what that leads to.

A payment is never told what state to be in. Something is done or said, an event; the row for
the state and the event says where it leads and what has to be done. There is a row for every
pair: what should not happen is a row too, for it will.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.kernel.money import Money
from services.payments.models import OrderState, PaymentState


class Effect(StrEnum):
    """What a row asks for besides the new state."""

    NOTE = "note"
    SETTLE = "settle"
    LET_GO = "let_go"
    WITHDRAW = "withdraw"
    ALARM = "alarm"


@dataclass(frozen=True)
class Happening:
    """Something that was done or said about a payment."""


@dataclass(frozen=True)
class Tried(Happening):
    """We are about to ask the provider; whether it will hear is not known."""


@dataclass(frozen=True)
class Accepted(Happening):
    """The provider knows of the payment and says what the payer does next."""

    provider_reference: str
    next: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused(Happening):
    """The provider will not begin it, now or later."""

    code: str | None = None


@dataclass(frozen=True)
class Waits(Happening):
    """The provider waits for the payer."""


@dataclass(frozen=True)
class Paid(Happening):
    """The provider has the money, all that was asked for."""

    amount: Money
    paid_at: datetime
    paid_reference: str | None = None


@dataclass(frozen=True)
class PaidOther(Paid):
    """The provider has money, but not the amount that was asked for."""


@dataclass(frozen=True)
class Declined(Happening):
    """The payer or the bank said no."""

    code: str | None = None


@dataclass(frozen=True)
class Failed(Happening):
    """It went wrong, and nothing was paid."""

    code: str | None = None


@dataclass(frozen=True)
class Stopped(Happening):
    """The provider has cancelled it: nothing was paid."""

    code: str | None = None


@dataclass(frozen=True)
class Expired(Happening):
    """The time ran out: nothing was paid."""

    code: str | None = None


@dataclass(frozen=True)
class Unsure(Happening):
    """The provider itself does not know whether money was paid."""

    code: str | None = None


@dataclass(frozen=True)
class CancelWished(Happening):
    """The payer, or we, want it stopped."""


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
            (Tried, Accepted, Refused, Waits, Declined, Failed, Stopped, Expired, CancelWished),
            Row(state),
        ),
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
        **dict.fromkeys((Tried, Accepted, Refused, Waits, Paid, CancelWished), Row(S.PAID)),
        # What is booked stays booked. A provider that takes it back is a difference to explain.
        **dict.fromkeys(
            (PaidOther, Declined, Failed, Stopped, Expired, Unsure), Row(S.PAID, Effect.ALARM)
        ),
    },
    **{state: _ended(state) for state in ENDED_UNPAID},
}
HAPPENINGS = tuple(Happening.__subclasses__()) + tuple(Paid.__subclasses__())


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
