"""How sure of a person each service needs to be, and whether a session is that (ID-08)."""

from collections.abc import Iterable

from identity import assurance
from services.kernel.work import Actor, Role

# The height of the level of assurance, within its own family, that a service's level calls for.
HEIGHTS = {"bas": 1, "eid": 2, "signed": 3}
# The only level of a service for which a school's word is enough, however high the school puts it.
LOW_RISK = "bas"


def is_enough(level: str, who: Actor) -> bool:
    """Whether somebody may use a service of this level as they are signed in now.

    Staff write in for others, by their own right. The elected have a session of their own for
    their work: towards a service they are anybody. So is a pupil, but for services of low risk.
    """
    if level not in HEIGHTS or who.role is Role.STAFF:
        return True
    held = who.assurance or ""
    if who.role is Role.SCHOOL:
        return level == LOW_RISK and assurance.is_for_low_risk(held)
    return (
        who.role is Role.RESIDENT
        and not assurance.is_for_low_risk(held)
        and assurance.at_least(held, HEIGHTS[level])
    )


def wanted(level: str | None, accepted: Iterable[str]) -> tuple[str, ...]:
    """Of the levels of assurance that an entity accepts, those that a service's level calls for."""
    height = HEIGHTS.get(level or "", 0)
    return tuple(one for one in accepted if assurance.at_least(one, height))


def asked(levels: Iterable[str]) -> str | None:
    """The highest level of a service that all of these levels of assurance are enough for."""
    held = list(levels)
    fitting = [
        name
        for name, height in HEIGHTS.items()
        if all(assurance.at_least(one, height) for one in held)
    ]
    return fitting[-1] if fitting else None
