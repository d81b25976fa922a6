"""What happens to cases, told upwards to whoever listens."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.work import Event


@dataclass(frozen=True)
class CaseReceived(Event):
    """A draft has been handed in and is a case."""

    case_id: UUID


@dataclass(frozen=True)
class DraftDiscarded(Event):
    """A draft has been thrown away, and is no more."""

    case_id: UUID


@dataclass(frozen=True)
class CaseChanged(Event):
    """A case has got another status, or waits or waits no more for its party."""

    case_id: UUID
    status: str
