"""The web of Salem 24: parse, ask the domain, answer."""

import importlib
import pkgutil

from flask import Flask

from app import (
    cli,
    errors,
    features,
    health,
    i18n,
    logs,
    rate_limits,
    security,
    sign_in,
    templating,
    transactions,
    visitors,
)
from app.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application, in the order in which a request meets its parts."""
    settings = settings or Settings.from_environment()
    app = Flask(
        __name__,
        static_folder=str(settings.root / "static"),
        template_folder=str(settings.root / "templates"),
    )
    app.config.update(settings.for_flask())
    app.extensions["settings"] = settings
    logs.init_app(app)
    i18n.init_app(app)
    security.init_app(app)
    transactions.init_app(app)
    sign_in.init_app(app)
    rate_limits.init_app(app)
    templating.init_app(app)
    errors.init_app(app)
    health.init_app(app)
    _register_features(app)
    cli.init_app(app)
    visitors.init_app(app)
    transactions.wrap_views(app)
    return app


def _register_features(app: Flask) -> None:
    for found in pkgutil.iter_modules(features.__path__):
        module = importlib.import_module(f"app.features.{found.name}")
        app.register_blueprint(module.bp)
