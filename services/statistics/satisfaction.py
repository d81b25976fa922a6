"""What residents think of how their cases went, by service and quarter; few answers are not told.

Answers lie apart from cases and persons (`cases.ratings`). Still, few of them in a quarter could be
tied to those who had a case then, so a quarter is told only when it has `FEW` answers, and what is added up
holds only what is told: else the missing one could be had by subtraction.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from services.cases.rating_models import Rating
from services.cases.ratings import FEW, SCORES
from services.statistics.models import Standing

MOST = 2000
# Those who say that it went well.
GOOD = (4, 5)


@dataclass(frozen=True)
class Quarter:
    """The answers about one service in one quarter: how many gave each score, from one to five."""

    service_id: UUID | None
    begins: date
    counts: tuple[int, ...]

    @property
    def number(self) -> int:
        """Which quarter of its year."""
        return (self.begins.month + 2) // 3

    @property
    def answers(self) -> int:
        """How many have answered."""
        return sum(self.counts)

    @property
    def is_told(self) -> bool:
        """Whether there are answers enough to tell of."""
        return self.answers >= FEW

    @property
    def shares(self) -> list[int] | None:
        """How many of a hundred gave each score, or None where there are too few to tell."""
        if not self.is_told:
            return None
        return [round(100 * each / self.answers) for each in self.counts]

    @property
    def good(self) -> int | None:
        """How many of a hundred say that it went well; None where there are too few to tell."""
        if not self.is_told:
            return None
        return round(100 * sum(self.counts[score - 1] for score in GOOD) / self.answers)


def by_quarter(
    session: Session, since: date, until: date, authorities: set[UUID] | None = None
) -> list[Quarter]:
    """The quarters from the one of `since` to the one of `until`, the newest first, a service at a
    time; of some authorities' services, or of all."""
    first_day = cast(func.date_trunc("quarter", Rating.month), Date)
    each_score = [func.count().filter(Rating.score == score) for score in SCORES]
    query = select(Rating.service_id, first_day, *each_score).where(
        Rating.month.between(begins(since), until)
    )
    if authorities is not None:
        own = select(Standing.service_id).where(Standing.authority_id.in_(authorities))
        query = query.where(Rating.service_id.in_(own))
    rows = session.execute(
        query.group_by(Rating.service_id, first_day)
        .order_by(first_day.desc(), Rating.service_id)
        .limit(MOST)
    )
    return [Quarter(service_id, first, tuple(counts)) for service_id, first, *counts in rows]


def begins(day: date) -> date:
    """The first day of the quarter of a day."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def together(quarters: list[Quarter]) -> list[Quarter]:
    """All services' quarters as one, the oldest first: only what is told of each is in it."""
    sums: dict[date, list[int]] = {}
    for each in quarters:
        if each.is_told:
            total = sums.setdefault(each.begins, [0] * len(SCORES))
            for place, count in enumerate(each.counts):
                total[place] += count
    return [Quarter(None, first, tuple(counts)) for first, counts in sorted(sums.items())]
