"""What happens to decisions, told upwards to whoever listens."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.work import Event


@dataclass(frozen=True)
class DecisionMade(Event):
    """A decision has been made, by a delegate or by the committee."""

    decision_id: UUID
    case_id: UUID


@dataclass(frozen=True)
class DecisionFinal(Event):
    """A decision has gained legal force: it can no longer be appealed."""

    decision_id: UUID
    case_id: UUID
