"""Swedish days: holidays, working days, and the times that the law counts."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from services.kernel.numbers import SWEDEN


def local_day(moment: datetime) -> date:
    """The day in Sweden; it decides when something has come in (förvaltningslagen 22 §)."""
    return moment.astimezone(SWEDEN).date()


@lru_cache(maxsize=32)
def _public_holidays(year: int) -> frozenset[date]:
    # Sundays are holidays by law (1989:253) too, but the weekday tells those.
    return frozenset(holidays.country_holidays("SE", years=year, include_sundays=False))


def is_eve(day: date) -> bool:
    """Midsummer Eve, Christmas Eve and New Year's Eve, which count as holidays (1930:173, 2 §)."""
    midsummer = day.month == 6 and 19 <= day.day <= 25 and day.weekday() == 4
    return midsummer or (day.month, day.day) in {(12, 24), (12, 31)}


def is_working_day(day: date) -> bool:
    """Monday to Friday, no holiday and none of the three eves."""
    return day.weekday() < 5 and day not in _public_holidays(day.year) and not is_eve(day)


def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it (1930:173, 2 §)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def preceding_working_day(day: date) -> date:
    """The nearest working day before a day."""
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def last_day(start: date, *, days: int = 0, weeks: int = 0, months: int = 0) -> date:
    """The last day to act in a time that the law counts from a day (1930:173).

    The first day is not counted. Weeks end on the same weekday, months on the same number or
    on the month's last day; an end on a day off is moved to the next working day.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    number = min(start.day, monthrange(year, month + 1)[1])
    return next_working_day(date(year, month + 1, number) + timedelta(weeks=weeks, days=days))


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after one day up to and including another; 0 if none."""
    days = (last - first).days
    return sum(is_working_day(first + timedelta(days=each + 1)) for each in range(days))


def working_days_after(day: date, count: int) -> date:
    """The day that lies a number of working days after another."""
    while count:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day
