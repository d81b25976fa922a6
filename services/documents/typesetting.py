"""Setting a template with its facts. The facts are text, never markup."""

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "templates" / "pdf"
FONTS = ROOT / "static" / "fonts"
# What stands in for a sign that no font of ours has, such as an emoji.
UNKNOWN = "\N{WHITE SQUARE}"
# A new line, and a place where a long word may be broken.
KEPT = "\n\u200b"
LATIN_GREEK_CYRILLIC = 0x0530
PUNCTUATION = range(0x2010, 0x2028)
SYMBOLS = set("\u20ac\u2122\u2212\u2248\u2260\u2264\u2265\u2022\u2030\u2032\u2033\u25a1")


def pdf(template: str, facts: Mapping[str, Any]) -> bytes:
    """The document, tagged and fit for an archive.

    An archive document may hold no sign that its fonts lack, so such signs become squares,
    and the fact `replaced` tells the template to say so.
    """
    try:
        return _compiled(template, {**facts, "replaced": False})
    except typst.TypstError:
        # Most often somebody's emoji. A fault of another kind comes again, and then flies.
        return _compiled(template, {**_replaced(facts), "replaced": True})


def _compiled(template: str, facts: Mapping[str, Any]) -> bytes:
    return typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        pdf_standards=["ua-1", "a-2a"],
    )


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(
            sign if _is_known(sign) else UNKNOWN for sign in unicodedata.normalize("NFC", value)
        )
    if isinstance(value, Mapping):
        return {key: _replaced(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(each) for each in value]
    return value


def _is_known(sign: str) -> bool:
    code = ord(sign)
    if sign in KEPT:
        return True
    if unicodedata.category(sign)[0] in "CM":
        return False
    return code < LATIN_GREEK_CYRILLIC or code in PUNCTUATION or sign in SYMBOLS
