"""Answers: what a page gives, which of them count, and how they are shown and handed on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.forms.builder import PageForm
from services.forms.definition import Page, ServiceDocument
from services.forms.faults import Fault
from services.forms.kinds import kind_of
from services.forms.question import Question
from services.forms.question_type import Shown
from services.forms.visibility import kept, visible_pages, visible_questions, walk, warnings_at
from services.kernel.words import FIRST, say

__all__ = [
    "Problem",
    "all_warnings",
    "attributes",
    "check",
    "exported",
    "in_words",
    "kept",
    "loaded",
    "shown",
    "store",
    "visible_pages",
    "visible_questions",
    "warnings",
]

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """A stored answer that does not hold, and where to mend it."""

    question_key: str
    page_key: str
    code: str
    text: str
    part: str = ""


def store(page: Page, form: PageForm) -> dict[str, Any]:
    """The answers of a valid form as JSON-safe data, to be laid over the draft's own.

    A visible question that is left blank gives None. Hidden questions and files are left
    out: what the draft holds of them stays as it is.
    """
    keys = {question.key for question in page.questions}
    return {
        field.question.key: field.data
        for field in form.visible()
        if field.question.key in keys and field.kind.asks and not field.kind.uploads
    }


def loaded(page: Page, answers: Answers) -> dict[str, Any]:
    """The answers to a page, as its form takes them."""
    return {
        question.key: answers[question.key]
        for question in page.questions
        if question.key in answers
    }


def warnings(document: ServiceDocument, page: Page, answers: Answers, language: str) -> list[str]:
    """What to point out on a page although it stops nobody."""
    here = {question.key for question in page.questions}
    told = warnings_at(document, kept(document, answers))
    return [say(warning.text, language) for warning in told if warning.at in here]


def all_warnings(document: ServiceDocument, answers: Answers, language: str) -> list[str]:
    """What to point out before everything is handed in."""
    return [
        say(warning.text, language) for warning in warnings_at(document, kept(document, answers))
    ]


def shown(
    document: ServiceDocument, answers: Answers, language: str, *, masked: bool = False
) -> list[tuple[Page, list[tuple[Question, Shown]]]]:
    """All visible pages with their questions and answers in words; an unanswered one is ''."""
    rows = []
    for page, questions, _ in walk(document, answers):
        asked = [question for question in questions if kind_of(question).asks]
        if asked:
            rows.append((page, [(each, _words(each, answers, language, masked)) for each in asked]))
    return rows


def _words(question: Question, answers: Answers, language: str, masked: bool) -> Shown:
    stored = answers.get(question.key)
    if stored is None:
        return ""
    kind = kind_of(question)
    try:
        return kind.display(question, kind.load(stored), language, masked=masked)
    except (ValueError, TypeError, KeyError, AttributeError):
        # An answer that cannot be read is reported by check(); showing the rest must go on.
        return ""


def in_words(document: ServiceDocument, key: str, stored: Any, language: str) -> Shown:
    """One stored answer in words; '' for a question that the document does not ask."""
    question = next((each for each in document.questions if each.key == key), None)
    return _words(question, {key: stored}, language, False) if question else ""


def check(
    document: ServiceDocument, answers: Answers, today: date, language: str = FIRST
) -> list[Problem]:
    """Judge all answers again, as a whole: still asked, all there, each by its type's own rules."""
    counted = kept(document, answers)
    return [
        Problem(question.key, page.key, fault.code, fault.text(question, language), fault.part)
        for page, questions, _ in walk(document, answers)
        for question in questions
        for fault in _faults(question, counted, today)
    ]


def _faults(question: Question, counted: dict[str, Any], today: date) -> Iterator[Fault]:
    return kind_of(question).examine(question, counted.get(question.key), today, counted)


def attributes(document: ServiceDocument, answers: Answers) -> dict[str, Any]:
    """The answers that the case copies: marked as attributes, and asked."""
    counted = exported(document, answers)
    return {
        question.key: counted[question.key]
        for question in document.questions
        if question.attribute and question.key in counted
    }


def exported(document: ServiceDocument, answers: Answers) -> dict[str, Any]:
    """The answers that count, as JSON-safe data for other systems."""
    counted = kept(document, answers)
    return {
        question.key: kind_of(question).export(kind_of(question).load(counted[question.key]))
        for question in document.questions
        if question.key in counted
    }
