"""The case handlers' desk."""

from app.features.desk import (
    assigning,
    belongings,
    cases,
    completing,
    distribution,
    helping,
    inbox,
    letters,
    referring,
    registration,
    several,
    taking_out,
)
from app.features.desk.blueprint import bp

__all__ = [
    "assigning",
    "belongings",
    "bp",
    "cases",
    "completing",
    "distribution",
    "helping",
    "inbox",
    "letters",
    "referring",
    "registration",
    "several",
    "taking_out",
]
