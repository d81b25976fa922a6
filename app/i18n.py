"""Languages: the address decides. `/en/…` is English, everything else is Swedish.

The prefix becomes part of SCRIPT_NAME, so that `url_for` keeps the language by itself and no
route needs to know of it.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.support import Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale
from markupsafe import Markup

from app.config import Settings
from services.kernel.words import FIRST, LANGUAGES

TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class LanguagePrefix:
    """WSGI middleware that moves a leading language from the path to SCRIPT_NAME."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for other in LANGUAGES:
            prefix = f"/{other}"
            if other != FIRST and (path == prefix or path.startswith(f"{prefix}/")):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
                environ["PATH_INFO"] = path[len(prefix) :] or "/"
                environ["salem24.language"] = other
                break
        return self.application(environ, start_response)


def language() -> str:
    """The language of this request, `sv` or `en`."""
    if not has_request_context():
        return FIRST
    return str(request.environ.get("salem24.language", FIRST))


def locale() -> Locale:
    """The locale for dates and numbers in this request."""
    return get_locale() or Locale(FIRST)


def in_template(message: str, **values: Any) -> Markup:
    """A text of a template in the language of this request, with its values escaped.

    A page says some two hundred texts, so each is looked up once for each language.
    """
    return _said(language(), message) % values if values else _plainly_said(language(), message)


def plural_in_template(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """A text of a template that depends on how many there are."""
    said = Markup(_catalogue(language()).ngettext(singular, plural, num))
    return said % {"num": num, **values}


@lru_cache(maxsize=4096)
def _plainly_said(chosen: str, message: str) -> Markup:
    # Always a format string, as Jinja's own gettext has it: %% means %.
    return _said(chosen, message) % {}


@lru_cache(maxsize=4096)
def _said(chosen: str, message: str) -> Markup:
    return Markup(_catalogue(chosen).gettext(message))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(chosen: str) -> NullTranslations:
    return Translations.load(TRANSLATIONS, [chosen])


def init_app(app: Flask) -> None:
    """Set up Babel with the compiled catalogues, and read the language from the address."""
    settings: Settings = app.extensions["settings"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(settings.root / "translations")
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Stockholm"
    app.config["BABEL_DEFAULT_LOCALE"] = FIRST
    Babel(app, locale_selector=language)
    app.jinja_env.globals.update(_=in_template, ngettext=plural_in_template)
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
