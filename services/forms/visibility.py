"""Which pages and questions are asked, given the answers. One walk; conditions look back only."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.forms.conditions import holds
from services.forms.definition import Page, ServiceDocument, Warning
from services.forms.question import Question

Answers = Mapping[str, Any]


def walk(
    document: ServiceDocument, answers: Answers
) -> Iterator[tuple[Page, list[Question], dict[str, Any]]]:
    """Each visible page with its visible questions and the answers that count up to its end.

    An answer to a question that is hidden now counts for nothing, also in later conditions.
    """
    counted: dict[str, Any] = {}
    for page in document.pages:
        if not holds(page.when, counted):
            continue
        questions = []
        for question in page.questions:
            if holds(question.when, counted):
                questions.append(question)
                if answers.get(question.key) is not None:
                    counted[question.key] = answers[question.key]
        if questions:
            yield page, questions, counted


def visible_pages(document: ServiceDocument, answers: Answers) -> list[Page]:
    """The pages that are asked, in order."""
    return [page for page, _, _ in walk(document, answers)]


def visible_questions(page: Page, answers: Answers) -> list[Question]:
    """The questions of a page that are asked, given answers that count."""
    counted = dict(answers)
    questions = []
    for question in page.questions:
        if holds(question.when, counted):
            questions.append(question)
        else:
            counted.pop(question.key, None)
    return questions


def kept(
    document: ServiceDocument, answers: Answers, *, until: str | None = None
) -> dict[str, Any]:
    """The answers that count: those of visible questions, up to but not on a given page."""
    counted: dict[str, Any] = {}
    for page, _, so_far in walk(document, answers):
        if page.key == until:
            break
        counted = dict(so_far)
    return counted


def warnings_at(document: ServiceDocument, answers: Answers) -> list[Warning]:
    """The warnings of the document that apply."""
    return [warning for warning in document.warnings if holds(warning.when, answers)]
