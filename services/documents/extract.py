"""An extract of personal data as a document that anybody can read."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date

from services.documents import typesetting
from services.documents.receipt import breakable
from services.kernel.words import say

WORDS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "words" / "extract.yaml").read_text("utf-8")
)


def pdf(
    cases: Sequence[dict[str, Any]],
    *,
    language: str,
    municipality: str,
    authority: str,
    person: str,
    day: date,
) -> bytes:
    """The extract as PDF/UA-1 and PDF/A-2a; `cases` are as `services.records.extract` tells them."""
    words = {name: say(text, language) for name, text in WORDS.items()}
    return typesetting.pdf(
        "extract",
        {
            "language": language,
            "words": words,
            "municipality": municipality,
            "authority": authority,
            "person": breakable(person),
            "day": [day.year, day.month, day.day],
            "taken": format_date(day, "d MMMM y", locale=language),
            "cases": [_told(each, words) for each in cases],
        },
    )


def _told(case: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    facts = [(name, case[name]) for name in ("received", "closed", "name", "email", "phone")]
    answers = [[breakable(each["question"]), breakable(each["answer"])] for each in case["answers"]]
    said = [
        [words["from_you" if each["from_you"] else "to_you"] + " " + each["at"][:10], breakable(each["text"])]
        for each in case["messages"]
    ]  # fmt: skip
    decided = [
        [f"{each['number']} {each['day']}", breakable(f"{each['text']}\n{each['reasons']}".strip())]
        for each in case["decisions"]
    ]
    return {
        "title": f"{case['service']} {case['number']}",
        "facts": [[words[name], breakable(text)] for name, text in facts if text],
        "groups": [
            {"title": words[name], "rows": rows}
            for name, rows in (("answers", answers), ("messages", said), ("decisions", decided))
            if rows
        ],
        "files": [breakable(name) for name in case["files"]],
    }
