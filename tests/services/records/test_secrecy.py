"""Secrecy by the law: marks, who then sees, and protected identity that comes later."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services import wiring
from services.cases import commands as cases
from services.cases import parties, protecting, queries
from services.cases.models import State
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Duty
from services.notifications.models import Notification
from services.people import protection
from services.records import secrecy
from tests.builders import NOON, a_case, a_handler, a_person, a_resident, a_work, an_authority

HEALTH = "21 kap. 1 § OSL"


@pytest.fixture
def authority(lent):
    return an_authority(lent)


@pytest.fixture
def case(lent, authority):
    return a_case(lent, by=a_resident(lent), email="tolvan@example.com")


@pytest.fixture
def handler(lent, authority):
    return a_handler(lent, authority)


def marked(lent, handler, case, what="case", key="", law=HEALTH, **how):
    made = secrecy.mark(a_work(lent, handler), case.id, what, key, law, **how)
    lent.flush()
    return made


def test_osl_5_5_a_mark_names_its_provision_its_day_and_who_made_it(lent, handler, case):
    made = marked(lent, handler, case, review_on=date(2027, 11, 1))
    assert (made.law, made.made_at, made.made_by_id) == (HEALTH, NOON, handler.person_id)
    assert case.secrecy


@pytest.mark.parametrize("law", ["", "hemligt", "21 kap.", "kap. 1 §", "21 kap. 1 § <b>"])
def test_osl_5_5_what_is_no_provision_is_no_mark(lent, handler, case, law):
    with pytest.raises(Invalid, match="provision"):
        marked(lent, handler, case, law=law)


def test_a_mark_on_what_is_not_there_or_is_marked_already_is_refused(lent, handler, case):
    with pytest.raises(Invalid, match="unknown-document"):
        marked(lent, handler, case, "document", "message-1")
    marked(lent, handler, case, "answer", "stolpe")
    with pytest.raises(Conflict, match="marked-already"):
        marked(lent, handler, case, "answer", "stolpe")


def test_a_marked_case_is_not_there_for_the_contact_centre(lent, authority, handler, case):
    clerk = a_handler(lent, authority, Duty.CLERK)
    assert queries.at_desk(lent, clerk, case.number) is case
    marked(lent, handler, case, "answer", "stolpe")
    with pytest.raises(NotFound):
        queries.at_desk(lent, clerk, case.number)
    assert queries.at_desk(lent, handler, case.number) is case


def test_lifting_needs_a_reason_and_the_registrar(lent, authority, handler, case):
    made = marked(lent, handler, case)
    registrar = a_handler(lent, authority, Duty.REGISTRAR)
    with pytest.raises(NotAllowed):
        secrecy.lift(a_work(lent, handler), made.id, "Prövad.")
    with pytest.raises(Invalid, match="say-why"):
        secrecy.lift(a_work(lent, registrar), made.id, " ")
    secrecy.lift(a_work(lent, registrar), made.id, "Prövad den 1 december.")
    assert not case.secrecy
    assert secrecy.of_case(lent, case.id) == []


def test_marks_come_up_for_re_examination_within_the_authority(lent, authority, handler, case):
    marked(lent, handler, case, review_on=date(2026, 12, 1))
    other = a_handler(lent, an_authority(lent, "BMN"), Duty.REGISTRAR)
    due = date(2026, 12, 1)
    assert [found for _, found in secrecy.to_review(lent, handler, due)] == [case]
    assert secrecy.to_review(lent, handler, due - timedelta(days=1)) == []
    assert secrecy.to_review(lent, other, due) == []


def test_fl_10_osl_10_3_what_is_kept_from_the_party_is_named(lent, handler, case):
    cases.write_from_desk(a_work(lent, handler, NOON + timedelta(hours=1)), case.id, "Hej.")
    lent.flush()
    letter = queries.messages(lent, case.id, with_notes=False)[0]
    marked(lent, handler, case, "document", f"message-{letter.id}", from_party=True)
    assert secrecy.kept_from_party(lent, case) == {f"message-{letter.id}"}


def protected(lent, person_id):
    """Somebody gets protected identity, and the listeners hear of it."""
    work = a_work(lent)
    protection.protect(work, person_id)
    wiring.deliver(work)
    lent.flush()


def test_protected_identity_reaches_open_and_closed_cases_and_drafts(lent, authority):
    resident = a_resident(lent)
    own = [
        a_case(lent, by=resident, state=state)
        for state in (State.DRAFT, State.RECEIVED, State.CLOSED, State.WITHDRAWN)
    ]
    other = a_case(lent, by=a_resident(lent))
    protected(lent, resident.person_id)
    assert [each.protected for each in own] == [True] * 4
    assert not other.protected


def test_protected_identity_takes_the_case_out_of_lists_search_and_export(lent, handler, case):
    lent.flush()
    protected(lent, case.acting_person_id)
    lent.refresh(case)
    assert (case.headline, case.search_text, case.party_text) == ("Ärende", "", "")
    with pytest.raises(NotFound):
        queries.at_desk(lent, handler, case.number)


def test_protected_identity_of_somebody_with_a_part_protects_the_case(lent, handler, case):
    neighbour = a_person(lent, "Granne", "Granberg")
    parties.add(a_work(lent, handler), case.id, "neighbour", "Granne", person_id=neighbour.id)
    assert not case.protected
    protected(lent, neighbour.id)
    assert case.protected


def test_protected_identity_stops_letters_that_have_not_left(lent, case):
    lent.flush()
    planned = select(Notification.state).where(Notification.case_number == case.number)
    assert lent.scalars(planned).all() == ["planned"]
    protected(lent, case.acting_person_id)
    assert lent.scalars(planned).all() == ["failed"]


def test_the_desk_can_tell_that_a_party_is_protected(lent, handler, case):
    work = a_work(lent, handler)
    protecting.protect_party(work, case.id)
    wiring.deliver(work)
    assert case.protected
