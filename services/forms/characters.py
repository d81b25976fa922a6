"""Letters that may be written: everything but what no keyboard means to send."""

import re
import unicodedata

from services.forms.faults import Fault

# Direction overrides make a text read as something else than it is.
_DECEIVING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2011": "-", "\u2010": "-"})


def one_line(text: str) -> str:
    """The text on one line, without spaces around it. Raises Fault on control characters."""
    return _plain(re.sub(r"\s+", " ", _without_gaps(text)).strip())


def many_lines(text: str) -> str:
    """The text with its lines, each without trailing spaces. Raises Fault on control characters."""
    lines = _without_gaps(text).split("\n")
    return "\n".join(_plain(line.rstrip()) for line in lines).strip()


def echoed(text: str) -> str:
    """What was typed, without the characters that no page may hold, to be shown again."""
    return "".join(
        letter
        for letter in text
        if letter in "\n\r\t" or unicodedata.category(letter) not in ("Cc", "Cs")
    )


def digits(text: str) -> str:
    """The text without spaces and with plain hyphens, as numbers are compared."""
    return re.sub(r"\s", "", one_line(text)).translate(_MINUS)


def _without_gaps(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # What Python counts as space but is a control (FS, GS, RS, US, NEL) is refused, not smoothed.
    if re.search(r"[\x1c-\x1f\x85\x0b\x0c]", text):
        raise Fault("characters")
    return text.replace("\t", " ")


def _plain(text: str) -> str:
    if any(unicodedata.category(letter) in ("Cc", "Cs") or letter in _DECEIVING for letter in text):
        raise Fault("characters")
    return unicodedata.normalize("NFC", text)
