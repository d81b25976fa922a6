"""Whom an invoice is for, the code that stands on it, and what a payer says is wrong."""

from datetime import date

import pytest

from services.payments import commands
from services.people import commands as people
from tests.browser import words
from tests.pages import PDF
from tests.paying import at_the_till


@pytest.fixture
def till(town):
    with at_the_till(town) as till:
        yield till


def test_a_person_is_asked_where_the_invoice_goes_and_the_invoice_has_a_code(till):
    person = till.town.founded.residents[0]
    order, code = till.order(900, payer=commands.Payer(person_id=person))
    browser = till.town.visitor().get(f"/betala/{code}").submit("Nästa", way="invoice")
    assert browser.heading == "Vad ska stå på fakturan?"
    assert not browser.page.xpath("//input[@name='buyer_reference']")
    browser.submit(
        "Hämta fakturan", payer_name="Fru Fakturasson",
        street="Testgatan 1", postcode="999 99", town="Teststad",
    )  # fmt: skip
    till.work_through()
    browser.get(browser.address)
    assert "Fru Fakturasson" in browser.text
    assert "Testgatan 1, 999 99 Teststad" in browser.text
    [printed] = browser.page.xpath(
        "//dt[normalize-space()='Fakturans kod']/following-sibling::dd[1]"
    )

    other = till.town.visitor().get("/betala").submit("Nästa", code=words(printed))
    browser.click("Ändra namn, adress eller annat som står på fakturan")
    browser.submit("Hämta fakturan", town="Annanstad")

    assert other.address == f"/betala/{code}"
    assert "Testgatan 1, 999 99 Annanstad" in browser.text
    assert len(till.payments(order.id)) == 1
    response = browser.client.get(f"{browser.address}/faktura.pdf")
    assert response.data.startswith(PDF)


def test_nobody_asks_a_protected_person_where_they_live(till):
    with till.town.work() as work:
        person = people.add_person(work, "Skyddad", "Testsson", protected=True)
    _order, code = till.order(900, payer=commands.Payer(person_id=person.id))
    browser = till.town.visitor().get(f"/betala/{code}").submit("Nästa", way="invoice")
    till.work_through()
    browser.get(browser.address)

    assert browser.heading == "Betala 900 kr genom din bank"
    assert "Testsson" not in browser.text
    assert browser.get(f"/betala/{code}/uppgifter").address == f"/betala/{code}"


def test_a_payer_says_that_a_fee_is_wrong_and_an_economist_that_it_stands(till):
    order, code = till.order(900, due_on=date(2027, 1, 15))
    payer = till.town.visitor().get(f"/betala/{code}")
    payer.click("Tycker du att avgiften är fel? Säg till oss").submit("Skicka")
    assert "Skriv vad som är fel." in payer.text
    payer.submit("Skicka", reason="Barnet har slutat.")
    assert "Du har sagt att avgiften är fel" in payer.text
    assert payer.get(f"/betala/{code}/bestrid").address == f"/betala/{code}"

    economist = till.town.signed_in("ekonom").get(f"/ekonomi/betalningar/{order.number}")
    assert "Barnet har slutat." in economist.text
    economist.get("/ekonomi?lage=disputed")
    assert order.number in economist.text
    economist.get(f"/ekonomi/betalningar/{order.number}").submit("Avgiften står fast")
    assert "Barnet har slutat." not in economist.text
    economist.submit("Notera att den är bestridd", reason="Ringde i dag.")

    assert "Du har sagt att avgiften är fel" in payer.get(f"/betala/{code}").text
