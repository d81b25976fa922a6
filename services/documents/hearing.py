"""Letters with codes to those who are heard and have no e-ID here: one for each, in one file."""

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

WORDS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "words" / "hearing.yaml").read_text("utf-8")
)


@dataclass(frozen=True)
class Letter:
    """To whom, at what address (lines), about which property, and the code."""

    address: Sequence[str]
    property: str
    code: str


@dataclass(frozen=True)
class Facts:
    """What the letters have in common. `kind` is party, outside or neighbours."""

    kind: str
    language: str
    municipality: str
    authority: str
    contact: str
    service: str
    case_number: str
    question: str
    site: str
    day: date
    answer_by: date
    letters: Sequence[Letter]


def pdf(facts: Facts) -> bytes:
    """The letters as PDF/UA-1 and PDF/A-2a."""
    return typesetting.pdf("hearing", _told(facts))


def _told(facts: Facts) -> dict[str, Any]:
    words = {name: say(text, facts.language) for name, text in WORDS.items()}
    answer_by = format_date(facts.answer_by, "d MMMM y", locale=facts.language)
    return {
        "language": facts.language,
        "words": words,
        "municipality": facts.municipality,
        "authority": facts.authority,
        "contact": facts.contact,
        "title": words[facts.kind],
        "number": facts.case_number,
        "day": [facts.day.year, facts.day.month, facts.day.day],
        "head": [
            [words["case"], facts.case_number],
            [words["about"], facts.service],
            [words["answer_by"], answer_by],
        ],
        "question": breakable(facts.question),
        "how": words["how_text"].format(address=facts.site),
        "letters": [
            {
                "address": [breakable(line) for line in each.address],
                "head": [[words["property"], each.property]] if each.property else [],
                "code": each.code,
            }
            for each in facts.letters
        ],
    }
