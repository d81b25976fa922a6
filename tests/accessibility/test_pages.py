"""Every type of page, opened once in each language, and all that is asked of it there.

The checks of a page follow one another while it stays open, in the order in which they are
written here (see `conftest.py`); each leaves it as it was, but for where the focus is.
"""

import pytest
from selenium.webdriver.common.by import By

from tests.accessibility.looking import (
    NARROWEST,
    SPACED,
    is_wider_than_window,
    look,
    size_of_text,
    style,
    walk,
)
from tests.accessibility.stage import PAGES, Page, Stage, named
from tests.accessibility.test_axe import faults
from tests.live import Chromium

TYPICAL = named(
    "start",
    "catalogue",
    "service",
    "statement",
    "feedback, faulty",
    "sign in",
    "all questions",
    "all questions, faulty",
    "check answers",
    "receipt",
    "follow",
    "my pages",
    "my case",
    "inbox of several",
    "case at the desk",
    "register",
    "elected",
)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
each_typical_page = pytest.mark.parametrize("page", TYPICAL, ids=lambda page: page.name)
each_faulty_page = pytest.mark.parametrize(
    "page", [page for page in PAGES if page.press], ids=lambda page: page.name
)


@pytest.mark.parametrize("language", ["sv", "en"])
@each_page
def test_axe_finds_no_fault(opened: Chromium):
    for scheme in ("light", "dark"):
        opened.prefer(color_scheme=scheme)
        assert faults(opened) == "", scheme


@each_page
def test_nothing_sticks_out_of_a_narrow_window(opened: Chromium):
    opened.narrow(NARROWEST)
    assert not is_wider_than_window(opened), look(opened, "sticksOut")


@each_faulty_page
def test_the_error_summary_takes_the_focus_and_leads_to_each_field(opened: Chromium):
    assert opened.driver.title.startswith("Fel: ")
    box = opened.driver.switch_to.active_element
    assert "govuk-error-summary" in box.get_attribute("class")
    links = box.find_elements(By.TAG_NAME, "a")
    assert links
    for link in links:
        target = str(link.get_attribute("href")).split("#")[1]
        link.click()
        reached = opened.driver.switch_to.active_element
        assert reached.get_attribute("id") == target
        assert reached.get_attribute("type") != "hidden"


@each_faulty_page
def test_a_faulty_field_is_described_by_what_is_wrong(opened: Chromium):
    for link, target, described in look(opened, "faultyFields"):
        assert link in described, target


@pytest.mark.parametrize("colours", ["none", "active"])
@each_typical_page
def test_the_tab_key_reaches_everything_in_order_where_it_can_be_seen(
    opened: Chromium, colours: str
):
    opened.prefer(forced_colors=colours)
    for place, stop in enumerate(walk(opened)):
        assert stop["place"] == place, stop
        assert stop["isMarked"], stop
        assert not stop["isCovered"], stop


@each_typical_page
def test_inputs_have_a_border_when_colours_are_forced(opened: Chromium):
    opened.prefer(forced_colors="active")
    assert look(opened, "borderless") == []


@each_typical_page
def test_spaced_out_text_fits(opened: Chromium):
    opened.narrow(NARROWEST)
    with style(opened, SPACED):
        assert not is_wider_than_window(opened), look(opened, "sticksOut")
        assert look(opened, "cutOff") == []


@each_typical_page
def test_text_of_double_size_fits(opened: Chromium, stage: Stage, page: Page):
    before = size_of_text(opened)
    opened.set_text_size(2)
    opened.shows = None
    page.open(opened, stage)
    assert size_of_text(opened) == pytest.approx(2 * before)
    assert not is_wider_than_window(opened), look(opened, "sticksOut")
    assert look(opened, "cutOff") == []
