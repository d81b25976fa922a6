"""File names: what people call their files, made safe to keep, show and write in a header."""

import re
import unicodedata

LONGEST = 120
NAMELESS = "fil"
HIDDEN = "XXXXXX-XXXX"
# Century, year, month, day (or day + 60) and four digits, with the signs that people put between.
PERSONAL_NUMBER = re.compile(
    r"(?<!\d)(?:18|19|20)?\d{2}[-_. ]?(?:0[1-9]|1[0-2])[-_. ]?"
    r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])[-+_. ]?\d{4}(?!\d)"
)
FORBIDDEN = re.compile(r'[<>:"|?*]')
SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg", ".jfif"),
    "image/png": (".png",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
}


def clean(given: str | None) -> str:
    """A name without folders, control characters or anything like a personal number.

    Personal numbers never stand in file names (domain reference §1.1).
    """
    last = re.split(r"[/\\]", given or "")[-1]
    composed = unicodedata.normalize("NFC", last)
    visible = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in composed)
    masked = PERSONAL_NUMBER.sub(HIDDEN, FORBIDDEN.sub("_", visible))
    return _shortened(re.sub(r"\s+", " ", masked).strip(" .")) or NAMELESS


def suffix(name: str) -> str:
    """The suffix in lower case with its dot, or nothing."""
    stem, dot, end = name.rpartition(".")
    return f".{end.lower()}" if stem and dot and 1 <= len(end) <= 8 and end.isalnum() else ""


def fitting(name: str, media_type: str) -> str:
    """The name with a suffix that tells the truth about what the file is."""
    allowed = SUFFIXES[media_type]
    present = suffix(name)
    if present in allowed:
        return name
    stem = name[: len(name) - len(present)] if present else name
    return _shortened(stem + allowed[0])


def _shortened(name: str) -> str:
    end = len(suffix(name))
    stem, kept = (name[:-end], name[-end:]) if end else (name, "")
    return stem[: LONGEST - end].rstrip(" .") + kept
