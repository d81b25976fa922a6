"""Signing out at the provider too, after one has signed out here (ID-23).

The local session has ended before anything of this begins, and a session that has run out by
itself never leads here.
"""

import json

from flask import g, request
from werkzeug.wrappers import Response

from app import i18n
from app.federation import federation
from app.sign_in import settings
from app.transactions import work
from identity.claims import NameID, ProviderSession
from identity.provider import Provider, ServiceProvider
from services.kernel.errors import NotFound
from services.people import logouts
from services.people.models import LoginSession

COOKIE = "salem24_logout"


def remember(token: str, session: ProviderSession | None, provider: str, entity: str) -> None:
    """Keep what a provider calls the session that was just opened with this token, if anything."""
    if session is None:
        return
    told = {
        "value": session.name.value,
        "format": session.name.format,
        "name_qualifier": session.name.name_qualifier,
        "sp_name_qualifier": session.name.sp_name_qualifier,
        "index": session.index,
    }
    name = whole(session.name, provider, federation().entities[entity])
    logouts.remember(work(), token, provider, logouts.Known(name, session.index, told))


def whole(name: NameID, provider: str, entity: ServiceProvider) -> str:
    """A name with everything that makes it one: what is left out has a meaning (Core 8.3.7)."""
    return json.dumps(
        [
            name.value,
            name.format or "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            name.name_qualifier or provider,
            name.sp_name_qualifier or entity.entity_id,
        ]
    )


def prepare(response: Response, ended: LoginSession) -> None:
    """Let the next page offer the provider's own sign-out, where the provider has one."""
    now = work().now
    provider = federation().directory(now).provider(ended.provider, ended.entity, now)
    if provider is None or not provider.has_logout:
        return
    secret = logouts.offer(work(), ended, i18n.language())
    if secret is not None:
        seconds = int(logouts.OPEN_FOR.total_seconds())
        response.set_cookie(
            COOKIE,
            secret,
            max_age=seconds,
            path="/",
            httponly=True,
            secure=settings().public_url.startswith("https://"),
            samesite="Lax",
        )


def offered() -> Provider | None:
    """The provider whose own session can still be ended; None when there is nothing to end."""
    if g.get("login_session") is not None:
        return None
    try:
        found = logouts.offered(work(), request.cookies[COOKIE])
    except (KeyError, NotFound):
        return None
    now = work().now
    return federation().directory(now).provider(found.provider, found.entity, now)


def session_of(told: dict[str, str | None]) -> ProviderSession:
    """What was kept of a provider's session, as the e-ID layer wants it."""
    name = NameID(
        told["value"] or "", told["format"], told["name_qualifier"], told["sp_name_qualifier"]
    )
    return ProviderSession(name, told["index"])
