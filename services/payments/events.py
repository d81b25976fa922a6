"""What happens to orders, told upwards to whoever listens."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.work import Event


@dataclass(frozen=True)
class OrderPaid(Event):
    """All that an order asks for has come in."""

    order_id: UUID
    owner_kind: str
    owner_id: UUID


@dataclass(frozen=True)
class PaymentEnded(Event):
    """An attempt to pay an order ended without money; another one may begin."""

    order_id: UUID
    owner_kind: str
    owner_id: UUID


@dataclass(frozen=True)
class OrderCancelled(Event):
    """An order will not be paid: what was reserved for it is free again."""

    order_id: UUID
    owner_kind: str
    owner_id: UUID
    reason: str


@dataclass(frozen=True)
class OrderDisputed(Event):
    """Somebody says that an order is wrong: nobody is reminded of it now."""

    order_id: UUID
    owner_kind: str
    owner_id: UUID


@dataclass(frozen=True)
class DisputeSettled(Event):
    """What was said to be wrong stands: reminders go on."""

    order_id: UUID
    owner_kind: str
    owner_id: UUID


@dataclass(frozen=True)
class OrderRefunded(Event):
    """Money has gone back, a part of what was paid or all of it."""

    order_id: UUID
    owner_kind: str
    owner_id: UUID
    amount_ore: int
