"""OCR references of bankgiro payments: digits, then their length, then a check digit."""

import re

from stdnum import luhn

LONGEST = 25
REFERENCE = re.compile(r"[0-9]{4,25}")


def reference(number: str) -> str:
    """The OCR reference made of a number's digits, with length control ("hård nivå 3 och 4").

    Raises ValueError when there are too few digits or too many.
    """
    digits = "".join(character for character in number if character in "0123456789")
    if not 2 <= len(digits) <= LONGEST - 2:
        raise ValueError(f"no OCR reference can be made of {len(digits)} digits")
    counted = digits + str((len(digits) + 2) % 10)
    return counted + luhn.calc_check_digit(counted)


def is_valid(text: str) -> bool:
    """Whether a text is such a reference, with the right length and check digit."""
    if REFERENCE.fullmatch(text) is None:
        return False
    return int(text[-2]) == len(text) % 10 and bool(luhn.is_valid(text))
