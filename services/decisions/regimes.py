"""The ways to appeal: who is addressed, from which day, and how long (domain reference §3.2)."""

from datetime import date, timedelta

from services.kernel.calendar import last_day

WEEKS = 3
# Where the time runs from the notice on the board, not from when the party got the decision.
FROM_THE_BOARD = frozenset({"legality"})
APPEALABLE = frozenset({"administrative", "planning", "legality", "documents"})
# An appeal is handed in to the authority that decided, except for laglighetsprövning.
TO_THE_COURT = frozenset({"legality"})


def is_appealable(regime: str) -> bool:
    """Whether a decision of this kind can be appealed at all."""
    return regime in APPEALABLE


def runs_from_the_board(regime: str) -> bool:
    """Whether the time is counted from the notice board (KL 13 kap. 5 §)."""
    return regime in FROM_THE_BOARD


def last_day_to_appeal(start: date) -> date:
    """Three weeks from the day (FL 44 §; KL 13 kap. 5 §), counted by 1930:173."""
    return last_day(start, weeks=WEEKS)


def in_force_from(last: date) -> date:
    """The first day on which nobody can appeal any more."""
    return last + timedelta(days=1)
