"""Every type of question, asked on a page: nothing, nonsense and a right answer."""

from typing import Any

import pytest

from tests.browser import Browser
from tests.pages import chosen, told, value
from tests.town import EVERY_QUESTION, KINDS, Town

FIRST = f"/e-tjanster/{EVERY_QUESTION}/ansok"
TYPED = [kind for kind in KINDS if kind != "files"]
CHOSEN = ("choice", "choices", "yes_no", "consent")
RIGHT: dict[str, dict[str, Any]] = {
    "text": {"": "Stolpe 12"},
    "paragraph": {"": "Första raden\nAndra raden"},
    "number": {"": "12,5"},
    "amount": {"": "1 234,50"},
    "date": {"day": "3", "month": "12", "year": "2026"},
    "choice": {"": "lampa"},
    "choices": {"": ["lampa", "vag"]},
    "yes_no": {"": "yes"},
    "email": {"": "tolvan@example.com"},
    "phone": {"": "070-174 06 05"},
    "person_number": {"": "19121212-1212"},
    "organisation_number": {"": "212000-2874"},
    "postal_address": {"street": "Testgatan 1", "postcode": "999 99", "town": "Teststad"},
    "property_designation": {"": "Salem Exempelby 1:23"},
    "bankgiro": {"kind": "bankgiro", "number": "991-2346"},
    "place": {"text": "Parken bakom skolan"},
    "group": {"0-namn": "Tolvan", "0-andel": "50"},
    "consent": {"": "yes"},
}
# What is kept in full, whichever way it was written.
IN_FULL = {"phone": "+46701740605", "property_designation": "SALEM EXEMPELBY 1:23"}
WRONG: dict[str, dict[str, Any]] = {
    "text": {"": "x" * 2001},
    "paragraph": {"": "y" * 20001},
    "number": {"": "tolv och en halv"},
    "amount": {"": "gratis"},
    "date": {"day": "31", "month": "2", "year": "2026"},
    "email": {"": "tolvan at example"},
    "phone": {"": "ring mig"},
    "person_number": {"": "19121212-1213"},
    "organisation_number": {"": "212000-2875"},
    "postal_address": {"street": "Testgatan 1", "postcode": "12", "town": "Teststad"},
    "property_designation": {"": "???"},
    "bankgiro": {"kind": "bankgiro", "number": "991-2345"},
    "place": {"text": "z" * 301},
    "group": {"0-namn": "", "0-andel": "många"},
}


def named(kind: str, parts: dict[str, Any]) -> dict[str, Any]:
    """Answers under the names of the page's inputs."""
    return {f"q_{kind}-{part}" if part else f"q_{kind}": text for part, text in parts.items()}


@pytest.fixture(scope="module")
def draft(town: Town) -> Browser:
    """A browser that has begun an application, which all tests of this module go on with."""
    browser = town.visitor().get(FIRST)
    return browser.submit("Nästa", **named("text", RIGHT["text"]))


def asked(draft: Browser, kind: str) -> Browser:
    """The page that asks a question of this type."""
    case = draft.address.split("/ansok/")[1].split("/")[0]
    draft.get(f"{FIRST}/{case}/{kind.replace('_', '-')}")
    assert draft.heading == f"Sidan om {kind}"
    return draft


def opened(draft: Browser, kind: str) -> Browser:
    """The same, with a row to fill in where the question has rows."""
    asked(draft, kind)
    if kind == "group" and not draft.page.xpath("//input[@name='q_group-0-namn']"):
        draft.submit("Lägg till")
        assert draft.status == 200
    return draft


def shown(browser: Browser, kind: str, part: str) -> Any:
    """What the page shows as answered in a part of the question."""
    name = f"q_{kind}-{part}" if part else f"q_{kind}"
    if kind in CHOSEN or part == "kind":
        found = chosen(browser, name)
        return found if kind == "choices" else "".join(found)
    return value(browser, name)


@pytest.mark.parametrize("kind", [each for each in TYPED if each != "text"])
def test_nothing_answered_is_told_at_the_field_and_in_the_summary(draft, kind):
    asked(draft, kind).submit("Nästa")
    assert told(draft)


@pytest.mark.parametrize("kind", WRONG)
def test_nonsense_is_told_and_kept(draft, kind):
    opened(draft, kind).submit("Nästa", **named(kind, WRONG[kind]))
    assert told(draft)
    for part, text in WRONG[kind].items():
        assert shown(draft, kind, part) == text
    asked(draft, kind)
    for part, text in WRONG[kind].items():
        assert shown(draft, kind, part) == text


@pytest.mark.parametrize("kind", ["choice", "choices", "yes_no"])
def test_an_answer_that_was_never_offered_is_refused(draft, kind):
    asked(draft, kind).submit("Nästa", **named(kind, {"": "något-annat"}))
    assert told(draft)


@pytest.mark.parametrize("kind", TYPED)
def test_a_right_answer_leads_on_and_is_there_when_one_comes_back(draft, kind):
    opened(draft, kind).submit("Nästa", **named(kind, RIGHT[kind]))
    assert draft.status == 200
    assert draft.heading != f"Sidan om {kind}"
    asked(draft, kind)
    for part, text in RIGHT[kind].items():
        kept = shown(draft, kind, part)
        assert kept == text or plain(kept) == plain(IN_FULL.get(kind, text))


def plain(text: str) -> str:
    """A number without the spaces and hyphens that people group it with."""
    return text.replace("\xa0", "").replace(" ", "").replace("-", "")


def test_a_row_can_be_added_and_removed_again(draft):
    before = _rows(asked(draft, "group"))
    draft.submit("Lägg till")
    assert (draft.status, _rows(draft)) == (200, before + 1)
    draft.submit("Ta bort rad")
    assert (draft.status, _rows(draft)) == (200, before)


def _rows(browser: Browser) -> int:
    return len(browser.page.xpath("//fieldset[@class='salem-group']"))


def test_questions_are_asked_in_english_too(town):
    browser = town.visitor().get("/en" + FIRST)
    assert browser.heading == "The page about text"
    browser.submit("Next")
    assert told(browser)
    assert "Fyll i" not in browser.text
