"""The letters: complete in both languages, and without anything that could tell on somebody."""

import re

import pytest

from services.kernel.words import LANGUAGES
from services.notifications.composing import compose, names

VALUES = {
    "number": "S24-26-4F7K9C",
    "link": "https://salem24.example/folj/abc",
    "sender": "Salems kommun",
    "day": "25 december 2026",
}
EXPECTED = {
    "case-received",
    "case-updated",
    "message-received",
    "completion-requested",
    "completion-reminder",
    "colleague-mentioned",
    "case-closed",
    "decision-made",
    "communication-asked",
    "communication-reminder",
    "consultation-asked",
    "consultation-reminder",
    "payment-due",
    "payment-received",
    "payment-refunded",
    "payment-reminder",
    "payment-handed-over",
    "draft-reminder",
    "signature-requested",
    "signature-reminder",
    "signature-missing",
}


def test_all_the_letters_are_there() -> None:
    assert set(names()) == EXPECTED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_letter_says_who_where_and_nothing_left_open(name: str, language: str) -> None:
    letter = compose(name, language, VALUES)
    assert VALUES["link"] in letter.text
    assert letter.text.rstrip().endswith("Salems kommun")
    assert "{" not in letter.subject + letter.text
    assert "!" not in letter.text
    assert "\n" not in letter.subject


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_letter_takes_no_other_values_than_number_link_and_sender(name: str) -> None:
    texts = [
        compose(name, language, {key: "{" + key + "}" for key in VALUES}) for language in LANGUAGES
    ]
    assert {found for text in texts for found in re.findall(r"{(\w+)}", text.text)} <= set(VALUES)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_languages_differ(name: str) -> None:
    assert compose(name, "sv", VALUES).text != compose(name, "en", VALUES).text


def test_values_are_text_in_html_never_markup() -> None:
    letter = compose(
        "case-updated", "sv", {**VALUES, "number": "<b>x</b>", "link": 'https://x.example/"><b>'}
    )
    assert "<b>" not in letter.html
    assert '<a href="https://x.example/&quot;&gt;&lt;b&gt;">' in letter.html
    assert '<html lang="sv">' in letter.html


def test_a_missing_letter_or_value_is_a_fault() -> None:
    with pytest.raises(KeyError):
        compose("../composing", "sv", VALUES)
    with pytest.raises(KeyError):
        compose("case-updated", "sv", {})
