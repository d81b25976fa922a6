"""Paying for an application: shown before, charged at its moment, and the case goes on by itself."""

import re

import pytest
from sqlalchemy import select

from services.cases.models import Case, State
from services.catalogue import commands as catalogue
from services.payments import links, queries
from tests.browser import words
from tests.builders.paying import FEE, a_paid_service
from tests.pages import value
from tests.paying import SLUG, Bill, at_the_till

LATE = {"sv": "Sen avgift", "en": "Late fee"}


@pytest.fixture
def till(town):
    with at_the_till(town) as till:
        yield till


def applied(town, who="testa"):
    """A resident who has handed in what is paid for after the receipt."""
    browser = town.signed_in(who).get(f"/e-tjanster/{SLUG}/ansok")
    browser.submit("Nästa", stolpe="S-1", epost="testa@example.com")
    return browser


def test_the_fee_is_shown_before_one_begins_and_again_before_one_sends_in(till):
    browser = till.town.visitor().get(f"/e-tjanster/{SLUG}")
    assert "Du betalar när du har skickat in." in browser.text
    assert "Så kan du betala: Swish, kort, faktura, i vår reception." in browser.text

    browser = applied(till.town)

    assert browser.heading == "Granska dina uppgifter"
    assert "Fast avgift: 900 kr" in browser.text


def test_from_sending_in_to_a_case_that_goes_on(till):
    browser = applied(till.town).submit("Skicka in")
    assert "Du har en avgift att betala" in browser.text
    browser.click("Betala avgiften")
    with till.town.work() as work:
        order = queries.order(
            work.session, links.order_id_of(work.session, browser.address.rsplit("/", 1)[1])
        )
        case = work.session.get(Case, order.owner_id)
        assert case.state == State.AWAITING_PAYMENT
    bill = Bill(till, order, browser.address.rsplit("/", 1)[1])
    bill.browser = browser
    bill.swish()
    bill.pays()

    assert f"Vi går vidare med ditt ärende {case.number}" in browser.text
    assert till.town.ask(select(Case.state).where(Case.id == case.id)) == State.RECEIVED
    browser.get(f"/mina-sidor/arenden/{case.number}")
    assert "Avgiften betalades" in browser.text
    assert "Kvitto på 900 kr" in browser.text


def test_my_payments_are_mine_and_show_what_is_to_be_paid_and_what_has_been(till):
    browser = applied(till.town).submit("Skicka in")
    browser.get("/mina-sidor/betalningar")
    mine = re.findall(r"B\d{4}-\d{6}", browser.text)
    assert "Betala 900 kr: Det som kostar" in browser.text

    other = till.town.signed_in("samo").get("/mina-sidor/betalningar")

    assert mine
    assert not set(mine) & set(re.findall(r"B\d{4}-\d{6}", other.text))


def test_what_is_withdrawn_can_no_longer_be_paid(till):
    browser = applied(till.town).submit("Skicka in")
    browser.click("Betala avgiften")
    code = browser.address.rsplit("/", 1)[1]
    with till.town.work() as work:
        order = queries.order(work.session, links.order_id_of(work.session, code))
        case = work.session.get(Case, order.owner_id)
    browser.get(f"/mina-sidor/arenden/{case.number}/aterkalla").submit("Ta tillbaka ärendet")
    browser.get(f"/betala/{code}")

    assert "inget att betala" in browser.text
    assert not browser.page.xpath("//input[@name='way']")


def charged_at_desk(till):
    """A case that waits for its payment, and its handler at the page of fees."""
    browser = applied(till.town).submit("Skicka in")
    number = re.search(r"S24-\d\d-\w{6}", browser.text)[0]
    desk = till.town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}")
    return browser, desk.click("Avgifter")


def test_the_desk_sees_what_is_charged_and_charges_no_second_time(till):
    _resident, desk = charged_at_desk(till)
    assert "Att betala" in desk.text
    charged = re.findall(r"B\d{4}-\d{6}", desk.text)

    desk.submit("Ta ut avgiften")

    assert "Avgiften är uttagen." in words(desk.page)
    assert re.findall(r"B\d{4}-\d{6}", desk.text) == charged


