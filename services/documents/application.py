"""The whole of an application as one document, for those who sign it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from services.documents import typesetting
from services.documents.receipt import breakable, received
from services.kernel.numbers import SWEDEN
from services.kernel.words import say

WORDS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "words" / "application.yaml").read_text("utf-8")
)


@dataclass(frozen=True)
class Facts:
    """What the document says. Files come with their checksums, so that the signature covers them."""

    language: str
    municipality: str
    service: str
    version: str
    filled_in_at: datetime
    filled_in_by: str
    for_whom: str
    signers: Sequence[tuple[str, str]]
    answers: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    attachments: Sequence[tuple[str, str]]


def pdf(facts: Facts) -> bytes:
    """The document as PDF/UA-1 and PDF/A-2a, in the language of the case."""
    return typesetting.pdf("application", _told(facts))


def _told(facts: Facts) -> dict[str, Any]:
    local = facts.filled_in_at.astimezone(SWEDEN)
    return {
        "language": facts.language,
        "words": {name: say(text, facts.language) for name, text in WORDS.items()},
        "municipality": facts.municipality,
        "service": facts.service,
        "version": facts.version,
        "filled_in": received(facts.filled_in_at, facts.language),
        "by": breakable(facts.filled_in_by),
        "for": breakable(facts.for_whom),
        "day": [local.year, local.month, local.day],
        "signers": [[breakable(name), breakable(capacity)] for name, capacity in facts.signers],
        "answers": [
            {"title": title, "rows": [[breakable(label), breakable(text)] for label, text in rows]}
            for title, rows in facts.answers
            if rows
        ],
        "attachments": [
            [breakable(name), breakable(checksum)] for name, checksum in facts.attachments
        ],
    }
