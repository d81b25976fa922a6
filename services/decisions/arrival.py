"""The day on which a paper counts as come in, when it was not registered at once (FL 22 §)."""

from dataclasses import dataclass
from datetime import date

from services.kernel.calendar import preceding_working_day

# It was handed over or came to a clerk that day; it lay in the letter box when that was first
# emptied that day; it came by post that day, and was probably at the post office the day before.
REACHED, FIRST_EMPTYING, POST = "reached", "first_emptying", "post"
HOWS = (REACHED, FIRST_EMPTYING, POST)


@dataclass(frozen=True)
class Arrival:
    """The day when a paper was in our hands, and how it came there (one of HOWS)."""

    on: date
    how: str = REACHED

    @property
    def counts_from(self) -> date:
        """The day that counts: the nearest preceding working day for what came by box or post."""
        return self.on if self.how == REACHED else preceding_working_day(self.on)
