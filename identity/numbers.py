"""Swedish identity numbers as e-IDs deliver them: twelve digits, no hyphen."""

import re
from datetime import date

TWELVE = re.compile(r"(?:18|19|20)[0-9]{10}", re.ASCII)
COORDINATION = 60


def is_personal_number(value: str) -> bool:
    """Whether it is a well-formed personnummer or samordningsnummer (SKV 704)."""
    if not TWELVE.fullmatch(value) or value[8:11] == "000":
        return False
    return _is_day(value) and _has_check_digit(value[2:])


def is_coordination_number(value: str) -> bool:
    """Whether the day has sixty added to it, which marks a samordningsnummer."""
    return len(value) == 12 and int(value[6:8]) > COORDINATION


def _is_day(value: str) -> bool:
    day = int(value[6:8])
    try:
        date(int(value[:4]), int(value[4:6]), day - COORDINATION if day > COORDINATION else day)
    except ValueError:
        return False
    return True


def _has_check_digit(ten: str) -> bool:
    total = 0
    for place, digit in enumerate(ten):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return total % 10 == 0
