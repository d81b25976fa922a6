"""The receipt: what was handed in, when, and what happens now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date

from services.documents import typesetting
from services.kernel.numbers import SWEDEN
from services.kernel.words import FIRST, say

WORDS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "words" / "receipt.yaml").read_text("utf-8")
)


@dataclass(frozen=True)
class Facts:
    """What a receipt says. `answers` are pages with their labels and texts, in order."""

    language: str
    municipality: str
    service: str
    number: str
    received_at: datetime
    next_steps: str
    answers: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    attachments: Sequence[str] = field(default_factory=tuple)


def pdf(facts: Facts) -> bytes:
    """The receipt as PDF/UA-1 and PDF/A-2a, in the language of the case."""
    return typesetting.pdf("receipt", _told(facts))


def received(moment: datetime, language: str) -> str:
    """1 oktober 2026 kl. 14.32, or 1 October 2026 at 14:32 (domain reference §1.10)."""
    local = moment.astimezone(SWEDEN)
    day = format_date(local.date(), "d MMMM y", locale=language)
    return f"{day} kl. {local:%H.%M}" if language == FIRST else f"{day} at {local:%H:%M}"


def _told(facts: Facts) -> dict[str, Any]:
    local = facts.received_at.astimezone(SWEDEN)
    return {
        "language": facts.language,
        "words": {name: say(text, facts.language) for name, text in WORDS.items()},
        "municipality": facts.municipality,
        "service": facts.service,
        "number": facts.number,
        "received": received(facts.received_at, facts.language),
        "day": [local.year, local.month, local.day],
        "next_steps": breakable(facts.next_steps),
        "answers": [
            {
                "title": title,
                "rows": [[breakable(label), breakable(text)] for label, text in rows],
            }
            for title, rows in facts.answers
            if rows
        ],
        "attachments": [breakable(name) for name in facts.attachments],
    }


def breakable(text: str) -> str:
    """The text with a place to break in words that are longer than a column."""
    return "\n".join(
        " ".join(_broken(word) for word in line.split(" "))
        for line in text.replace("\r\n", "\n").split("\n")
    )


def _broken(word: str, column: int = 30) -> str:
    if len(word) <= column:
        return word
    return "\u200b".join(word[start : start + column] for start in range(0, len(word), column))
