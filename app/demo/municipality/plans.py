"""What becomes of each case: which service, which story, when it begins and how it goes.

The plan of a case follows from the seed and its place alone, so that a larger municipality
begins with the same cases as a smaller one, and filling again finds what is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.demo.municipality import sources
from app.demo.municipality.cast import drawn
from services.kernel.calendar import local_day
from services.kernel.numbers import SWEDEN

DAYS = 300
# Every service comes once in each round, before the more usual ones come again.
ROUND = 2
WEIGHTS = {
    "felanmalan": 26,
    "synpunkt": 13,
    "begara-allman-handling": 10,
    "kulturskola": 9,
    "parkeringstillstand": 8,
}
OTHERS = 5
FATES = {
    "usual": 56,
    "completed": 13,
    "waiting": 9,
    "slow": 8,
    "untouched": 4,
    "withdrawn": 5,
    "draft": 5,
}
# Drafts are thrown away after sixty days, so those that there are must be younger.
YOUNG = {"draft": 40, "waiting": 25, "untouched": 12, "slow": 110}
HOURS = (1, 1, 1, 1, 1, 2, 5, 9, 11, 12, 11, 11, 12, 10, 10, 10, 10, 10, 11, 13, 13, 11, 7, 3)


@dataclass(frozen=True)
class Plan:
    """One case of the demonstration before it is told."""

    place: int
    case_id: UUID
    slug: str
    story: dict[str, Any]
    begins: datetime
    fate: str
    chance: Random


def plan(seed: int, place: int, slugs: Sequence[str], today: datetime) -> Plan:
    """The plan of the case at a place."""
    chance = Random(f"{seed}:{place}")
    slug = _slug(place, slugs, chance)
    fate = drawn(chance, FATES)
    return Plan(
        place=place,
        case_id=sources.key("case", seed, place),
        slug=slug,
        story=chance.choice(sources.stories(slug)),
        begins=_begins(fate, today, chance),
        fate=fate,
        chance=chance,
    )


def _slug(place: int, slugs: Sequence[str], chance: Random) -> str:
    around = place % (ROUND * len(slugs))
    if around < len(slugs):
        return slugs[around]
    return drawn(chance, {slug: WEIGHTS.get(slug, OTHERS) for slug in slugs})


def _begins(fate: str, today: datetime, chance: Random) -> datetime:
    longest = YOUNG.get(fate, DAYS)
    day = local_day(today) - timedelta(days=int(longest * chance.random() ** 1.3))
    hour = chance.choices(range(24), weights=HOURS)[0]
    clock = time(hour, chance.randrange(60), chance.randrange(60))
    begins = datetime.combine(day, clock, SWEDEN).astimezone(UTC)
    return begins if begins < today - timedelta(hours=1) else begins - timedelta(days=1)
