"""How a time is counted: from which day, how long, and how much longer for each pause."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from services.kernel.calendar import (
    last_day,
    next_working_day,
    working_days_after,
    working_days_between,
)


class Length(Protocol):
    """A number of days, weeks or months."""

    @property
    def length(self) -> int: ...

    @property
    def unit(self) -> str: ...


def counted(start: date, how: Length) -> date:
    """The last day of a time that begins on a day (1930:173); working days for promises."""
    if how.unit == "working_days":
        return working_days_after(start, how.length)
    return last_day(start, **{how.unit: how.length})


def longer(due: date, pauses: Iterable[tuple[date, date]], unit: str) -> date:
    """A last day moved by the days that passed in pauses, each from and to a day."""
    if unit == "working_days":
        return working_days_after(due, sum(working_days_between(*each) for each in pauses))
    days = sum(((to - since).days for since, to in pauses), 0)
    return next_working_day(due + timedelta(days=days))


def share_passed(start: date, due: date, today: date) -> float:
    """How much of a time has passed: 0 on its first day, 1 on its last."""
    return (today - start).days / max((due - start).days, 1)
