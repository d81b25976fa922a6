"""Time in a story: it goes forward in working days, and stops at today."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NoReturn

from services.kernel.calendar import is_working_day, local_day, working_days_after
from services.kernel.numbers import SWEDEN

OPENS, CLOSES = 8, 17


class NotYet(Exception):
    """What comes next in the story lies after today."""


class Timeline:
    """A clock that only goes forward. Raises NotYet when it would pass the present moment."""

    def __init__(self, begins: datetime, today: datetime, chance: Random) -> None:
        self.now = begins
        self._today = today
        self._chance = chance

    def minutes(self, least: int, most: int) -> datetime:
        """A little later."""
        return self._to(self.now + timedelta(seconds=self._chance.randint(least * 60, most * 60)))

    def at_the_desk(self, least: int, most: int) -> datetime:
        """A number of working days later, in office hours."""
        day = working_days_after(local_day(self.now), self._chance.randint(least, most))
        while not is_working_day(day):
            day += timedelta(days=1)
        moment = self._on(day, OPENS, CLOSES)
        # On the same day, the desk acts after what it answers to.
        return self._to(
            moment
            if moment > self.now
            else self.now + timedelta(minutes=self._chance.randint(5, 40))
        )

    def at_home(self, least: int, most: int) -> datetime:
        """A number of days later, when people have the time."""
        day = local_day(self.now) + timedelta(days=self._chance.randint(least, most))
        moment = self._on(day, 7, 22)
        return self._to(moment if moment > self.now else self.now + timedelta(hours=1))

    def never(self) -> NoReturn:
        """The story stops here."""
        raise NotYet

    def _on(self, day: date, first: int, last: int) -> datetime:
        minute = self._chance.randrange(first * 60, last * 60)
        clock = time(minute // 60, minute % 60, self._chance.randrange(60))
        return datetime.combine(day, clock, SWEDEN).astimezone(UTC)

    def _to(self, moment: datetime) -> datetime:
        if moment > self._today:
            raise NotYet
        self.now = moment
        return moment
