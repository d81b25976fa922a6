"""The five ways in which the domain says no.

A refusal carries a stable code and details as data. Words come from translations
by code, and the status comes from `app/errors.py`: nothing here is shown as it is.
"""

from typing import Any


class Refusal(Exception):
    """Something that a person asked for and cannot have."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class NotFound(Refusal):
    """It does not exist, or not for this person: the two look the same from outside."""


class NotAllowed(Refusal):
    """It exists and the person may know so, but may not do this."""


class Conflict(Refusal):
    """It could have been done in another state of things."""


class Invalid(Refusal):
    """What was given cannot be understood or breaks a rule."""


class Unavailable(Refusal):
    """Something that we depend on is away; trying again later may work."""
