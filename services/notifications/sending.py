"""What every channel promises."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.notifications.composing import Letter


@dataclass(frozen=True)
class Parcel:
    """A letter with its address. The id makes a repeat recognisable as one."""

    id: UUID
    to: str
    letter: Letter


class Channel(Protocol):
    """A way to reach somebody."""

    @property
    def sender_name(self) -> str:
        """Who the letters are from, in words."""
        ...

    def deliver(self, parcel: Parcel) -> None:
        """Hand the letter over.

        Raises Invalid("mail-refused") when it will never be taken, and
        Unavailable("mail-away") when it may be taken later.
        """
        ...
