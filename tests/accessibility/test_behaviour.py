"""What people do who use a keyboard, enlarge, space out, force colours, or do without scripts."""

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.accessibility.stage import PAGES, Page, Stage, named
from tests.live import Chromium

LOOKS = Path(__file__).with_name("looks.js").read_text()
NARROWEST = 320
MOST_STEPS = 120
TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
# WCAG 2.2, 1.4.12: the distances that a page must stand.
SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }
"""
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
FAULTY = [page for page in PAGES if page.press]


def look(chromium: Chromium, what: str, *arguments: Any) -> Any:
    """What one of the looks sees."""
    return chromium.run(f"{LOOKS}; return looks.{what}(...arguments)", *arguments)


def style(chromium: Chromium, rules: str) -> None:
    """Add rules of the person's own, as a reader's style sheet does."""
    chromium.run(
        "const own = new CSSStyleSheet(); own.replaceSync(arguments[0]);"
        "document.adoptedStyleSheets = [...document.adoptedStyleSheets, own]",
        rules,
    )


def is_wider_than_window(chromium: Chromium) -> bool:
    """Whether one must scroll sideways."""
    page = "document.documentElement"
    return bool(chromium.run(f"return {page}.scrollWidth > {page}.clientWidth"))


def size_of_text(chromium: Chromium) -> float:
    """How large ordinary text is, in pixels."""
    text = "document.querySelector('footer li a')"
    return float(chromium.run(f"return parseFloat(getComputedStyle({text}).fontSize)"))


def press(chromium: Chromium, key: dict[str, Any]) -> None:
    """Press a key and let it go."""
    for moment in ("keyDown", "keyUp"):
        chromium.told("Input.dispatchKeyEvent", type=moment, **key)


def stand_at_the_top(chromium: Chromium) -> None:
    """Begin where the page begins, also where something has taken the focus."""
    chromium.run(
        "document.body.tabIndex = -1; document.body.focus();"
        "document.body.removeAttribute('tabindex'); scrollTo(0, 0)"
    )


def walk(chromium: Chromium) -> list[Any]:
    """Press Tab until the page is left; returns where one has been."""
    been = []
    for _ in range(MOST_STEPS):
        press(chromium, TAB)
        here = chromium.driver.switch_to.active_element
        if here.tag_name == "body" or (been and here == been[0]):
            break
        been.append(here)
    return been


@pytest.mark.parametrize("page", TYPICAL, ids=lambda page: page.name)
def test_the_tab_key_reaches_everything_in_order(chromium: Chromium, stage: Stage, page: Page):
    page.open(chromium, stage)
    stand_at_the_top(chromium)
    wanted = look(chromium, "reachable")[:MOST_STEPS]
    assert walk(chromium)[: len(wanted)] == wanted


@pytest.mark.parametrize("colours", ["none", "active"])
@pytest.mark.parametrize("page", TYPICAL, ids=lambda page: page.name)
def test_where_one_is_can_be_seen(chromium: Chromium, stage: Stage, page: Page, colours: str):
    page.open(chromium, stage)
    chromium.prefer(forced_colors=colours)
    stand_at_the_top(chromium)
    unmarked = chromium.run(f"{LOOKS}; return looks.reachable().map(each => looks.marks(each))")
    for place, (element, before) in enumerate(
        zip(look(chromium, "reachable"), unmarked, strict=True)
    ):
        if place >= MOST_STEPS:
            break
        press(chromium, TAB)
        told = element.get_attribute("outerHTML")[:150]
        assert look(chromium, "marks", element) != before, told
        assert not look(chromium, "isCovered"), told


def test_a_place_that_cannot_be_seen_is_noticed(chromium: Chromium):
    chromium.get("/kontakt")
    style(chromium, "* { outline: none !important; box-shadow: none !important }")
    style(chromium, "a { background: none !important }")
    before = chromium.run(f"{LOOKS}; return looks.marks(looks.reachable()[1])")
    stand_at_the_top(chromium)
    for _ in range(2):
        press(chromium, TAB)
    assert chromium.run(f"{LOOKS}; return looks.marks(looks.reachable()[1])") == before


def test_what_sticks_out_is_noticed(chromium: Chromium):
    chromium.narrow(NARROWEST)
    chromium.get("/kontakt")
    style(chromium, "h1 { width: 400px }")
    assert is_wider_than_window(chromium)
    assert look(chromium, "sticksOut")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_sticks_out_of_a_narrow_window(chromium: Chromium, stage: Stage, page: Page):
    chromium.narrow(NARROWEST)
    page.open(chromium, stage)
    assert not is_wider_than_window(chromium), look(chromium, "sticksOut")


@pytest.mark.parametrize("page", TYPICAL, ids=lambda page: page.name)
def test_text_of_double_size_fits(chromium: Chromium, stage: Stage, page: Page):
    page.open(chromium, stage)
    before = size_of_text(chromium)
    chromium.set_text_size(2)
    page.open(chromium, stage)
    assert size_of_text(chromium) == pytest.approx(2 * before)
    assert not is_wider_than_window(chromium), look(chromium, "sticksOut")
    assert look(chromium, "cutOff") == []


@pytest.mark.parametrize("page", TYPICAL, ids=lambda page: page.name)
def test_spaced_out_text_fits(chromium: Chromium, stage: Stage, page: Page):
    chromium.narrow(NARROWEST)
    page.open(chromium, stage)
    style(chromium, SPACED)
    assert not is_wider_than_window(chromium), look(chromium, "sticksOut")
    assert look(chromium, "cutOff") == []


@pytest.mark.parametrize("page", TYPICAL, ids=lambda page: page.name)
def test_inputs_have_a_border_when_colours_are_forced(chromium: Chromium, stage: Stage, page: Page):
    page.open(chromium, stage)
    chromium.prefer(forced_colors="active")
    assert look(chromium, "borderless") == []


def test_a_dark_page_is_dark_and_a_light_one_light(chromium: Chromium):
    chromium.get("/")
    script = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    seen = {}
    for scheme in ("light", "dark"):
        chromium.prefer(color_scheme=scheme)
        seen[scheme] = sum(chromium.run(script)[:3])
    assert seen["light"] > 600
    assert seen["dark"] < 200


def test_the_first_stop_leads_past_the_menu(chromium: Chromium):
    chromium.get("/e-tjanster/felanmalan")
    press(chromium, TAB)
    first = chromium.driver.switch_to.active_element
    assert first.text == "Hoppa till innehållet"
    assert first.is_displayed()
    press(chromium, ENTER)
    assert chromium.driver.switch_to.active_element.get_attribute("id") == "main"


@pytest.mark.parametrize("page", FAULTY, ids=lambda page: page.name)
def test_the_error_summary_takes_the_focus_and_leads_to_each_field(
    chromium: Chromium, stage: Stage, page: Page
):
    page.open(chromium, stage)
    assert chromium.driver.title.startswith("Fel: ")
    box = chromium.driver.switch_to.active_element
    assert "govuk-error-summary" in box.get_attribute("class")
    links = box.find_elements(By.TAG_NAME, "a")
    assert links
    for link in links:
        target = str(link.get_attribute("href")).split("#")[1]
        link.click()
        reached = chromium.driver.switch_to.active_element
        assert reached.get_attribute("id") == target
        assert reached.get_attribute("type") != "hidden"


@pytest.mark.parametrize("page", FAULTY, ids=lambda page: page.name)
def test_a_faulty_field_is_described_by_what_is_wrong(chromium: Chromium, stage: Stage, page: Page):
    page.open(chromium, stage)
    for link in chromium.driver.find_elements(By.CSS_SELECTOR, ".govuk-error-summary a"):
        target = str(link.get_attribute("href")).split("#")[1]
        described = chromium.run(
            "const field = document.getElementById(arguments[0]);"
            "const by = [field, field.closest('fieldset')].filter(Boolean)"
            "  .map(each => each.getAttribute('aria-describedby')).filter(Boolean).join(' ');"
            "return by.split(' ').map(id => document.getElementById(id)?.textContent).join(' ')",
            target,
        )
        assert link.text in " ".join(described.split()), target
