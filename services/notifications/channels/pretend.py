"""A channel for tests: it keeps what it is given."""

from dataclasses import dataclass, field

from services.kernel.errors import Invalid, Unavailable
from services.notifications.sending import Parcel


@dataclass
class PretendChannel:
    """Takes every letter, unless it is told to refuse. It does not load in production."""

    production: bool = False
    sender_name: str = "Salems kommun"
    refusing: Invalid | Unavailable | None = None
    taken: list[Parcel] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.production:
            raise ValueError("the pretend channel is not for production")

    def deliver(self, parcel: Parcel) -> None:
        """Keep the letter, or refuse as told."""
        if self.refusing is not None:
            raise self.refusing
        self.taken.append(parcel)
