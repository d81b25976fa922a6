"""The decision as a letter: what was decided, why, by whom, and how it is appealed (FL 31–33 §§)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date

from services.documents import typesetting
from services.documents.receipt import breakable
from services.kernel.words import say

FOLDER = Path(__file__).parent / "words"
WORDS: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "decision.yaml").read_text("utf-8"))
APPEAL: dict[str, Any] = yaml.safe_load((FOLDER / "appeal.yaml").read_text("utf-8"))


@dataclass(frozen=True)
class Facts:
    """What a decision says. `rows` are who decided and how, as labels of WORDS with their texts."""

    language: str
    municipality: str
    authority: str
    service: str
    case_number: str
    number: str | None
    day: date
    party: str
    outcome: str
    says: str
    reasons: str
    conditions: str
    dissent: str
    law: str
    amount: str
    valid: str
    immediate: bool
    replaces: str
    regime: str
    instance: str | None
    rows: Sequence[tuple[str, str]]


def pdf(facts: Facts) -> bytes:
    """The decision as PDF/UA-1 and PDF/A-2a; a draft is named a proposal."""
    return typesetting.pdf("decision", _told(facts))


def how_to_appeal(
    regime: str, instance: str | None, *, language: str, authority: str, number: str
) -> list[str]:
    """How a decision is appealed, paragraph by paragraph (FL 33 §)."""
    told = APPEAL["through_us" if regime in ("administrative", "planning", "documents") else regime]
    court = say(APPEAL["instances"][instance], language) if instance else ""
    return [
        say(each, language).format(instance=court, authority=authority, number=number)
        for each in told
    ]


def _head(facts: Facts) -> list[tuple[str, str]]:
    """What stands first, as labels of WORDS with their texts; an empty text is left out."""
    return [
        ("number", facts.number or ""),
        ("case", facts.case_number),
        ("about", facts.service),
        ("party", facts.party),
        ("day", format_date(facts.day, "d MMMM y", locale=facts.language)),
        ("outcome", facts.outcome),
        ("amount", facts.amount),
        ("valid", facts.valid),
        ("replaces", facts.replaces),
    ]


def _told(facts: Facts) -> dict[str, Any]:
    words = {name: say(text, facts.language) for name, text in WORDS.items()}
    appeal = how_to_appeal(
        facts.regime,
        facts.instance,
        language=facts.language,
        authority=facts.authority,
        number=facts.number or facts.case_number,
    )
    return {
        "language": facts.language,
        "words": words,
        "municipality": facts.municipality,
        "authority": facts.authority,
        "title": words["title" if facts.number else "proposal"],
        "number": facts.number or facts.case_number,
        "service": facts.service,
        "day": [facts.day.year, facts.day.month, facts.day.day],
        "head": [[words[key], breakable(text)] for key, text in _head(facts) if text],
        "says": breakable(facts.says),
        "conditions": breakable(facts.conditions),
        "reasons": breakable(facts.reasons),
        "dissent": breakable(facts.dissent),
        "law": breakable(facts.law),
        "immediate": facts.immediate,
        "is_made": facts.number is not None,
        "who": [[words[key], breakable(text)] for key, text in facts.rows if text],
        "appeal": appeal if facts.number else [],
    }
