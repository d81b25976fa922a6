"""What every template can use, and the one way to render a page."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from flask import Flask, g, make_response, render_template, request
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response

from app import i18n, visitors
from app.config import Settings
from services.kernel import words
from services.kernel.calendar import local_day
from services.kernel.numbers import SWEDEN
from services.kernel.work import Role


def page(template: str, code: int = 200, **context: Any) -> Response:
    """Render a page of a noun's template folder as the answer."""
    return make_response(render_template(template, **context), code)


def init_app(app: Flask) -> None:
    """Strict templates, and our own words and filters."""
    settings: Settings = app.extensions["settings"]
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.do")
    static = settings.root / "static"
    environment.globals.update(
        asset=lambda name: asset(static, name), municipality=settings.municipality_name
    )
    environment.filters.update(
        date=day,
        localday=local_day,
        isoday=lambda value: local_day(value).isoformat(),
        datetime=moment,
        when=when,
        money=money,
        time=clock_time,
    )
    environment.globals["say"] = lambda text: words.say(text, i18n.language())

    @app.context_processor
    def who_and_where() -> dict[str, Any]:
        return {
            "language": i18n.language(),
            "actor": visitors.actor(),
            "me": _name(),
            "acting_for": g.get("acting_for"),
            "settings": settings,
            "other_language": other_language(),
            "may_enter": _entrances(),
        }


def _name() -> str | None:
    person = g.get("person")
    return person.name if person is not None else None


def _entrances() -> dict[str, bool]:
    who = visitors.actor()
    return {
        "my_pages": who.role is Role.RESIDENT,
        "desk": who.is_staff,
        "elected": who.role is Role.ELECTED,
    }


def other_language() -> str:
    """The address of this very page in the other language."""
    path = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return path if i18n.language() != words.FIRST else f"/en{path}"


@lru_cache(maxsize=256)
def asset(static: Path, name: str) -> str:
    """The address of a static file, with its checksum so that it can be kept for ever."""
    checksum = hashlib.sha256((static / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={checksum}"


def _local(value: datetime) -> datetime:
    return value.astimezone(SWEDEN)


def day(value: date | datetime) -> str:
    """1 oktober 2026, or 1 October 2026."""
    if isinstance(value, datetime):
        value = _local(value).date()
    return dates.format_date(value, "d MMMM y", locale=i18n.locale())


def clock_time(value: datetime) -> str:
    """14.32 in Swedish text, 14:32 in English (domain reference §1.10)."""
    return f"{_local(value):%H.%M}" if i18n.language() == words.FIRST else f"{_local(value):%H:%M}"


def moment(value: datetime) -> str:
    """1 oktober 2026 kl. 14.32, or 1 October 2026 at 14:32."""
    link = "kl." if i18n.language() == words.FIRST else "at"
    return f"{day(value)} {link} {clock_time(value)}"


def when(value: date | datetime) -> Markup:
    """A moment as a `time` element, for people and for programs."""
    text = moment(value) if isinstance(value, datetime) else day(value)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)


def money(ore: int) -> str:
    """Öre as kronor: 1 688 kr, 1 234,50 kr (domain reference §1.10)."""
    pattern = "#,##0 ¤" if ore % 100 == 0 else "#,##0.00 ¤"
    text = numbers.format_currency(
        ore / 100, "SEK", pattern, locale=i18n.locale(), currency_digits=False
    )
    return text.replace("SEK", "kr")
