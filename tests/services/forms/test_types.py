"""What holds for every question type, whatever is typed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.forms.kinds import kinds
from services.forms.typed import Typed
from services.forms.wording import SENTENCES
from services.kernel.words import LANGUAGES
from tests.builders.questions import TODAY, a_question, typed_anyhow, typed_rightly

TEMPLATES = {
    "text", "paragraph", "radios", "checks", "date", "files", "place", "address", "select", "group", "consent",
    "information", "account",
}  # fmt: skip
ALL = sorted(kinds())
TYPED = sorted(set(ALL) - {"group", "files", "information"})
quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_all_the_types_of_the_first_journey_exist():
    assert len(ALL) == 20


@pytest.mark.parametrize("key", ALL)
def test_a_type_names_a_template_and_looks_the_same_in_every_language(key):
    kind, question = kinds()[key], a_question(key)

    looks = [kind.look(question, language) for language in LANGUAGES]

    assert kind.template in TEMPLATES
    assert [len(look.choices) for look in looks] == [len(looks[0].choices)] * len(looks)


@pytest.mark.parametrize("key", TYPED)
@quick
@given(data=st.data())
def test_what_is_accepted_is_stored_shown_and_exported_unchanged(key, data):
    kind, question = kinds()[key], a_question(key)
    typing = data.draw(typed_rightly(question) | typed_anyhow(question))

    reading = kind.read(question, Typed(typing), TODAY, required=True)

    if reading.faults:
        assert all(
            question.label[each] in fault.text(question, each)
            for fault in reading.faults
            for each in LANGUAGES
        )
        return
    stored = kind.store(reading.value)
    assert json.loads(json.dumps(stored)) == stored
    json.dumps(stored, ensure_ascii=False).encode()
    assert kind.store(kind.load(stored)) == stored
    assert kind.export(kind.load(stored)) == stored
    assert list(kind.examine(question, stored, TODAY, {})) == []
    assert all(kind.display(question, kind.load(stored), each) for each in LANGUAGES)


@pytest.mark.parametrize("key", TYPED)
@quick
@given(data=st.data())
def test_what_a_person_types_rightly_is_accepted(key, data):
    kind, question = kinds()[key], a_question(key)
    typing = data.draw(typed_rightly(question).filter(lambda texts: any(texts.values())))

    assert kind.read(question, Typed(typing), TODAY, required=True).faults == ()


@pytest.mark.parametrize("key", TYPED)
def test_a_blank_answer_is_missed_only_where_it_is_required(key):
    kind, question = kinds()[key], a_question(key)

    missed = kind.read(question, Typed(), TODAY, required=True)
    optional = kind.read(a_question(key, required=False), Typed(), TODAY, required=False)

    assert len(missed.faults) == 1
    assert (optional.value, optional.faults) == (None, ())


@pytest.mark.parametrize("key", ALL)
@pytest.mark.parametrize(
    "junk", [0, -1, 1.5, "x", [], [None], {}, {"kind": []}, [{"id": 3}], {"text": 1}, False]
)
def test_a_stored_answer_that_cannot_be_is_a_fault_and_no_crash(key, junk):
    question = a_question(key)

    faults = list(kinds()[key].examine(question, junk, TODAY, {}))

    assert all(fault.text(question, "sv") for fault in faults)


def test_every_sentence_is_said_in_every_language():
    assert all(set(words) == set(LANGUAGES) for words in SENTENCES.values())
