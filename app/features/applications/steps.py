"""The way through an application: which page comes next, and what is shown on it."""

from dataclasses import dataclass
from typing import Any

from services.cases.models import Case
from services.forms import answers as forms_answers
from services.forms.definition import Page, ServiceDocument
from services.kernel.errors import NotFound


@dataclass(frozen=True)
class Step:
    """One page of the application, with where it stands among those that are asked now."""

    page: Page
    number: int
    of: int
    before: str | None
    after: str | None


def asked(document: ServiceDocument, answers: dict[str, Any]) -> list[Page]:
    """The pages that the answers so far lead through."""
    return list(forms_answers.visible_pages(document, answers))


def step(document: ServiceDocument, answers: dict[str, Any], page_key: str) -> Step:
    """The step with this page's key. Raises NotFound when the answers do not lead there."""
    pages = asked(document, answers)
    keys = [page.key for page in pages]
    if page_key not in keys:
        raise NotFound("page", page=page_key)
    place = keys.index(page_key)
    return Step(
        page=pages[place],
        number=place + 1,
        # The last step is to check the answers.
        of=len(pages) + 1,
        before=keys[place - 1] if place else None,
        after=keys[place + 1] if place + 1 < len(keys) else None,
    )


def first_unanswered(document: ServiceDocument, case: Case, problems: list[Any]) -> str | None:
    """The page to go on with: the first one where something is missing, else none."""
    wrong = {problem.page_key for problem in problems}
    return next((page.key for page in asked(document, case.answers) if page.key in wrong), None)
