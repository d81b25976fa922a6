"""How pages behave for those who use a keyboard, enlarge, or prefer the dark; and our own eyes."""

from selenium.webdriver.common.keys import Keys

from tests.accessibility.looking import (
    NARROWEST,
    is_wider_than_window,
    look,
    press,
    style,
    walk,
)
from tests.live import Chromium

UNMARKED = """
* { outline: none !important; box-shadow: none !important }
a { background: none !important }
"""


def test_a_place_that_cannot_be_seen_is_noticed(chromium: Chromium):
    chromium.get("/kontakt")
    assert walk(chromium, most=2)[1]["isMarked"]
    with style(chromium, UNMARKED):
        assert not walk(chromium, most=2)[1]["isMarked"]


def test_what_lies_on_top_is_noticed(chromium: Chromium):
    chromium.get("/kontakt")
    assert not walk(chromium, most=2)[1]["isCovered"]
    with style(chromium, "main { position: fixed; inset: 0; z-index: 9 }"):
        assert walk(chromium, most=2)[1]["isCovered"]


def test_a_place_that_is_left_out_is_noticed(chromium: Chromium):
    chromium.get("/kontakt").run("document.querySelectorAll('header a')[1].inert = true")
    assert [each["place"] for each in walk(chromium, most=4)] != [0, 1, 2, 3]


def test_what_sticks_out_is_noticed(chromium: Chromium):
    chromium.narrow(NARROWEST)
    chromium.get("/kontakt")
    with style(chromium, "h1 { width: 400px }"):
        assert is_wider_than_window(chromium)
        assert look(chromium, "sticksOut")


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
    press(chromium, Keys.TAB)
    first = chromium.driver.switch_to.active_element
    assert first.text == "Hoppa till innehållet"
    assert first.is_displayed()
    press(chromium, Keys.ENTER)
    assert chromium.driver.switch_to.active_element.get_attribute("id") == "main"
