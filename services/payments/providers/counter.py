"""Paid at the counter, in cash or by the till's card reader: a clerk notes it with the receipt."""

from dataclasses import dataclass

from services.payments.by_hand import ByHand
from services.payments.provider import Asked, Begun, Reader

KEY = "counter"


@dataclass(frozen=True)
class Settings:
    """Where the counter is, in words."""

    place: str


def configured(given: Reader) -> Settings:
    """What the environment says."""
    return Settings(given.text("SALEM24_COUNTER_PLACE", "Säby torg 16, Salem"))


def open_provider(settings: Settings) -> "Counter":
    """The way to pay."""
    return Counter(settings)


class Counter(ByHand):
    """Tells what to say at the counter; the clerk's note tells that it is paid."""

    key = KEY

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def begin(self, asked: Asked) -> Begun:
        """The order's number is what is said at the counter."""
        shown = {"kind": "counter", "reference": asked.reference, "place": self.settings.place}
        return Begun(asked.reference, shown)
