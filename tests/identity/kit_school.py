"""Pupils and schools in the kit, and what else an assertion may tell of a person (§2.5)."""

from typing import Any

from identity import attributes
from identity.assurance import EIDAS_SUB, LOA3, SCHOOL_BASIC, SCHOOL_LEVELS
from identity.claims import Code
from tests.identity.kit import ACCEPTED, Variant
from tests.identity.minter import TOLVAN, URI, resident
from tests.identity.test_golden import employee, foreigner

Told = list[tuple[str, str, list[str]]]
EARLIER = "189001019802"
PROCESS = "http://id.swedenconnect.se/id-binding/process/"


def pupil(eppn: str = "elin01@skola.example", *more: tuple[str, list[str]]) -> Told:
    """What a school tells of a pupil."""
    return [
        (attributes.EPPN, URI, [eppn]),
        (attributes.GIVEN_NAME, URI, ["Elin"]),
        (attributes.SURNAME, URI, ["Elevsson"]),
        *((name, URI, values) for name, values in more),
    ]


def _golden(name: str, told: Told, level: str = SCHOOL_BASIC, scene: str = "school") -> Variant:
    return Variant("golden school", name, ACCEPTED, {"attributes": told, "level": level}, scene)


def _refused(name: str, told: Told, level: str = SCHOOL_BASIC, **changes: Any) -> Variant:
    bent = {"attributes": told, "level": level, **changes}
    return Variant("school", name, Code.UNVERIFIED, bent, "school")


ROLE = attributes.SCOPED_AFFILIATION
SCHOOL_GOLDEN = [
    *(_golden(f"level {level}", pupil(), level) for level in SCHOOL_LEVELS),
    _golden("capitals in the name", pupil("Elin01@Skola.Example")),
    _golden("a role", pupil("e@skola.example", (ROLE, ["student@skola.example"]))),
    _golden(
        "several roles",
        pupil("e@skola.example", (ROLE, ["staff@skola.example", "x@skola.example"])),
    ),
    _golden("a number", pupil("e@skola.example", (attributes.NATIONAL_NUMBER, [EARLIER]))),
    _golden(
        "school and grade",
        pupil(
            "e@skola.example",
            (attributes.SCHOOL_UNIT, ["12345678", "not a code"]),
            (attributes.SCHOOL_GRADE, ["8"]),
        ),
    ),
    _golden(
        "children of one's own, unread",
        pupil(
            "g@skola.example",
            ("urn:oid:1.2.752.194.10.2.1", ["a@skola.example", "b@skola.example"]),
        ),
    ),
    _golden(
        "a number before",
        [*resident(), (attributes.PREVIOUS_NUMBER, URI, [EARLIER])],
        LOA3,
        "resident",
    ),
    _golden(
        "mail and telephone, unread",
        [
            *resident(),
            ("urn:oid:0.9.2342.19200300.100.1.3", URI, ["a@example.com", "b@example.com"]),
            ("urn:oid:2.5.4.20", URI, ["+4680000000"]),
        ],
        LOA3,
        "resident",
    ),
    _golden(
        "a mapped number by a binding that we do not know: the foreigner it is",
        [
            *foreigner(),
            (attributes.MAPPED_NUMBER, URI, [TOLVAN]),
            (attributes.BINDING, URI, [PROCESS + "unknown"]),
        ],
        EIDAS_SUB,
        "connector",
    ),
]
NAMES = (
    "elin01@other.example",
    "elin01@skola.example.evil.example",
    "elin01@sub.skola.example",
    "elin01",
    "@skola.example",
    "elin01@",
    "e@other.example@skola.example",
    "e lin@skola.example",
)
SCHOOL = [
    *(_refused(f"name {name}", pupil(name)) for name in NAMES),
    _refused("a role elsewhere", pupil("e@skola.example", (ROLE, ["student@other.example"]))),
    _refused("a role without scope", pupil("e@skola.example", (ROLE, ["student"]))),
    _refused(
        "two names", [*pupil()[1:], (attributes.EPPN, URI, ["a@skola.example", "b@skola.example"])]
    ),
    _refused("a name twice", pupil() + pupil()[:1]),
    _refused(
        "a number that is none",
        pupil("e@skola.example", (attributes.NATIONAL_NUMBER, ["190001010000"])),
    ),
    _refused("a foreigner's key", pupil("e@skola.example", (attributes.PRID, ["NO:5068907693"]))),
    _refused("a resident's level", pupil(), LOA3),
    _refused("a level of no school", pupil(), "http://id.skolfederation.se/loa/4"),
    *(
        Variant(
            "school",
            f"{name} at the school's entrance",
            Code.ATTRIBUTES_MISSING,
            {"attributes": told, "level": SCHOOL_BASIC},
            "school",
        )
        for name, told in {
            "a resident": resident(),
            "an employee": employee("r@2120002874"),
            "somebody without a name": pupil()[1:],
        }.items()
    ),
    Variant(
        "school",
        "a pupil at the residents' entrance",
        Code.UNVERIFIED,
        {"attributes": pupil(), "level": SCHOOL_BASIC},
        "resident",
    ),
    Variant(
        "school",
        "a pupil at the staff's entrance",
        Code.UNVERIFIED,
        {"attributes": pupil(), "level": SCHOOL_BASIC},
        "staff",
    ),
    Variant(
        "school",
        "a pupil as a resident of level 3",
        Code.ATTRIBUTES_MISSING,
        {"attributes": pupil(), "level": LOA3},
        "resident",
    ),
    Variant(
        "number",
        "a number before that is none",
        Code.UNVERIFIED,
        {"attributes": [*resident(), (attributes.PREVIOUS_NUMBER, URI, ["191212121213"])]},
    ),
    Variant(
        "number",
        "two numbers before",
        Code.UNVERIFIED,
        {"attributes": [*resident(), (attributes.PREVIOUS_NUMBER, URI, [EARLIER, TOLVAN])]},
    ),
]
