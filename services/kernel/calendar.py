"""Swedish days: holidays and working days."""

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


def working_days_after(day: date, count: int) -> date:
    """The day that lies a number of working days after another."""
    while count:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day
