"""The cookie of log-ins that are under way: one for each tab that somebody signs in from (ID-03).

An answer comes from another site, so only `SameSite=None` brings the cookie along. It holds a
few pairs of handle and secret, the newest last: the handle is the RelayState of the request,
which tells the tabs apart, and the secret is what the database knows the log-in by.
"""

from collections.abc import Sequence

from flask import current_app, request
from werkzeug.wrappers import Response

from app.config import Settings
from services.people import commands

NAME = "__Host-saml"
# Programs that follow forms send no Secure cookie without TLS, not even to this machine: a
# demonstration without TLS gives them a twin, which browsers never bring from another site.
PLAIN_NAME = "saml"
MOST = 4
BETWEEN, WITHIN = "~", ":"
Pair = tuple[str, str]


def remember(response: Response, handle: str, secret: str) -> None:
    """Let the browser hold one more log-in; the oldest gives way when there are too many."""
    _set(response, [*_held(), (handle, secret)][-MOST:])


def secret_of(handle: str | None) -> str | None:
    """The secret of the log-in that was sent with this handle, or of the newest without one."""
    held = _held()
    if handle is None:
        return held[-1][1] if held else None
    return next((secret for name, secret in held if name == handle), None)


def forget(response: Response, handle: str | None) -> None:
    """Let go of the log-in that has been answered; those of other tabs go on."""
    gone = secret_of(handle)
    left = [pair for pair in _held() if pair[1] != gone]
    _set(response, left if gone else _held())


def _held() -> list[Pair]:
    text = request.cookies.get(NAME)
    if text is None and _without_tls():
        text = request.cookies.get(PLAIN_NAME)
    pairs = [part.partition(WITHIN)[::2] for part in (text or "").split(BETWEEN)]
    return [(handle, secret) for handle, secret in pairs if secret][-MOST:]


def _set(response: Response, pairs: Sequence[Pair]) -> None:
    value = BETWEEN.join(WITHIN.join(pair) for pair in pairs)
    seconds = int(commands.PENDING.total_seconds()) if pairs else 0
    response.set_cookie(
        NAME, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="None"
    )
    if _without_tls():
        response.set_cookie(
            PLAIN_NAME, value, max_age=seconds, path="/", httponly=True, samesite="Lax"
        )


def _without_tls() -> bool:
    settings: Settings = current_app.extensions["settings"]
    return not settings.is_production and settings.public_url.startswith("http://")
