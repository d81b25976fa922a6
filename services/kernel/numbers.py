"""Numbers for people, and secrets for links."""

import hashlib
import secrets
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

SWEDEN = ZoneInfo("Europe/Stockholm")
# What is added to the day in a samordningsnummer (SKV 707).
COORDINATION = 60
# No 0/O, 1/I/L, 2/Z, 5/S, 8/B or U/V: what is read aloud on the telephone is heard right.
LETTERS = "3467ACDEFGHJKMNPQRTWXY9"


def case_number(now: datetime) -> str:
    """A case number such as S24-26-4F7K9C: no personal data, no order to guess from."""
    tail = "".join(secrets.choice(LETTERS) for _ in range(6))
    return f"S24-{now.astimezone(SWEDEN):%y}-{tail}"


def day_of_birth(number: str) -> date | None:
    """The day that a personnummer of twelve digits tells, sixty off for a samordningsnummer.

    None when it tells none.
    """
    day = int(number[6:8])
    with suppress(ValueError):
        return date(int(number[:4]), int(number[4:6]), day % COORDINATION)
    return None


def new_secret() -> str:
    """A secret for a link or a cookie: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What we keep of a secret, so that a stolen database opens no link."""
    return hashlib.sha256(secret.encode()).hexdigest()
