"""When a condition holds, and which pages and questions are asked because of it."""

import pytest

from services.forms import answers
from services.forms.conditions import holds
from services.forms.question import Condition
from tests.builders import a_document

TWO = {"sv": "Två", "en": "Two"}
CHOICES = {"choices": [{"value": value, "label": TWO} for value in ("lampa", "vag")]}
PAGES = [
    {
        "key": "vad",
        "title": TWO,
        "questions": [
            {"key": "kategori", "type": "choice", "label": TWO, "options": CHOICES},
            {
                "key": "stolpe",
                "type": "text",
                "label": TWO,
                "when": {"question": "kategori", "is": "lampa"},
            },
        ],
    },
    {
        "key": "mer",
        "title": TWO,
        "when": {"question": "stolpe", "answered": True},
        "questions": [{"key": "mer", "type": "paragraph", "label": TWO, "required": False}],
    },
]


@pytest.mark.parametrize(
    ("condition", "answer", "met"),
    [
        ({"is": "a"}, "a", True),
        ({"is": "a"}, None, False),
        ({"is": True}, True, True),
        ({"is": True}, 1, False),
        ({"is": False}, None, False),
        ({"is_not": "a"}, "b", True),
        ({"is_not": "a"}, None, True),
        ({"in": ["a", "b"]}, "b", True),
        ({"in": ["a", "b"]}, "c", False),
        ({"contains": "a"}, ["a", "c"], True),
        ({"contains": "a"}, None, False),
        ({"over": 10}, 11, True),
        ({"over": 10}, "10.5", True),
        ({"over": 10}, None, False),
        ({"over": 10}, "inte ett tal", False),
        ({"under": "2026-12-01"}, "2026-11-30", True),
        ({"answered": True}, False, True),
        ({"answered": True}, [], False),
        ({"answered": False}, None, True),
    ],
)
def test_a_comparison(condition, answer, met):
    assert holds(Condition.model_validate({"question": "q", **condition}), {"q": answer}) is met


@pytest.mark.parametrize(("group", "met"), [("all", False), ("any", True), ("none", False)])
def test_conditions_taken_together(group, met):
    both = [{"question": "a", "is": 1}, {"question": "b", "is": 1}]

    assert holds(Condition.model_validate({group: both}), {"a": 1, "b": 2}) is met


@pytest.mark.parametrize(
    "wrong", [{}, {"question": "a"}, {"question": "a", "is": 1, "over": 2}, {"all": [], "any": []}]
)
def test_a_condition_says_one_thing(wrong):
    with pytest.raises(ValueError, match="condition"):
        Condition.model_validate(wrong)


def test_an_answer_that_is_hidden_now_counts_for_nothing():
    document = a_document(pages=PAGES)
    draft = {"kategori": "vag", "stolpe": "12", "mer": "Mörkt"}

    assert [page.key for page in answers.visible_pages(document, draft)] == ["vad"]
    assert answers.kept(document, draft) == {"kategori": "vag"}
    assert answers.exported(document, draft) == {"kategori": "vag"}
    assert answers.check(document, draft, None) == []


def test_an_answer_comes_back_with_its_question():
    document = a_document(pages=PAGES)
    draft = {"kategori": "lampa", "stolpe": "12", "mer": "Mörkt"}

    assert answers.kept(document, draft) == draft


def test_the_questions_of_a_page_follow_the_answers():
    page = a_document(pages=PAGES).pages[0]

    assert [each.key for each in answers.visible_questions(page, {"kategori": "lampa"})] == [
        "kategori",
        "stolpe",
    ]
    assert [each.key for each in answers.visible_questions(page, {"kategori": "vag"})] == [
        "kategori"
    ]
