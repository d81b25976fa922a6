"""The ledger in the browser: found, paid back by two persons, closed, and only one's own."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.cases.charge_models import Charge
from services.cases.models import Case
from tests.pages import number_on, report
from tests.paying import Bill, at_the_till

ECONOMIST, ATTESTER = "ekonom", "attestant"
COLLECTED = datetime(2019, 3, 12, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def till(town):
    with at_the_till(town) as till:
        yield till


def paid(till, kronor=900):
    """An order that somebody has paid by card."""
    order, code = till.order(kronor)
    bill = Bill(till, order, code)
    bill.card()
    bill.pays()
    assert bill.state == "paid"
    return order


def test_an_order_is_found_by_number_ocr_and_amount(till):
    order, _ = till.order(4711)
    economist = till.town.signed_in(ECONOMIST)
    for words in (order.number, order.ocr, "4 711 kr"):
        economist.get("/ekonomi").submit("Visa", q=words)
        assert order.number in economist.text, words
    economist.get(f"/ekonomi?q={order.number}&lage=paid")
    assert "Inget hittades" in economist.text
    file = economist.client.get(f"/ekonomi/betalningar.csv?q={order.number}")
    assert f"{order.number},{order.ocr}" in file.get_data(as_text=True)
    assert "Kulturskolan" in economist.get(f"/ekonomi/betalningar/{order.number}").text


def test_a_refund_takes_two_persons(till):
    order = paid(till)
    economist = till.town.signed_in(ECONOMIST).get(f"/ekonomi/betalningar/{order.number}")
    economist.submit("Begär återbetalningen", amount="1000", reason="Fel")
    assert economist.status == 422
    assert "Högst 900,00 kr kan betalas tillbaka." in economist.text
    economist.submit("Begär återbetalningen", amount="217", reason="Kursen blev inställd")
    assert "Väntar på attest" in economist.text
    assert order.number not in economist.get("/ekonomi/attest").text

    attester = till.town.signed_in(ATTESTER).get("/ekonomi/attest")
    assert "Kursen blev inställd" in attester.text
    attester.submit("Attestera Betala tillbaka 217 kr")
    assert "Attesterat." in attester.text
    till.work_through()
    assert re.search(
        "Attesterad|På väg|Återbetald", economist.get(f"/ekonomi/betalningar/{order.number}").text
    )


def test_money_is_not_shown_to_those_who_do_not_look_after_it(till):
    order, _ = till.order(900)
    handler = till.town.signed_in("handlaggare-bun")
    for address in ("/ekonomi", "/ekonomi/summor", "/ekonomi/attest", "/ekonomi/oplacerat",
                    "/ekonomi/avstamning", "/ekonomi/bokforing", "/ekonomi/bokforing/kontroll",
                    "/ekonomi/betalningar.csv", "/ekonomi/inkasso", "/ekonomi/inkasso.csv",
                    f"/ekonomi/betalningar/{order.number}"):  # fmt: skip
        assert handler.get(address).status == 403, address
    manager = till.town.signed_in("chef-sn")
    assert manager.get(f"/ekonomi/betalningar/{order.number}").status == 404
    assert order.number not in manager.get("/ekonomi").text
    assert order.number not in manager.client.get("/ekonomi/betalningar.csv").get_data(as_text=True)


def test_the_books_are_fetched_and_checked(till):
    paid(till, 563)
    economist = till.town.signed_in(ECONOMIST).get("/ekonomi/bokforing")
    economist.submit("Hämta filen")
    sie = economist.response.data
    assert sie.startswith(b"#FLAGGA 0\r\n")
    assert b"563.00" in sie
    economist.get("/ekonomi/bokforing").submit("Hämta filen", first__year="2020")
    assert economist.status == 422
    assert "Reskontran går ihop" in economist.get("/ekonomi/bokforing/kontroll").text
    economist.get("/ekonomi/summor")
    assert "Att betala" in economist.text


def test_a_month_is_closed_once_and_in_order(till):
    economist = till.town.signed_in(ECONOMIST).get("/ekonomi/bokforing")
    economist.submit("Stäng 20")
    assert "Månaden är stängd." in economist.text
    assert not [each for each in economist.page.xpath("//main//button") if "Stäng 20" in each.text]


def test_an_economist_is_led_to_the_money(till):
    economist = till.town.signed_in(ECONOMIST).get("/handlaggning")
    assert economist.heading == "Betalningar"
    assert "Inkorg" not in economist.page.xpath("//nav[@class='desk-nav']")[0].text_content()


def handed_over(till, kronor, at):
    """A fee of a case that nobody has paid, and that was handed over then."""
    order, _ = till.order(kronor)
    number = number_on(report(till.town.visitor()).submit("Skicka in"))
    with till.town.work() as work:
        case_id = work.session.scalar(select(Case.id).where(Case.number == number))
        work.session.add(
            Charge(
                order_id=order.id,
                case_id=case_id,
                placed_at=at - timedelta(days=70),
                reminders=2,
                handed_over_at=at,
            )
        )
    return order


def test_what_is_handed_over_for_collection_is_found_summed_and_fetched(till):
    # A day of its own, so that nobody else's are in the sum.
    fees = [handed_over(till, kronor, COLLECTED) for kronor in (900, 450)]
    economist = till.town.signed_in(ECONOMIST).get("/ekonomi")
    economist.click("Inkasso")
    assert economist.heading == "Lämnat till inkasso"
    day = COLLECTED.date().isoformat()
    economist.submit("Visa", fran=day, till=day)
    assert "2 avgifter på sammanlagt 1 350 kr. Kvar att betala: 1 350 kr." in economist.text
    assert all(each.number in economist.text for each in fees)
    file = economist.client.get(f"/ekonomi/inkasso.csv?fran={day}&till={day}")
    rows = file.get_data(as_text=True).splitlines()
    assert len(rows) == 3
    assert f"{fees[0].number},{fees[0].ocr}," in "".join(rows)
    economist.submit("Visa", fran=day, till=day, lage="ended")
    assert "Ingen sådan avgift" in economist.text
    economist.get(f"/ekonomi/betalningar/{fees[0].number}")
    assert "Lämnat till inkasso" in economist.text
    manager = till.town.signed_in("chef-sn").get(f"/ekonomi/inkasso?fran={day}&till={day}")
    assert fees[0].number not in manager.text
