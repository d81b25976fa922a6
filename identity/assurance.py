"""Levels of assurance: which there are, how high, and who may say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Which rules a level belongs to; eIDAS levels are not translatable to Swedish ones."""

    SWEDISH = "swedish"
    NONRESIDENT = "nonresident"
    EIDAS = "eidas"
    SCHOOL = "school"
    CARE = "care"


@dataclass(frozen=True)
class Level:
    """A level by its URI, its family, and its height within the family."""

    uri: str
    family: Family
    height: int


_ELN = "http://id.elegnamnden.se/loa/1.0/"
_SC = "http://id.swedenconnect.se/loa/1.0/"
_SCHOOL = "http://id.skolfederation.se/loa/"
_CARE = "http://id.sambi.se/loa/"

LOA2, LOA3, LOA4 = _ELN + "loa2", _ELN + "loa3", _ELN + "loa4"
UNCERTIFIED_LOA2, UNCERTIFIED_LOA3 = _SC + "uncertified-loa2", _SC + "uncertified-loa3"
LOA3_NONRESIDENT, LOA4_NONRESIDENT = _SC + "loa3-nonresident", _SC + "loa4-nonresident"
EIDAS_LOW, EIDAS_SUB, EIDAS_HIGH = (
    _ELN + f"eidas-nf-{height}" for height in ("low", "sub", "high")
)
SCHOOL_BASIC = _SCHOOL + "bas"

LEVELS = {
    level.uri: level
    for level in (
        Level(LOA2, Family.SWEDISH, 2),
        Level(LOA3, Family.SWEDISH, 3),
        Level(LOA4, Family.SWEDISH, 4),
        Level(UNCERTIFIED_LOA2, Family.SWEDISH, 2),
        Level(UNCERTIFIED_LOA3, Family.SWEDISH, 3),
        Level(_SC + "loa2-nonresident", Family.NONRESIDENT, 2),
        Level(LOA3_NONRESIDENT, Family.NONRESIDENT, 3),
        Level(LOA4_NONRESIDENT, Family.NONRESIDENT, 4),
        Level(EIDAS_LOW, Family.EIDAS, 2),
        Level(EIDAS_SUB, Family.EIDAS, 3),
        Level(EIDAS_HIGH, Family.EIDAS, 4),
        Level(SCHOOL_BASIC, Family.SCHOOL, 1),
        # Two factors say how somebody signed in, not how surely the school knows them.
        Level(_SCHOOL + "2fa", Family.SCHOOL, 1),
        Level(_SCHOOL + "loa2", Family.SCHOOL, 2),
        Level(_SCHOOL + "loa3", Family.SCHOOL, 3),
        Level(_CARE + "loa2", Family.CARE, 2),
        Level(_CARE + "loa3", Family.CARE, 3),
        Level(_CARE + "loa4", Family.CARE, 4),
    )
}

RESIDENT_LEVELS = (LOA3, LOA4, UNCERTIFIED_LOA3, EIDAS_SUB, EIDAS_HIGH)
LOWER_RESIDENT_LEVELS = (LOA2, UNCERTIFIED_LOA2, EIDAS_LOW)
STAFF_LEVELS = (LOA3, LOA4, UNCERTIFIED_LOA3, LOA3_NONRESIDENT, LOA4_NONRESIDENT)
SCHOOL_LEVELS = tuple(_SCHOOL + name for name in ("bas", "2fa", "loa2", "loa3"))


def family(uri: str) -> Family | None:
    """The family of a level; None for one that we do not know and never accept."""
    known = LEVELS.get(uri)
    return known.family if known else None


def acceptable(wanted: Iterable[str], declared: Iterable[str]) -> tuple[str, ...]:
    """The levels that we want and that the provider may issue, in our order."""
    offered = set(declared)
    return tuple(uri for uri in wanted if uri in offered and uri in LEVELS)


def for_residents(height: int) -> tuple[str, ...]:
    """The levels that residents may sign in with, from a height upwards."""
    every = (*RESIDENT_LEVELS, *LOWER_RESIDENT_LEVELS)
    return tuple(uri for uri in every if at_least(uri, height))


def is_for_low_risk(uri: str) -> bool:
    """Whether it is a school's level, which is never enough for more than a low-risk service.

    Schools vouch for their pupils by rules of their own: however high, it is no Swedish level.
    """
    return family(uri) is Family.SCHOOL


def is_below(uri: str, wanted: Iterable[str]) -> bool:
    """Whether a level is of a wanted family, but lower than all that is wanted of it."""
    known = LEVELS.get(uri)
    kin = [LEVELS[one] for one in wanted if known and family(one) is known.family]
    return known is not None and bool(kin) and all(known.height < one.height for one in kin)


def at_least(uri: str, height: int) -> bool:
    """Whether a level reaches a height within its own family."""
    known = LEVELS.get(uri)
    return known is not None and known.height >= height
