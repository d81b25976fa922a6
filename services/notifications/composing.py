"""Letters: fixed texts with a few values, as plain text and as simple HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import yaml

from services.kernel.words import say

FOLDER = Path(__file__).with_name("letters")


@dataclass(frozen=True)
class Letter:
    """A letter in one language, ready to be sent."""

    language: str
    subject: str
    text: str
    html: str


def compose(template: str, language: str, values: Mapping[str, Any]) -> Letter:
    """The letter with its values. Raises KeyError when there is no such letter or value."""
    words = _words(template)
    subject = say(words["subject"], language).format_map(values)
    text = say(words["body"], language).format_map(values)
    return Letter(language, subject, text, _html(language, subject, text))


def compose_sms(template: str, language: str, values: Mapping[str, Any]) -> Letter:
    """The letter as a text message. Raises KeyError when it has no words for one."""
    text = say(_words(template)["sms"], language).format_map(values)
    return Letter(language, "", " ".join(text.split()), "")


def names() -> list[str]:
    """The names of all letters."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@lru_cache
def _words(template: str) -> dict[str, dict[str, str]]:
    if template not in names():
        raise KeyError(template)
    words: dict[str, dict[str, str]] = yaml.safe_load(
        (FOLDER / f"{template}.yaml").read_text("utf-8")
    )
    return words


def _html(language: str, subject: str, text: str) -> str:
    paragraphs = "\n".join(f"<p>{_paragraph(part)}</p>" for part in text.strip().split("\n\n"))
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(subject)}</title>\n</head>\n<body>\n{paragraphs}\n</body>\n</html>\n"
    )


def _paragraph(text: str) -> str:
    lines = (
        _link(line) if line.startswith(("https://", "http://")) else escape(line)
        for line in text.split("\n")
    )
    return "<br>\n".join(lines)


def _link(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'
