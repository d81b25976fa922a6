"""The desk, as tests use it: a handler of the technical services committee at a case."""

from typing import Any

from tests.browser import Browser
from tests.town import Town

HANDLER = "handlaggare-tn"


def at_desk(town: Town, number: str, who: str = HANDLER) -> Browser:
    """Somebody at the desk who has opened a case."""
    browser = town.signed_in(who).get(f"/handlaggning/arenden/{number}")
    assert browser.status == 200
    return browser


def desk_of(town: Town, number: str, **written: Any) -> Browser:
    """The handler writes in a case: an answer, a note or a request for completion."""
    browser = at_desk(town, number).submit("Spara och skicka", **written)
    assert browser.status == 200, browser.text[:400]
    return browser
