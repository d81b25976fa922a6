"""What tests see of a page with the eyes and the keyboard of those who use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.live import Chromium

LOOKS = Path(__file__).with_name("looks.js").read_text()
NARROWEST = 320
MOST_STEPS = 120
# WCAG 2.2, 1.4.12: the distances that a page must stand.
SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }
"""


def look(chromium: Chromium, what: str, *arguments: Any) -> Any:
    """What one of the looks sees."""
    return chromium.run(f"{LOOKS}; return looks.{what}(...arguments)", *arguments)


@contextmanager
def style(chromium: Chromium, rules: str) -> Iterator[None]:
    """While this lasts, the page has rules of the person's own, as a reader's style sheet does."""
    chromium.run(
        "const own = new CSSStyleSheet(); own.replaceSync(arguments[0]);"
        "document.adoptedStyleSheets = [...document.adoptedStyleSheets, own]",
        rules,
    )
    yield
    chromium.run("document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)")


def is_wider_than_window(chromium: Chromium) -> bool:
    """Whether one must scroll sideways."""
    page = "document.documentElement"
    return bool(chromium.run(f"return {page}.scrollWidth > {page}.clientWidth"))


def size_of_text(chromium: Chromium) -> float:
    """How large ordinary text is, in pixels."""
    text = "document.querySelector('footer li a')"
    return float(chromium.run(f"return parseFloat(getComputedStyle({text}).fontSize)"))


def press(chromium: Chromium, keys: str) -> None:
    """Press keys one after the other, each let go before the next."""
    ActionChains(chromium.driver, duration=0).send_keys(keys).perform()


def stand_at_the_top(chromium: Chromium) -> None:
    """Begin where the page begins, also where something has taken the focus."""
    chromium.run(
        "document.body.tabIndex = -1; document.body.focus();"
        "document.body.removeAttribute('tabindex'); scrollTo(0, 0)"
    )


def walk(chromium: Chromium, most: int = MOST_STEPS) -> list[dict[str, Any]]:
    """Press Tab from the top as often as there are stops; what is seen at each of them.

    Each tells its `place` among what must be reached, whether it `isMarked` otherwise than before
    and whether it `isCovered`, and its `markup`. What is seen is seen just before the next press.
    """
    stand_at_the_top(chromium)
    steps = min(look(chromium, "beginWalk"), most)
    press(chromium, Keys.TAB * steps)
    seen = look(chromium, "endWalk")
    assert len(seen) == steps
    return list(seen)