def test_the_desk_sees_what_the_clock_says_of_how_late_a_decision_is(till):
    late = {**FEE, "key": "sen", "rule": "late_reduction", "options": {}}
    example = {"name": "late", "answers": {"days_late": 1}, "day": "2026-11-25", "kronor": 720}
    document = a_paid_service(
        slug="sen-avgift", fees=[FEE, late], terms={"examples": [example]}, title=LATE
    )
    with till.town.work() as work:
        catalogue.publish(work, document)
    browser = till.town.signed_in("testa").get(f"/e-tjanster/{document.slug}/ansok")
    browser.submit("Nästa", stolpe="S-1", epost="testa@example.com").submit("Skicka in")
    number = re.search(r"S24-\d\d-\w{6}", browser.text)[0]
    desk = till.town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}/avgift")
    assert value(desk, "days_late") == "0"
    assert "900 kr" in desk.text

    desk.submit("Räkna utan att ta ut", days_late="8")

    assert "540 kr" in desk.text
    with till.town.work() as work:
        catalogue.hide(work, document.slug)


def test_a_code_for_a_letter_is_shown_once_and_opens_the_order(till):
    _resident, desk = charged_at_desk(till)
    desk.submit("Gör en kod till ett brev")
    code = words(desk.page.xpath("//*[@class='pay-number']")[0])

    payer = till.town.visitor().get("/betala").submit("Nästa", code=code)

    assert payer.heading == "Betala 900 kr"


def test_other_authorities_and_the_public_come_to_no_fees(till):
    _resident, desk = charged_at_desk(till)
    for who in ("handlaggare-sn", "testa"):
        assert till.town.signed_in(who).get(desk.address).status in (403, 404)


@pytest.fixture
def paid_first(till):
    """An e-service whose applications come in when they are paid."""
    document = a_paid_service(when="before", title={"sv": "Betala först", "en": "Pay first"})
    with till.town.work() as work:
        catalogue.publish(work, document)
        catalogue.show(work, document.slug)
    yield document.slug
    with till.town.work() as work:
        catalogue.hide(work, document.slug)


def test_an_application_that_is_paid_first_comes_in_by_itself_when_it_is_paid(till, paid_first):
    browser = till.town.signed_in("testa").get(f"/e-tjanster/{paid_first}/ansok")
    browser.submit("Nästa", stolpe="S-77", epost="testa@example.com")
    check = browser.address
    browser.submit("Gå vidare och betala")
    assert browser.heading == "Betala 900 kr"
    code = browser.address.rsplit("/", 1)[1]
    with till.town.work() as work:
        order = queries.order(work.session, links.order_id_of(work.session, code))
    assert till.town.ask(select(Case.state).where(Case.id == order.owner_id)) == State.DRAFT

    bill = Bill(till, order, code)
    bill.swish()
    bill.pays()

    assert bill.browser.heading == "Tack, du har betalat"
    assert till.town.ask(select(Case.state).where(Case.id == order.owner_id)) == State.RECEIVED
    assert browser.get(check).heading == "Tack, vi har tagit emot det"


def test_answers_that_change_before_one_pays_get_a_fee_of_their_own(till, paid_first):
    browser = till.town.signed_in("testa").get(f"/e-tjanster/{paid_first}/ansok")
    browser.submit("Nästa", stolpe="S-1", epost="testa@example.com")
    check = browser.address
    browser.submit("Gå vidare och betala")
    first = browser.address
    browser.get(check).click("Ändra")
    browser.submit("Nästa", stolpe="S-2")
    browser.get(first).submit("Nästa", way="card")
    assert "Dina svar har ändrats sedan dess." in words(browser.page)

    browser.get(check).submit("Gå vidare och betala")

    assert browser.address != first
    assert browser.heading == "Betala 900 kr"
