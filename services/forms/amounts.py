"""Numbers as people in Sweden write them (domain reference §1.10)."""

import re
from decimal import ROUND_HALF_UP, Decimal

from services.forms.characters import digits

NO_BREAK = "\u00a0"
MOST_FIGURES = 15
_CURRENCY = re.compile(r"(kronor|kr\.?|sek|:-)$", re.IGNORECASE)
_SWEDISH = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")
_PLAIN = re.compile(r"-?\d+([.,]\d+)?")


def number_from(text: str, *, decimals: int = 2) -> Decimal | None:
    """The number that was written, or None when it is none: 1 234,50 or 1.234,50 or 1234.5.

    A single dot before three figures parts thousands, unless so many decimals are asked for.
    """
    text = digits(text)
    if not text.isascii() or sum(letter.isdigit() for letter in text) > MOST_FIGURES:
        return None
    if _SWEDISH.fullmatch(text) and ("," in text or text.count(".") > 1 or decimals < 3):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None


def ore_from(text: str) -> int | None:
    """An amount of money in öre, or None when it is none: 1 234 kr, 1 234:-, 1234,5."""
    number = number_from(_CURRENCY.sub("", digits(text)))
    if number is None or number != number.quantize(Decimal("0.01"), ROUND_HALF_UP):
        return None
    return int(number * 100)


def number_text(number: Decimal, language: str) -> str:
    """A number with thousands apart: 12 345,67, and in English 12,345.67."""
    whole, _, fraction = f"{abs(number):,f}".partition(".")
    sign = "\u2212" if number < 0 else ""
    if language == "en":
        return sign + whole + (f".{fraction}" if fraction else "")
    return sign + whole.replace(",", NO_BREAK) + (f",{fraction}" if fraction else "")


def kronor_text(ore: int, language: str) -> str:
    """An amount as read by people: 1 688 kr, 1 234,50 kr."""
    kronor = Decimal(ore) / 100
    kronor = kronor.quantize(Decimal(1) if ore % 100 == 0 else Decimal("0.01"))
    return number_text(kronor, language) + NO_BREAK + "kr"
