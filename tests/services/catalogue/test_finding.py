"""A service is found by the words that people use, in either language."""

import pytest

from services.catalogue.finding import matches, stem
from tests.builders import a_document

LAMP = a_document(keywords={"sv": ["gatlykta", "belysning"], "en": ["street light"]})
GRANT = a_document(
    slug="bidrag",
    title={"sv": "Bidrag till föreningar", "en": "Grants to associations"},
    summary={"sv": "Sök aktivitetsbidrag.", "en": "Apply for an activity grant."},
)
BOTH = [LAMP, GRANT]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lampa", ["trasig-lampa"]),
        ("LAMPOR", ["trasig-lampa"]),
        ("gatl", ["trasig-lampa"]),
        ("lykta", ["trasig-lampa"]),
        ("street", ["trasig-lampa"]),
        ("förening", ["bidrag"]),
        ("fo\u0308rening bidrag", ["bidrag"]),
        ("bidrag lampa", ["trasig-lampa", "bidrag"]),
        ("trasig gatlampa", ["trasig-lampa"]),
        ("lampa restaurang", ["trasig-lampa"]),
        ("xyzzy", []),
        ("%' OR 1=1 --", []),
        ("   ", ["trasig-lampa", "bidrag"]),
        ("...", ["trasig-lampa", "bidrag"]),
    ],
)
def test_a_search_finds(words, found):
    assert [each.slug for each in matches(BOTH, words, "sv")] == found


def test_a_title_weighs_more_than_a_summary():
    other = a_document(
        slug="annan", title={"sv": "Annat", "en": "Other"}, summary={"sv": "Lampa", "en": "Lamp"}
    )

    assert [each.slug for each in matches([other, LAMP], "lampa", "sv")] == [
        "trasig-lampa",
        "annan",
    ]


def test_a_word_is_never_stripped_to_nothing():
    assert stem("en") == "en"
    assert stem("bana") == "ban"
