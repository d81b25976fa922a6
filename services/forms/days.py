"""Days as people write them, and days counted from today."""

import re
from datetime import date, timedelta

from babel.dates import format_date

BOUND = r"^(\d{4}-\d{2}-\d{2}|today([+-]\d{1,5})?)$"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "jan", "january"),
            ("februari", "feb", "february"),
            ("mars", "mar", "march"),
            ("april", "apr"),
            ("maj", "may"),
            ("juni", "jun", "june"),
            ("juli", "jul", "july"),
            ("augusti", "aug", "august"),
            ("september", "sep", "sept"),
            ("oktober", "okt", "october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}


def bound(text: str, today: date) -> date:
    """The day that a document means by 2026-10-01, today, today+14 or today-90."""
    if text.startswith("today"):
        return today + timedelta(days=int(text.removeprefix("today") or 0))
    return date.fromisoformat(text)


def figure(text: str) -> int | None:
    """A small whole number, or None."""
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def month(text: str) -> int | None:
    """A month by number or by name, in Swedish or English, or None."""
    number = figure(text) or _MONTHS.get(text.lower().rstrip("."))
    return number if number and 1 <= number <= 12 else None


def day_text(day: date, language: str) -> str:
    """A day in running text: 1 oktober 2026."""
    return format_date(day, "d MMMM y", locale=language)
