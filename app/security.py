"""What every answer carries, and what no request gets past."""

import unicodedata

from flask import Flask, g, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from app.config import Settings

csrf = CSRFProtect()

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), geolocation=(self)",
}
# A form may lead on to the e-ID provider: browsers apply form-action to the redirect too.
POLICY = (
    "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "form-action 'self'{providers}; img-src 'self' data:"
)
LINE_BREAKS_AND_TABS = "\n\r\t"


def init_app(app: Flask) -> None:
    """CSRF protection, headers, proxies, and the refusal of characters that nothing can store."""
    settings: Settings = app.extensions["settings"]
    csrf.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    policy = POLICY.format(providers="".join(f" {origin}" for origin in settings.provider_origins))
    secure = settings.public_url.startswith("https://")

    @app.before_request
    def refuse_control_characters() -> None:
        texts = [request.path, *request.args.keys(), *request.args.values()]
        if any(has_control_characters(text) for text in texts):
            raise BadRequest("control-characters")

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy)
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint != "static" and not g.get("cacheable"):
            response.headers["Cache-Control"] = "no-store"
        return response


def has_control_characters(text: str) -> bool:
    """NUL, control characters and lone surrogates, which no person types and no table stores."""
    return any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in LINE_BREAKS_AND_TABS
        for character in text
    )


def cleaned(text: str) -> str:
    """The text without such characters, for keeping what somebody typed as a draft."""
    return "".join(character for character in text if not has_control_characters(character))
