"""A draft is begun, saved, handed in once, and seen by nobody else."""

from datetime import timedelta

import pytest

from services.cases import drafts
from services.cases.models import CaseEvent, State
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid, NotFound
from services.kernel.work import Actor, Role
from tests.builders import NOON, a_case, a_document, a_person, a_resident, a_work, an_authority


@pytest.fixture(autouse=True)
def authority(lent):
    return an_authority(lent)


def test_a_draft_handed_in_is_a_case_with_a_number(lent):
    case = a_case(lent, email="testa@example.com")

    assert case.state == State.RECEIVED
    assert case.number.startswith("S24-26-")
    assert case.received_at == NOON
    assert case.headline == "S-123"
    assert case.contact_email == "testa@example.com"
    assert lent.query(CaseEvent).filter_by(case_id=case.id, kind="received").count() == 1


@pytest.mark.parametrize("bare", ["Nej", "Ja", "Vet inte"])
def test_an_answer_that_says_nothing_without_its_question_is_not_in_the_headline(lent, bare):
    case, work = a_case(lent, state=State.DRAFT), a_work(lent)
    drafts.save_page(work, case, "vad", {"stolpe": bare, "epost": None})
    assert drafts.submit(work, case).headline == ""


def test_handing_in_twice_gives_the_same_case(lent):
    case = a_case(lent)
    number = case.number

    again = drafts.submit(a_work(lent), case)

    assert again.number == number
    assert lent.query(CaseEvent).filter_by(case_id=case.id, kind="received").count() == 1


def test_the_minute_of_receipt_is_counted_in_sweden(lent):
    late = NOON.replace(hour=23, minute=30)

    case = a_case(lent, now=late)

    assert local_day(case.received_at).isoformat() == "2026-11-25"


def test_answers_that_do_not_hold_are_refused_and_the_draft_is_kept(lent):
    case = a_case(lent, state=State.DRAFT)
    drafts.save_page(a_work(lent), case, "vad", {"stolpe": None})

    with pytest.raises(Invalid) as refusal:
        drafts.submit(a_work(lent), case)

    assert [problem.question_key for problem in refusal.value.details["problems"]] == ["stolpe"]
    assert case.is_draft


def test_somebody_elses_draft_does_not_exist(lent):
    mine = a_resident(lent)
    case = a_case(lent, by=mine, state=State.DRAFT)

    for other in (a_resident(lent), Actor(), Actor(Role.STAFF, a_person(lent).id)):
        with pytest.raises(NotFound):
            drafts.draft_for(a_work(lent, other), case.id, None)
    assert drafts.draft_for(a_work(lent, mine), case.id, None) is case


def test_a_browser_needs_its_secret(lent):
    case = a_case(lent, state=State.DRAFT)

    with pytest.raises(NotFound):
        drafts.draft_for(a_work(lent), case.id, "guessed")


def test_drafts_that_nobody_touches_are_thrown_away(lent):
    case = a_case(lent, state=State.DRAFT)

    assert drafts.purge(a_work(lent, now=NOON + timedelta(days=59))) == 0
    assert drafts.purge(a_work(lent, now=NOON + timedelta(days=61))) == 1
    lent.flush()
    with pytest.raises(NotFound):
        drafts.draft_for(a_work(lent), case.id, None)


def test_a_protected_persons_case_has_no_words_and_sends_no_mail(lent):
    from_protected = a_resident(lent, protected=True)

    case = a_case(lent, by=from_protected, email="skyddad@example.com", document=a_document())

    assert case.protected
    assert case.headline == "Ärende"
    assert case.search_text == ""
