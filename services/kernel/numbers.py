"""Numbers for people, and secrets for links."""

import hashlib
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

SWEDEN = ZoneInfo("Europe/Stockholm")
# No 0/O, 1/I/L, 2/Z, 5/S, 8/B or U/V: what is read aloud on the telephone is heard right.
LETTERS = "3467ACDEFGHJKMNPQRTWXY9"


def case_number(now: datetime) -> str:
    """A case number such as S24-26-4F7K9C: no personal data, no order to guess from."""
    tail = "".join(secrets.choice(LETTERS) for _ in range(6))
    return f"S24-{now.astimezone(SWEDEN):%y}-{tail}"


def new_secret() -> str:
    """A secret for a link or a cookie: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What we keep of a secret, so that a stolen database opens no link."""
    return hashlib.sha256(secret.encode()).hexdigest()
