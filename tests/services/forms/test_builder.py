"""The form of a page: what it asks, what it keeps, and what it says when something is wrong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.forms import answers, builder
from services.forms.kinds import kinds
from services.forms.typed import Posted
from tests.builders import a_document
from tests.builders.questions import NASTY, TODAY, a_question, posted, typed_anyhow

TWO = {"sv": "Två", "en": "Two"}
LAMP = {"question": "sak", "is": "lampa"}
CHOICES = {"choices": [{"value": value, "label": TWO} for value in ("lampa", "vag")]}
NAME = {"key": "namn", "type": "text", "label": {"sv": "Namn", "en": "Name"}}
BORN = {"key": "fodd", "type": "date", "label": {"sv": "Född", "en": "Born"}, "required": False}
PEOPLE = {
    "key": "folk",
    "type": "group",
    "label": {"sv": "Personer", "en": "People"},
    "options": {"add_label": TWO, "max": 3, "questions": [NAME, BORN]},
}
WHAT = {"key": "sak", "type": "choice", "label": {"sv": "Sak", "en": "Thing"}, "options": CHOICES}
POLE = {"key": "stolpe", "type": "text", "label": {"sv": "Stolpe", "en": "Pole"}, "when": LAMP}


def asked(*questions, answered=None, language="sv", **changes):
    pages = [{"key": "vad", "title": TWO, "questions": list(questions)}]
    document = a_document(pages=pages, **changes)
    return document.pages[0], builder.form_class(
        document, document.pages[0], language, answered or {}, today=TODAY
    )


def test_a_page_begins_with_what_has_been_answered():
    _, form = asked(
        {"key": "dag", "type": "date", "label": TWO},
        NAME,
        answered={"dag": "2026-12-01", "namn": "Åsa"},
    )

    dag, namn = form()

    assert [part.value for part in dag.parts] == ["1", "12", "2026"]
    assert namn.raw == namn.data == "Åsa"


def test_a_question_may_have_any_name():
    page, form = asked(
        *({"key": key, "type": "text", "label": TWO} for key in ("data", "errors", "validate"))
    )

    filled = form(Posted({"data": ["1"], "errors": ["2"], "validate": ["3"]}))

    assert filled.validate()
    assert answers.store(page, filled) == {"data": "1", "errors": "2", "validate": "3"}


def test_what_was_typed_wrong_is_kept_and_the_fault_names_its_question():
    _, form = asked({"key": "dag", "type": "date", "label": {"sv": "Dagen", "en": "The day"}})

    filled = form(Posted({"dag-day": ["31"], "dag-month": ["februari"], "dag-year": ["2026"]}))

    assert not filled.validate()
    assert "Dagen" in filled.errors["dag"][0]
    assert [(part.value, part.faulty) for part in filled["dag"].parts] == [
        ("31", True), ("februari", False), ("2026", False),
    ]  # fmt: skip


def test_faults_are_said_in_the_language_of_the_reader():
    _, form = asked(NAME, language="en")
    filled = form(Posted({"x": [""]}))
    filled.validate()

    assert filled.errors == {"namn": ["Fill in “Name”."]}


def test_a_question_that_an_answer_brings_forth_is_shown_before_the_page_is_left():
    page, form = asked(WHAT, POLE)
    first = form(Posted({"sak": ["lampa"]}))

    assert not first.validate()
    assert [field.name for field in first] == ["sak", "stolpe"]
    assert first.errors == {}
    assert [words for _, words in first.new_questions] == [
        "Ditt svar gör att vi också behöver veta: ”Stolpe”."
    ]

    second = form(Posted({"sak": ["lampa"], "stolpe": ["12"]}))
    assert second.validate()
    assert answers.store(page, second) == {"sak": "lampa", "stolpe": "12"}


def test_an_optional_question_brought_forth_is_shown_once_where_the_page_tells_what_it_showed():
    _, form = asked(WHAT, {**POLE, "required": False})

    assert not form(Posted({"sak": ["lampa"], "_shown": ["sak"]})).validate()
    assert form(Posted({"sak": ["lampa"], "_shown": ["sak", "stolpe"]})).validate()


def test_a_hidden_question_is_neither_asked_nor_stored():
    page, form = asked(WHAT, POLE)

    filled = form(Posted({"sak": ["vag"], "stolpe": ["12"]}))

    assert filled.validate()
    assert answers.store(page, filled) == {"sak": "vag"}


def test_rows_are_read_in_order_and_blank_ones_let_fall():
    page, form = asked(PEOPLE)

    filled = form(Posted({"folk-7-namn": ["Ö"], "folk-0-namn": ["Å"], "folk-3-namn": [" "]}))

    assert filled.validate()
    assert answers.store(page, filled) == {"folk": [{"namn": "Å"}, {"namn": "Ö"}]}


def test_a_row_is_added_and_removed_by_buttons_and_nothing_else_is_lost():
    _, form = asked(PEOPLE)
    add = Posted({"folk-0-namn": ["Å"], "folk-0-fodd-day": ["x"], "add": ["folk"]})
    filled = form(add)
    assert builder.changes_rows(add)
    filled.change_rows(add)
    assert [entry.fields[0].raw for entry in filled["folk"].entries] == [
        "Å",
        "",
    ]
    assert filled["folk"].entries[0].fields[1].parts[0].value == "x"

    remove = Posted({"folk-0-namn": ["Å"], "folk-1-namn": ["Ö"], "remove_row": ["folk-0"]})
    filled = form(remove)
    filled.change_rows(remove)
    assert [entry.fields[0].raw for entry in filled["folk"].entries] == ["Ö"]
    assert filled["folk"].entries[0].fields[0].name == "folk-0-namn"


def test_a_fault_inside_a_row_is_told_at_its_own_input():
    _, form = asked(PEOPLE)

    filled = form(Posted({"folk-0-namn": ["Å"], "folk-1-fodd-day": ["1"]}))

    assert not filled.validate()
    assert [target for target, _ in filled["folk"].cell_errors] == [
        "folk-1-namn",
        "folk-1-fodd-month",
    ]


def test_a_required_group_without_rows_says_so():
    _, form = asked(PEOPLE)
    filled = form(Posted({"folk-0-namn": [""], "x": ["1"]}))

    assert not filled.validate()
    assert filled.faulty()


def test_more_rows_than_there_is_room_for_are_refused():
    _, form = asked(PEOPLE)
    filled = form(Posted({f"folk-{n}-namn": ["Å"] for n in range(5)}))

    assert not filled.validate()
    assert "högst 3" in filled.errors["folk"][0]


def test_rows_that_were_typed_can_be_read_again():
    _, form = asked(PEOPLE)
    filled = form(Posted({"folk-2-namn": ["Å"], "folk-5-namn": ["Ö"]}))

    again = form(Posted(filled.typed()))

    assert [entry.fields[0].raw for entry in again["folk"].entries] == ["Å", "Ö"]


def test_required_files_are_missed_on_the_page_and_at_the_end():
    question = {"key": "bild", "type": "files", "label": {"sv": "Bild", "en": "Picture"}}
    file = {"id": "0199c0de-0000-7000-8000-000000000001", "name": "bild.jpg", "size": 3}
    page, form = asked(question)
    _, filled_form = asked(question, answered={"bild": [file]})

    assert form(Posted({"x": ["1"]})).validate() is False
    assert filled_form(Posted({"x": ["1"]})).validate()
    assert answers.store(page, filled_form(Posted({"x": ["1"]}))) == {}


def test_files_can_be_required_by_an_earlier_answer():
    needed = {
        "key": "bild",
        "type": "files",
        "label": TWO,
        "required": False,
        "options": {"required_when": LAMP},
    }
    document = a_document(pages=[{"key": "vad", "title": TWO, "questions": [WHAT, needed]}])

    assert [each.code for each in answers.check(document, {"sak": "lampa"}, TODAY)] == [
        "missing-files"
    ]
    assert answers.check(document, {"sak": "vag"}, TODAY) == []


def test_a_warning_points_out_and_stops_nobody():
    warning = {
        "when": LAMP,
        "at": "sak",
        "text": {"sv": "Ring 112 om det är akut.", "en": "Call 112."},
    }
    page, form = asked(WHAT, warnings=[warning])
    filled = form(Posted({"sak": ["lampa"]}))

    assert filled.validate()
    assert [(field.name, text) for field, text in filled.notices] == [
        ("sak", "Ring 112 om det är akut.")
    ]
    assert answers.warnings(filled.document, page, {"sak": "lampa"}, "en") == ["Call 112."]


EVERY = [a_question(key) for key in sorted(kinds())]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_posted_no_form_raises_and_every_refusal_has_words(data):
    page, form = asked(
        *(question.model_dump(by_alias=True, exclude_none=True) for question in EVERY)
    )
    sent = data.draw(posted(EVERY, typed_anyhow))
    names = st.sampled_from(
        [*sent, "add", "remove_row", "_shown", "q_group-99-namn", "q_group-9999-namn"]
    )
    sent.update(data.draw(st.dictionaries(names | NASTY, st.lists(NASTY, max_size=4), max_size=6)))

    filled = form(sent)
    filled.change_rows(sent)
    filled.validate()

    assert all(text for field in filled.faulty() for text in field.errors)
    assert answers.store(page, filled)
    assert all(field.target for field in filled if field.choices or field.parts)
    form(Posted(filled.typed()))


@pytest.mark.parametrize("many", [{"q_text": ["x"] * 100_000}, {"q_text": ["x" * 3_000_000]}])
def test_a_flood_is_cut_off(many):
    _, form = asked({"key": "q_text", "type": "text", "label": TWO})

    form(Posted(many)).validate()


def test_a_payee_of_one_kind_has_only_inputs_that_are_shown():
    _, form = asked({"key": "bg", "type": "bankgiro", "label": TWO})

    parts = form()["bg"].parts

    assert [(part.id, part.name, bool(part.label)) for part in parts] == [("bg", "bg-number", True)]


def test_files_that_an_answer_makes_necessary_are_not_called_optional():
    needed = {"key": "bild", "type": "files", "label": TWO, "required": False}
    needed["options"] = {"required_when": LAMP}
    _, form = asked(WHAT, needed, answered={"sak": "lampa"})

    assert form()["bild"].optional is False


def test_characters_that_no_page_may_hold_are_refused_and_not_echoed():
    _, form = asked(WHAT, POLE)
    filled = form(Posted({"sak": ["lampa"], "stolpe": ["S\x00\x1b[1m-12"], "_shown": ["stolpe"]}))

    assert not filled.validate()
    assert filled["stolpe"].raw == "S[1m-12"
    assert filled.errors["stolpe"]
