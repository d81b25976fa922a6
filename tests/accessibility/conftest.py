"""What accessibility tests share: the stage, and a page that stays open for several checks."""

from collections.abc import Iterator

import pytest

from tests.accessibility.stage import PAGES, Page, Stage, set_up
from tests.accessibility.test_axe import AXE
from tests.live import Chromium
from tests.town import Town


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All checks of a page, then all of the next, instead of all pages for each check."""
    places = [place for place, item in enumerate(items) if "opened" in _fixtures(item)]
    for place, item in zip(places, sorted((items[place] for place in places), key=_where)):
        items[place] = item


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _where(item: pytest.Item) -> tuple[int, bool]:
    told = item.callspec.params  # type: ignore[attr-defined]
    return PAGES.index(told["page"]), told.get("language") == "en"


@pytest.fixture(scope="session")
def stage(town: Town) -> Stage:
    """Cases and drafts for the pages to show."""
    return set_up(town)


@pytest.fixture
def language() -> str:
    """The language of a page, unless a test says another."""
    return "sv"


@pytest.fixture(scope="module")
def axe_in_every_page(browser_program: Chromium) -> Iterator[None]:
    """Each page comes with axe, which is quicker than to bring it there."""
    told = browser_program.told("Page.addScriptToEvaluateOnNewDocument", source=AXE.read_text())
    yield
    browser_program.told("Page.removeScriptToEvaluateOnNewDocument", **told)


@pytest.fixture
def opened(
    browser_program: Chromium, axe_in_every_page: None, stage: Stage, page: Page, language: str
) -> Chromium:
    """The browser at a page, opened for this check or one before it, with nothing preferred."""
    if browser_program.shows == (page, language):
        browser_program.prefer_nothing()
    else:
        browser_program.forget_all_but_the_page()
        page.open(browser_program, stage, language)
        browser_program.shows = (page, language)
    return browser_program
