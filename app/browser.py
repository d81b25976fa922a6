"""A browser that has begun something without signing in: a secret of its own, in one cookie."""

from flask import Flask, g, request
from werkzeug.wrappers import Response

from app.sign_in import settings
from services.cases.drafts import KEPT
from services.kernel.numbers import new_secret

NAME = "salem24_draft"
LONGEST = 100


def held_secret() -> str | None:
    """The secret that this browser holds, if it has begun something."""
    held = request.cookies.get(cookie_name()) or g.get("browser_secret")
    return held if held and len(held) <= LONGEST else None


def secret() -> str:
    """The browser's secret, made and sent to it when it has none and something is begun."""
    held = held_secret()
    if held is None:
        held = g.browser_secret = new_secret()
        g.begun = request.method == "POST"
    return held


def cookie_name() -> str:
    """The name of the cookie: with TLS it is bound to this host."""
    return f"__Host-{NAME}" if _secure() else NAME


def _secure() -> bool:
    return settings().public_url.startswith("https://")


def init_app(app: Flask) -> None:
    """Send the cookie with the answer in which something is begun."""

    @app.after_request
    def send(response: Response) -> Response:
        if g.get("begun") and response.status_code < 500:
            response.set_cookie(
                cookie_name(),
                g.browser_secret,
                max_age=KEPT,
                httponly=True,
                secure=_secure(),
                samesite="Lax",
                path="/",
            )
        return response
