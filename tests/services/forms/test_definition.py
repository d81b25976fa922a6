"""What a document must be before anybody can publish it."""

import pytest

from services.forms.definition import ServiceDocument
from tests.builders import a_document

TWO = {"sv": "Två", "en": "Two"}


def asking(*questions):
    return {
        "pages": [
            {
                "key": "vad",
                "title": TWO,
                "questions": [{"label": TWO, **each} for each in questions],
            }
        ]
    }


def test_a_document_survives_a_round_trip_unchanged():
    document = a_document()

    again = ServiceDocument.model_validate(document.as_json())

    assert again == document
    assert again.checksum == document.checksum


def test_the_checksum_tells_of_every_change():
    assert a_document().checksum != a_document(target_days=11).checksum


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": {"sv": "Bara svenska"}}, "title"),
        ({"summary": {"sv": "x" * 201, "en": "x"}}, "200 is the most"),
        ({"colour": "blue"}, "colour"),
        (asking({"key": "a", "type": "text"}, {"key": "a", "type": "text"}), "occurs 2 times"),
        (asking({"key": "a", "type": "telepathy"}), "unknown type"),
        (asking({"key": "a", "type": "text", "options": {"max": 1}}), "options.max"),
        (asking({"key": "a", "type": "text", "options": {"pattern": "["}}), "regular expression"),
        (
            asking({"key": "a", "type": "text", "when": {"question": "b", "is": "x"}}),
            "not asked before",
        ),
        (
            asking(
                {"key": "a", "type": "yes_no"},
                {"key": "b", "type": "text", "when": {"question": "a", "is": "ja"}},
            ),
            "no answer to 'a'",
        ),
        (asking({"key": "a", "type": "person_number"}), "personal: true"),
        (
            asking({"key": "a", "type": "text", "personal": True, "attribute": True}),
            "never an attribute",
        ),
        (asking({"key": "a", "type": "date", "options": {"min": "2026-02-30"}}), "options.min"),
        (
            {"warnings": [{"when": {"question": "stolpe", "is": "1"}, "at": "x", "text": TWO}]},
            "unknown question",
        ),
    ],
)
def test_a_document_that_does_not_hold_together_says_where(changes, told):
    with pytest.raises(ValueError, match=told):
        a_document(**changes)


@pytest.mark.parametrize(
    ("first_next", "told"),
    [(["klar", "borta"], "unknown"), (["klar"], "never reached"), ([], "no next")],
)
def test_the_ways_of_a_case_are_closed(first_next, told):
    statuses = a_document().as_json()["statuses"]
    statuses[0]["next"] = first_next

    with pytest.raises(ValueError, match=told):
        a_document(statuses=statuses)


def test_a_group_with_personal_questions_is_personal_itself():
    inner = {"key": "nr", "type": "person_number", "label": TWO, "personal": True}
    group = {"key": "folk", "type": "group", "options": {"add_label": TWO, "questions": [inner]}}

    with pytest.raises(ValueError, match="the group needs"):
        a_document(**asking(group))
    assert a_document(**asking({**group, "personal": True}))


def test_a_group_holds_neither_files_nor_groups():
    inner = {"key": "bilaga", "type": "files", "label": TWO}

    with pytest.raises(ValueError, match="cannot be inside a group"):
        a_document(
            **asking(
                {
                    "key": "folk",
                    "type": "group",
                    "options": {"add_label": TWO, "questions": [inner]},
                }
            )
        )
