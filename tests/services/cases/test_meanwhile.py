"""Two who write in the same draft at once: nothing is written over, and each is told."""

from datetime import timedelta

import pytest

from services.cases import drafts, meanwhile, merged
from services.cases.draft_models import DraftAnswer
from services.cases.meanwhile import Opened, mark
from services.cases.models import State
from services.kernel.errors import Conflict
from services.people.events import PersonsMerged
from tests.builders import NOON, a_case, a_resident, a_work, an_authority

LATER = NOON + timedelta(minutes=4)


@pytest.fixture(autouse=True)
def authority(lent):
    """The authority that the drafts belong to."""
    return an_authority(lent)


@pytest.fixture
def maker(lent):
    """Who has begun the draft."""
    return a_resident(lent)


@pytest.fixture
def other(lent):
    """Somebody else who writes in it."""
    return a_resident(lent, given_name="Testa")


@pytest.fixture
def case(lent, maker):
    """A draft in which S-123 is answered."""
    return a_case(lent, by=maker, state=State.DRAFT)


def before(case, **chosen):
    """How the answers stand now, as a page that is opened now tells."""
    return Opened({key: mark(case.answers.get(key)) for key in ("stolpe", "epost")}, chosen)


def save(lent, who, case, opened=None, **stored):
    return drafts.save_page(a_work(lent, who, LATER), case, "vad", stored, opened)


def open_at(lent, who, case, opened, **stored):
    return meanwhile.settle(a_work(lent, who, LATER), case, stored, opened).open


def test_two_different_answers_are_both_shown_with_who_and_when(lent, maker, other, case):
    opened = before(case)
    save(lent, other, case, stolpe="S-7")
    (found,) = open_at(lent, maker, case, opened, stolpe="S-8")
    assert (found.stored, found.saved_by_id, found.saved_at) == ("S-7", other.person_id, LATER)
    with pytest.raises(Conflict) as refusal:
        save(lent, maker, case, opened, stolpe="S-8")
    assert refusal.value.code == "answered-meanwhile"
    assert case.answers["stolpe"] == "S-7"


@pytest.mark.parametrize(("whose", "kept"), [("mine", "S-8"), ("theirs", "S-7")])
def test_the_one_who_saves_chooses(lent, maker, other, case, whose, kept):
    opened = before(case, stolpe=f"{whose}:{mark('S-7')}")
    save(lent, other, case, stolpe="S-7")
    save(lent, maker, case, opened, stolpe="S-8")
    assert case.answers["stolpe"] == kept


def test_a_choice_holds_for_the_two_answers_that_were_shown(lent, maker, other, case):
    opened = before(case, stolpe=f"mine:{mark('S-7')}")
    save(lent, other, case, stolpe="S-9")
    assert [each.stored for each in open_at(lent, maker, case, opened, stolpe="S-8")] == ["S-9"]


def test_each_keeps_the_others_answer_to_what_only_the_other_has_changed(lent, maker, other, case):
    opened = before(case)
    save(lent, other, case, stolpe="S-7")
    settled = save(lent, maker, case, opened, stolpe="S-123", epost="t@example.com")
    assert case.answers["stolpe"] == "S-7"
    assert case.answers["epost"] == "t@example.com"
    assert [each.question_key for each in settled.left] == ["stolpe"]


def test_the_same_answer_twice_is_no_difference(lent, maker, other, case):
    opened = before(case)
    save(lent, other, case, stolpe="S-7")
    assert not open_at(lent, maker, case, opened, stolpe="S-7")


def test_an_answer_that_another_has_taken_away_is_a_difference(lent, maker, other, case):
    opened = before(case)
    save(lent, other, case, stolpe=None)
    assert [each.stored for each in open_at(lent, maker, case, opened, stolpe="S-8")] == [None]


def test_what_nobody_has_answered_is_no_change(lent, maker, case):
    case.answers = {**case.answers, "epost": "register@example.com"}
    marks = {"epost": mark(None)}
    assert not open_at(lent, maker, case, Opened(marks), epost="t@example.com")


def test_the_same_person_in_two_tabs_is_asked_too(lent, maker, case):
    opened = before(case)
    save(lent, maker, case, stolpe="S-7")
    (found,) = open_at(lent, maker, case, opened, stolpe="S-8")
    assert found.saved_by_id == maker.person_id


def test_what_was_typed_and_not_accepted_is_each_ones_own(lent, maker, other, case):
    for who, typed in ((maker, "mitt"), (other, "ditt")):
        drafts.keep_typed(a_work(lent, who), case, "vad", {"stolpe": [typed]})
    save(lent, other, case, stolpe="S-7")
    assert drafts.typed_by(a_work(lent, maker), case, "vad") == {"stolpe": ["mitt"]}
    assert drafts.typed_by(a_work(lent, other), case, "vad") is None


def test_who_has_answered_follows_the_person_and_is_gone_when_it_is_handed_in(
    lent, maker, other, case
):
    save(lent, other, case, stolpe="S-7")
    merged.follow(a_work(lent), PersonsMerged(kept=maker.person_id, gone=other.person_id))
    rows = lent.query(DraftAnswer).filter_by(case_id=case.id, question_key="stolpe")
    assert rows.one().saved_by_id == maker.person_id
    drafts.submit(a_work(lent, maker), case)
    assert not rows.all()
