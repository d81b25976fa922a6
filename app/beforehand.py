"""What a provider is told beforehand: whom we expect, and what to show them (ID-22)."""

from collections.abc import Mapping

from app.sign_in import settings
from app.transactions import session
from identity import attributes
from services.people import queries
from services.people.models import LoginSession

# The identifiers that a provider may wish for, by our kinds.
KINDS = {"pnr": attributes.PERSONAL_NUMBER, "prid": attributes.PRID}


def known(stepped_up: LoginSession | None) -> dict[str, str]:
    """The identifiers of whoever must come back, so that they need not be asked for there."""
    if stepped_up is None:
        return {}
    held = {
        name: queries.identifier(session(), stepped_up.person_id, kind)
        for kind, name in KINDS.items()
    }
    return {name: value for name, value in held.items() if value is not None}


def message() -> Mapping[str, str]:
    """What the provider shows while somebody identifies; whoever was tricked into it may notice."""
    whose = settings().municipality_name
    return {
        "sv": f"Du loggar in i e-tjänsterna hos {whose}. Avbryt om någon annan har bett dig.",
        "en": f"You sign in to the e-services of {whose}. Stop if somebody else has asked you to.",
    }
