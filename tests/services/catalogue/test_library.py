"""The services that are shipped: each holds together, and can be filled in from start to end."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalogue import library
from services.forms import answers, builder
from services.forms.definition import ServiceDocument, parts
from services.forms.kinds import kind_of
from services.forms.typed import Posted
from services.kernel.words import LANGUAGES, say
from tests.builders.library import SHIPPED
from tests.builders.questions import TODAY, posted, typed_anyhow, typed_rightly

PATHS = sorted(library.FOLDER.glob("*.yaml"))
AT_LEAST = 16
FILE = {"id": "0199c0de-0000-7000-8000-000000000001", "name": "bild.jpg", "size": 3}
walked = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
each_service = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def test_the_library_holds_the_services_that_are_shipped():
    assert len(library.load()) >= AT_LEAST


@each_service
def test_a_document_survives_a_round_trip_unchanged(path):
    document = library.load_one(path)

    again = ServiceDocument.model_validate(json.loads(json.dumps(document.as_json())))

    assert again == document
    assert again.as_json() == document.as_json()
    assert again.checksum == document.checksum


@each_service
def test_every_question_can_be_asked_in_both_languages(path):
    document = library.load_one(path)
    asked = [each for question in document.questions for each in (question, *parts(question))]

    for question in asked:
        assert all(say(question.label, language).strip() for language in LANGUAGES)
        assert kind_of(question).look(question, "en")


@each_service
@walked
@given(data=st.data())
def test_what_is_accepted_is_kept_and_what_is_refused_names_its_question(path, data):
    document = SHIPPED[path.stem]
    draft = {}
    for page in document.pages:
        if page.key not in [each.key for each in answers.visible_pages(document, draft)]:
            continue
        typing = data.draw(st.sampled_from([typed_rightly, typed_rightly, typed_anyhow]))
        draft |= {
            question.key: [FILE]
            for question in page.questions
            if kind_of(question).uploads and data.draw(st.booleans())
        }
        form = builder.form_class(document, page, "sv", draft, today=TODAY)(
            data.draw(posted(list(page.questions), typing))
        )
        if not form.validate():
            _names_its_question(form)
            continue
        stored = answers.store(page, form)
        assert json.loads(json.dumps(stored)) == stored
        draft |= stored
        shown_again = builder.form_class(document, page, "sv", draft, today=TODAY)()
        resent = builder.form_class(document, page, "sv", draft, today=TODAY)(
            Posted({"csrf_token": ["x"], **shown_again.typed()})
        )
        assert resent.validate(), resent.errors
        assert answers.store(page, resent) == stored
    _is_whole(document, draft)


def _names_its_question(form):
    faulty = form.faulty()
    # A question that an answer has just brought forth is nobody's fault, and is asked next.
    assert faulty or form.newly_asked
    for field in faulty:
        assert all(field.label.text in text for text in field.errors)


def _is_whole(document, draft):
    kept = answers.kept(document, draft)
    assert answers.exported(document, draft) == kept
    asked = {question.key: page.key for page in document.pages for question in page.questions}
    for problem in answers.check(document, draft, TODAY):
        assert asked[problem.question_key] == problem.page_key
        assert problem.text
    for language in LANGUAGES:
        rows = {
            q.key: text for _, page in answers.shown(document, draft, language) for q, text in page
        }
        assert all(rows[key] for key in kept if kept[key])
    assert set(answers.attributes(document, draft)) <= set(kept)


@each_service
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_person_who_answers_everything_comes_to_the_end(path, data):
    document = SHIPPED[path.stem]
    draft = {}
    for page in document.pages:
        if page.key not in [each.key for each in answers.visible_pages(document, draft)]:
            continue
        draft |= {question.key: [FILE] for question in page.questions if kind_of(question).uploads}
        form = _accepted(document, page, draft, data)
        draft |= answers.store(page, form)

    assert answers.check(document, draft, TODAY) == []


def _accepted(document, page, draft, data):
    def tried(sent):
        form = builder.form_class(document, page, "sv", draft, today=TODAY)(sent)
        return form if form.validate() else None

    attempts = posted(list(page.questions)).map(tried).filter(lambda form: form is not None)
    return data.draw(attempts, label=page.key)
