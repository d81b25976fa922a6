"""The e-IDs as somebody who signs in chooses among them: in order, with logos, remembered or not.

What somebody chose last is remembered only if they ask for it, in a cookie that says which e-ID
and nothing else. It comes first then; nobody is ever sent on without choosing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from babel import Locale
from flask import current_app, request
from werkzeug.wrappers import Response

from app import i18n
from app.sign_in import settings
from identity.begin import COUNTRIES
from identity.logos import Logos
from identity.provider import Provider, Words

NAME = "salem24_e-id"
A_YEAR = 365 * 24 * 3600
# The alphabet of Swedish and of English: å, ä and ö come last.
LAST = str.maketrans({"Å": "{", "Ä": "|", "Ö": "}", "å": "{", "ä": "|", "ö": "}"})


@dataclass(frozen=True)
class Offered:
    """An e-ID to choose: with what is said of it, its logo if we have one, and whether it was chosen last."""

    provider: Provider
    text: Words
    logo: str | None
    is_remembered: bool


def arranged(providers: Iterable[Provider]) -> list[Offered]:
    """The e-IDs in the municipality's order; the one that is remembered comes first."""
    choice, remembered = settings().eid_choice, remembered_mark()
    offered = [
        Offered(
            provider,
            choice.texts.get(provider.entity_id, provider.descriptions),
            logos().name_of(provider.entity_id),
            mark(provider.entity_id) == remembered,
        )
        for provider in sorted(providers, key=lambda one: choice.place(one.entity_id))
    ]
    return sorted(offered, key=lambda one: not one.is_remembered)


def countries() -> list[tuple[str, str]]:
    """The countries whose e-IDs work here, by code and by name in the language of the request."""
    names = Locale.parse(i18n.language()).territories
    return sorted(
        ((code, names[code]) for code in COUNTRIES), key=lambda pair: pair[1].translate(LAST)
    )


def mark(entity_id: str) -> str:
    """What the cookie says for an e-ID: the same for everybody, and short."""
    return hashlib.sha256(entity_id.encode()).hexdigest()[:16]


def remembered_mark() -> str | None:
    """What this browser's cookie says, if it has one."""
    return request.cookies.get(cookie_name())


def cookie_name() -> str:
    """The name of the cookie: with TLS it is bound to this host."""
    return f"__Host-{NAME}" if _secure() else NAME


def remember(response: Response, entity_id: str) -> None:
    """Remember an e-ID for a year, as somebody has asked for."""
    response.set_cookie(
        cookie_name(),
        mark(entity_id),
        max_age=A_YEAR,
        httponly=True,
        secure=_secure(),
        samesite="Lax",
        path="/",
    )


def forget(response: Response) -> None:
    """Forget what was remembered."""
    response.delete_cookie(cookie_name(), httponly=True, secure=_secure(), samesite="Lax", path="/")


def _secure() -> bool:
    return settings().public_url.startswith("https://")


def logos() -> Logos:
    """The running application's logos."""
    extensions = current_app.extensions
    if "eid_logos" not in extensions:
        extensions["eid_logos"] = Logos(settings().eid_logos_folder)
    found: Logos = extensions["eid_logos"]
    return found
