"""What every template can use, and the one way to render a page."""

import hashlib
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel import dates, numbers
from flask import Flask, g, make_response, render_template, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response

from app import i18n, interrupted, visitors
from app.config import Settings
from services.cases.policy import AT_DESK
from services.kernel import words
from services.kernel.calendar import local_day
from services.kernel.numbers import SWEDEN
from services.kernel.work import Role
from services.payments.policy import SEES_MONEY
from services.people.commands import ends_at

# What stands for itself in the query of an address, the mark of what is quoted already included.
QUERY = "%/?:@!$&'()*+,;=-._~"
SIGN_INS = {
    Role.RESIDENT: "sessions.mine",
    Role.STAFF: "sessions.of_staff",
    Role.ELECTED: "sessions.of_elected",
}
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def page(template: str, code: int = 200, **context: Any) -> Response:
    """Render a page of a noun's template folder as the answer."""
    # What somebody sent is shown again as it came, but HTML has no place for controls.
    return make_response(CONTROLS.sub("", render_template(template, **context)), code)


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
    environment.globals["url_for"] = address
    environment.globals["say"] = lambda text: words.say(text, i18n.language())

    @app.context_processor
    def who_and_where() -> dict[str, Any]:
        return {
            "language": i18n.language(),
            "actor": visitors.actor(),
            "me": g.get("person_name"),
            "acting_for": g.get("acting_for"),
            "mandate_ended": g.get("mandate_ended", False),
            "session_time": session_time(),
            "settings": settings,
            "other_language": other_language(),
            "may_enter": _entrances(),
            "at_work": visitors.actor().role in (Role.STAFF, Role.ELECTED),
            "interrupted": interrupted.to_show(),
        }


def session_time() -> dict[str, Any] | None:
    """Until when whoever is signed in stays so, and the page that they are on."""
    current = g.get("login_session")
    if current is None:
        return None
    query = f"?{request.query_string.decode(errors='replace')}" if request.query_string else ""
    return {
        "key": str(current.id),
        "ends": ends_at(current),
        "latest": current.expires_at,
        "here": request.script_root + request.path + query,
        "page": SIGN_INS.get(visitors.actor().role),
    }


def _entrances() -> dict[str, bool]:
    who = visitors.actor()
    return {
        "my_pages": who.role is Role.RESIDENT,
        "desk": who.is_staff,
        "elected": who.role is Role.ELECTED,
        "school": who.role is Role.SCHOOL,
        "cases": any(duties & AT_DESK for duties in who.authorities.values()),
        "ledger": any(duties & SEES_MONEY for duties in who.authorities.values()),
    }


def other_language() -> str:
    """The address of this very page in the other language."""
    path = quote(request.path)
    if request.method == "GET" and request.query_string:
        path += f"?{quote(request.query_string, safe=QUERY)}"
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
    return _day_in(value, i18n.language())


@lru_cache(maxsize=4096)
def _day_in(value: date, language: str) -> str:
    return dates.format_date(value, "d MMMM y", locale=language)


def address(endpoint: str, **values: Any) -> str:
    """`url_for` for templates: a page names some forty addresses, mostly the same as others do."""
    if endpoint.startswith(".") or any(name.startswith("_") for name in values):
        return url_for(endpoint, **values)
    return _address(request.script_root, endpoint, tuple(sorted(values.items())))


@lru_cache(maxsize=4096)
def _address(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


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
