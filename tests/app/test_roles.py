"""Whoever is both staff and elected is one of them at a time; both end with the assignment."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.demo.eid_setup import STAFF
from services.kernel.calendar import local_day
from services.organisation.models import Assignment
from tests.app.test_sign_in import Traveller
from tests.town import Town


@pytest.fixture
def both(town: Town) -> Traveller:
    """Bodil, who is both, signed in."""
    traveller = Traveller(town.app, town.settings)
    return traveller.sign_in("bada", "/logga-in?som=medarbetare", STAFF)


def test_one_who_is_both_chooses_after_signing_in(both):
    assert both.heading == "I vilken roll arbetar du nu?"
    for page in ("/handlaggning", "/fortroendevald"):
        both.get(page)
        assert both.heading == "I vilken roll arbetar du nu?"


@pytest.mark.parametrize(
    ("words", "entrance", "other"),
    [
        ("Som medarbetare", "/handlaggning", "/fortroendevald"),
        ("Som förtroendevald", "/fortroendevald", "/handlaggning"),
    ],
)
def test_a_role_opens_its_own_entrance_only(both, words, entrance, other):
    both.submit(words)
    assert both.address.endswith(entrance)
    both.get(other)
    assert both.status == 403
    both.click("Välj en annan av dina roller")
    assert both.heading == "I vilken roll arbetar du nu?"


def test_changing_role_is_a_new_session(both):
    first = both.client.get_cookie(both.session_name).value
    both.submit("Som medarbetare")
    assert both.client.get_cookie(both.session_name).value != first
    both.get("/inloggad/roll").submit("Som förtroendevald")
    assert both.address.endswith("/fortroendevald")
    both.client.set_cookie(both.session_name, first)
    assert both.get("/fortroendevald").heading.startswith("Logga in")


def test_no_role_is_chosen_that_one_does_not_hold(town):
    browser = town.signed_in("handlaggare-tn").get("/inloggad/roll")
    browser.submit("Som medarbetare", role="elected")
    assert browser.status == 422
    assert town.signed_in("testa").get("/inloggad/roll").status == 404


@pytest.mark.parametrize(
    ("who", "page"),
    [("handlaggare-kfn", "/handlaggning"), ("ordforande-bmn", "/fortroendevald")],
)
def test_an_open_session_ends_with_the_assignment(town, who, page):
    browser = town.signed_in(who).get(page)
    assert browser.status == 200
    mine = Assignment.person_id == town.founded.personas[who]
    with town.work() as work:
        yesterday = local_day(work.now) - timedelta(days=1)
        work.session.execute(update(Assignment).where(mine).values(valid_to=yesterday))
    assert browser.get(page).status == 403
    with town.work() as work:
        work.session.execute(update(Assignment).where(mine).values(valid_to=None))
    assert browser.get(page).status == 200
