"""The whole table of the attack kit, and a way to see it played line by line."""

import sys
from statistics import median

from tests.identity.kit import Outcome, Stage, Variant, summary
from tests.identity.kit_content import CONTENT
from tests.identity.kit_costly import COSTLY
from tests.identity.kit_forged import FORGED
from tests.identity.kit_golden import GOLDEN
from tests.identity.kit_partings import PARTING_GOLDEN, PARTINGS
from tests.identity.kit_school import SCHOOL, SCHOOL_GOLDEN

GENUINE: list[Variant] = [*GOLDEN, *SCHOOL_GOLDEN, *PARTING_GOLDEN]
VARIANTS: list[Variant] = [*GENUINE, *FORGED, *CONTENT, *SCHOOL, *PARTINGS, *COSTLY]


def played() -> list[Outcome]:
    """Every variant, in order, at desks that share their keys."""
    stage = Stage()
    return [stage.play(variant) for variant in VARIANTS]


def told(outcomes: list[Outcome]) -> str:
    """How it went, in one line."""
    counts = ", ".join(f"{count} {name}" for name, count in summary(outcomes).items())
    taken = [one.milliseconds for one in outcomes]
    return (
        f"{len(outcomes)} variants, {len(GENUINE)} of them golden: {counts};"
        f" processor time {median(taken):.1f} ms at the median, {max(taken):.1f} ms at most"
    )


def main() -> int:
    """Play all, print all; 1 when something came out wrong."""
    outcomes = played()
    print(*outcomes, told(outcomes), sep="\n")
    return 1 if any(summary(outcomes).values()) else 0


if __name__ == "__main__":
    sys.exit(main())
