"""The web of Salem 24: parse, ask the domain, answer."""

import importlib
import pkgutil
from typing import Any

from flask import Flask

from app import (
    browser,
    cli,
    errors,
    features,
    health,
    i18n,
    logs,
    public_pages,
    rate_limits,
    safe_start,
    security,
    sign_in,
    static_files,
    templating,
    transactions,
    visitors,
)
from app.config import Settings

MOST_FILES = 5


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application, in the order in which a request meets its parts."""
    settings = settings or Settings.from_environment()
    app = Flask(
        __name__,
        static_folder=None,
        template_folder=str(settings.root / "templates"),
    )
    app.config.update(_flask_settings(settings))
    app.extensions["settings"] = settings
    safe_start.init_app(app)
    # Merging slashes would redirect to whatever host the request has named.
    app.url_map.merge_slashes = False
    static_files.init_app(app, settings.root / "static")
    logs.init_app(app)
    public_pages.init_app(app)
    i18n.init_app(app)
    security.init_app(app)
    transactions.init_app(app)
    sign_in.init_app(app)
    browser.init_app(app)
    rate_limits.init_app(app)
    templating.init_app(app)
    errors.init_app(app)
    health.init_app(app)
    _register_features(app)
    cli.init_app(app)
    visitors.init_app(app)
    transactions.wrap_views(app)
    return app


def _flask_settings(settings: Settings) -> dict[str, Any]:
    secure = settings.public_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        # Flask's own session holds nothing but the token that protects forms.
        "SESSION_COOKIE_NAME": "__Host-salem24_form" if secure else "salem24_form",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes * MOST_FILES + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 1000,
        # A form may lie open for a day; the draft is kept anyway.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }


def _register_features(app: Flask) -> None:
    for found in pkgutil.iter_modules(features.__path__):
        module = importlib.import_module(f"app.features.{found.name}")
        app.register_blueprint(module.bp)
