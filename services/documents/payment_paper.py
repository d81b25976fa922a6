"""Papers about money: the receipt of what has been paid, and the invoice of what shall be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from services.documents import typesetting
from services.kernel.words import say

WORDS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "words" / "payment.yaml").read_text("utf-8")
)


@dataclass(frozen=True)
class Item:
    """A line: its words, the amount in words, and how it was reckoned, step by step."""

    words: str
    amount: str
    steps: Sequence[str] = ()


@dataclass(frozen=True)
class Paper:
    """What a paper about money says. `facts` are labels (words' names) with their texts, in order.

    `sums` are rows below the items; the last one is the sum that matters. `code` is a QR code
    as SVG, on an invoice. `day` is the day of the paper.
    """

    kind: str
    language: str
    municipality: str
    number: str
    about: str
    day: date
    facts: Sequence[tuple[str, str]]
    items: Sequence[Item]
    sums: Sequence[tuple[str, str]]
    contact: str
    vat: Sequence[tuple[str, str]] = field(default_factory=tuple)
    payment: Sequence[tuple[str, str]] = field(default_factory=tuple)
    code: str | None = None


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/UA-1 and PDF/A-2a, in the language of its order."""
    return typesetting.pdf("payment", _told(paper))


def word(name: str, language: str) -> str:
    """One of the words that papers about money use."""
    return say(WORDS[name], language)


def _told(paper: Paper) -> dict[str, Any]:
    words = {name: say(text, paper.language) for name, text in WORDS.items()}
    return {
        "language": paper.language,
        "words": words,
        "kind": paper.kind,
        "municipality": paper.municipality,
        "number": paper.number,
        "about": paper.about,
        "day": [paper.day.year, paper.day.month, paper.day.day],
        "facts": [[words[name], text] for name, text in paper.facts],
        "items": [[item.words, item.amount, list(item.steps)] for item in paper.items],
        "sums": [[words[name], text] for name, text in paper.sums],
        "vat": [list(row) for row in paper.vat],
        "payment": [[words[name], text] for name, text in paper.payment],
        "code": paper.code,
        "contact": paper.contact,
    }
