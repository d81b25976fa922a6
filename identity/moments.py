"""Moments as SAML writes them: UTC, with a Z."""

import re
from datetime import UTC, datetime

MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z", re.ASCII)


def read(text: str | None) -> datetime | None:
    """The moment, to the second; None when there is none or it cannot be one."""
    found = MOMENT.fullmatch(text or "")
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None


def written(moment: datetime) -> str:
    """The moment as SAML wants it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
