"""What a payer meets: every way to pay with every outcome, and never paying twice."""

import pytest

from services.kernel.money import Money
from services.payments import commands, links
from services.payments.models import OrderState
from services.payments.provider import Outcome
from tests.browser import words
from tests.pages import PDF, told
from tests.paying import Bill, at_the_till


@pytest.fixture
def till(town):
    with at_the_till(town) as till:
        yield till


@pytest.fixture
def bill(till):
    """An order, and somebody who has opened its link."""
    order, code = till.order(900)
    return Bill(till, order, code)


def test_an_order_says_what_it_costs_and_how_it_came_about(bill):
    assert bill.browser.heading == "Betala 900 kr"
    assert "Fast avgift: 900 kr" in bill.browser.text
    assert "Kulturskolan, våren 2027" in bill.browser.text


def test_several_items_are_paid_in_one_payment(till):
    order, code = till.order(900, 300)
    browser = till.town.visitor().get(f"/betala/{code}")
    assert browser.heading == "Betala 1 200 kr"
    bill = Bill(till, order, code)
    bill.swish()
    bill.pays()
    assert bill.state == OrderState.PAID


def test_no_way_chosen_is_told_at_the_question(bill):
    bill.browser.submit("Nästa")
    assert told(bill.browser) == ["Välj hur du vill betala."]


def test_swish_in_this_phone_or_by_a_code_until_it_is_paid(bill):
    bill.swish()
    assert bill.browser.heading == "Godkänn 900 kr i Swish"
    assert bill.browser.page.xpath("//a[starts-with(@href, 'swish://')]")
    assert bill.browser.page.xpath(
        "//*[@role='img' and contains(@aria-label, '900 kr')]//*[name()='svg']"
    )
    assert "Vi väntar på besked från Swish" in bill.browser.text

    bill.pays()

    assert bill.browser.heading == "Tack, du har betalat"
    assert bill.state == OrderState.PAID
    bill.browser.click("Se kvittot")
    assert bill.browser.heading == f"Kvitto {bill.order.number}"


def test_swish_to_a_number_that_is_written_as_people_write_it(bill):
    bill.browser.submit("Nästa", way="swish")
    bill.browser.submit("Skicka till min telefon", number="hej")
    assert told(bill.browser) == ["Kontrollera mobilnumret. Det kan skrivas som 070-174 06 05."]
    bill.browser.submit("Skicka till min telefon", number="070-174 06 05")
    bill.begun()

    assert "Öppna Swish i telefonen. Betalningen väntar på dig där" in bill.browser.text
    assert not bill.browser.page.xpath("//a[starts-with(@href, 'swish://')]")


def test_a_card_is_paid_on_the_card_companys_page_and_the_way_back_tells_the_truth(bill):
    bill.card()
    assert bill.browser.heading == "Betala 900 kr med kort"
    bill.browser.click("Gå till kortbetalningen")
    assert bill.browser.heading == "Vi väntar på besked om din kortbetalning"

    bill.pays()

    assert bill.browser.heading == "Tack, du har betalat"


@pytest.mark.parametrize("way", ["swish", "card"])
@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        (Outcome.DECLINED, "Betalningen nekades"),
        (Outcome.CANCELLED, "Betalningen är avbruten"),
        (Outcome.EXPIRED, "Tiden gick ut"),
    ],
)
def test_what_was_not_paid_says_so_and_offers_a_way_on(bill, way, outcome, heading):
    getattr(bill, way)()
    bill.ends(outcome)

    assert bill.browser.heading == heading
    assert "Inget är betalt" in bill.browser.text
    bill.browser.click("Försök igen eller välj ett annat sätt")
    assert bill.browser.heading == "Betala 900 kr"
    bill.swish()
    bill.pays()
    assert bill.state == OrderState.PAID


def test_a_reason_is_said_in_plain_words(bill):
    bill.swish()
    bill.ends(Outcome.DECLINED, "not-connected")
    assert "Numret är inte anslutet till Swish." in bill.browser.text


def test_an_unknown_outcome_asks_the_payer_to_wait_and_becomes_right_by_itself(bill):
    bill.swish()
    bill.ends(Outcome.UNKNOWN)
    assert bill.browser.heading == "Vi kontrollerar din betalning"
    assert "Betala inte igen" in bill.browser.text
    bill.browser.get(f"/betala/{bill.code}")
    assert "Du har börjat betala" in bill.browser.text
    assert not bill.browser.page.xpath("//input[@name='way']")

    bill.browser.click("Fortsätt med den betalningen")
    bill.pays()

    assert bill.browser.heading == "Tack, du har betalat"


def test_before_the_provider_has_answered_the_page_waits_and_says_that_nothing_is_paid(bill):
    bill.browser.submit("Nästa", way="card")

    assert bill.browser.heading == "Vi förbereder din betalning"
    assert "Inget är betalt än" in bill.browser.text
    assert bill.browser.page.xpath("//noscript/meta[@http-equiv='refresh']")


def test_a_page_that_waits_can_be_made_to_stand_still(bill):
    bill.browser.submit("Nästa", way="card")
    bill.browser.get(f"{bill.browser.address}?stilla=1")

    assert not bill.browser.page.xpath("//meta[@http-equiv='refresh']")
    assert "Titta igen nu" in bill.browser.text


def test_the_script_asks_whether_there_is_something_new(bill):
    bill.swish()
    follow = bill.browser.page.xpath("//*[@data-follow]")[0]
    client = bill.browser.client
    before = client.get(follow.get("data-follow")).get_json()
    assert before == {"state": follow.get("data-state")}

    bill.pays()

    assert client.get(follow.get("data-follow")).get_json() != before


def test_a_payer_can_stop_and_choose_another_way(bill):
    bill.swish()
    bill.browser.submit("Avbryt och välj ett annat sätt")
    bill.till.work_through()
    bill.reload()
    assert bill.browser.heading == "Betalningen är avbruten"

    bill.card()

    assert len(bill.till.payments(bill.order.id)) == 2


def test_while_the_provider_is_asked_to_stop_the_page_warns_that_money_may_come_first(bill):
    bill.swish()
    bill.browser.submit("Avbryt och välj ett annat sätt")
    assert bill.browser.heading == "Vi avbryter betalningen"

    bill.pays()

    assert bill.browser.heading == "Tack, du har betalat"
    assert bill.state == OrderState.PAID


@pytest.mark.parametrize("way", ["swish", "card"])
def test_two_tabs_and_the_back_button_never_pay_twice(bill, way):
    other = bill.till.town.visitor().get(f"/betala/{bill.code}")
    getattr(bill, way)()
    first = bill.payment

    other.submit("Nästa", way="card")

    assert str(first.id) in other.address
    assert [each.id for each in bill.till.payments(bill.order.id)] == [first.id]
    bill.pays()
    other.get(f"/betala/{bill.code}")
    assert "Betalt" in other.text
    assert not other.page.xpath("//input[@name='way']")


def test_an_old_tab_pays_nothing_once_all_is_paid(bill):
    old = bill.till.town.visitor().get(f"/betala/{bill.code}")
    bill.swish()
    bill.pays()

    old.submit("Nästa", way="card")

    assert "Det finns inget kvar att betala här." in words(old.page)
    assert len(bill.till.payments(bill.order.id)) == 1


def test_an_invoice_has_its_details_as_text_and_as_a_paper(bill):
    bill.browser.submit("Nästa", way="invoice")
    bill.begun()

    assert bill.browser.heading == "Betala 900 kr genom din bank"
    assert bill.payment.next["ocr"] in bill.browser.text
    assert "991-2346" in bill.browser.text
    response = bill.browser.client.get(f"/betala/{bill.code}/{bill.payment.id}/faktura.pdf")
    assert response.data.startswith(PDF)


def test_a_company_says_what_shall_stand_on_its_invoice(till):
    organisation = till.town.founded.organisations
    _order, code = till.order(
        900, payer=commands.Payer(organisation_id=next(iter(organisation.values())).id)
    )
    browser = till.town.visitor().get(f"/betala/{code}").submit("Nästa", way="invoice")
    assert browser.heading == "Vad ska stå på fakturan?"
    browser.submit(
        "Hämta fakturan", buyer_reference="Inköp 12", cost_centre="4711", town="Teststad"
    )
    assert "Skriv gatuadressen." in browser.text
    browser.submit(
        "Hämta fakturan",
        street="Testgatan 1",
        postcode="999 99",
        einvoice_address="0007:5560360793",
    )
    till.work_through()
    browser.get(browser.address)

    for words_on_it in ("Inköp 12", "4711", "0007:5560360793", "Testgatan 1, 999 99 Teststad"):
        assert words_on_it in browser.text


def test_an_invoice_can_be_changed_for_another_way(bill):
    bill.browser.submit("Nästa", way="invoice")
    bill.begun()
    bill.browser.submit("Betala på ett annat sätt i stället")
    bill.till.work_through()

    bill.swish()
    bill.pays()

    assert bill.state == OrderState.PAID


def test_the_counter_wants_a_number_to_be_said(bill):
    bill.browser.submit("Nästa", way="counter")
    bill.begun()

    assert bill.browser.heading == "Betala 900 kr i vår reception"
    assert bill.order.number in words(bill.browser.page.xpath("//*[@class='pay-number']")[0])


def test_a_part_is_paid_where_that_is_allowed_and_the_rest_afterwards(till):
    order, code = till.order(900, takes_parts=True, parts=3, part_days=30)
    bill = Bill(till, order, code)
    assert "En del, 300 kr" in bill.browser.text.replace("\u00a0", " ")
    bill.browser.submit("Nästa", amount="30000", way="card")
    bill.begun()
    assert bill.browser.heading == "Betala 300 kr med kort"
    bill.pays()
    assert "600 kr är kvar att betala." in bill.browser.text

    bill.browser.click("Betala resten")
    assert bill.browser.heading == "Betala 600 kr"
    assert "Betala senast" in bill.browser.text
    bill.card()
    bill.pays()

    assert bill.state == OrderState.PAID


def test_a_payer_says_how_much_where_that_is_allowed_and_never_too_much(till):
    order, code = till.order(900, takes_parts=True, least_part_ore=10000)
    bill = Bill(till, order, code)
    for typed in ("99", "900,01", "mycket", ""):
        bill.browser.get(f"/betala/{code}")
        bill.browser.submit("Nästa", amount="other", other=typed, way="card")
        assert told(bill.browser) == ["Skriv ett belopp från 100,00 kr till 900,00 kr."], typed
    bill.browser.submit("Nästa", amount="other", other="250,50", way="swish")
    assert "del=25050" in bill.browser.address
    bill.browser.submit("Öppna Swish eller visa QR-koden")
    bill.begun()
    bill.pays()
    assert bill.state == OrderState.PART_PAID
    assert bill.payment.amount_ore == 25050


def test_more_money_than_was_asked_for_is_told_to_the_payer(bill):
    bill.card()
    bill.pays(Money.kronor(1000))

    assert "100 kr av det var mer än du skulle betala" in bill.browser.text


def test_a_letters_code_opens_the_order_however_it_is_typed(till):
    order, _ = till.order(900)
    with till.town.work() as work:
        code = commands.new_code(work, order.id)
    browser = till.town.visitor().get("/betala")
    browser.submit("Nästa", code="fel kod")
    assert told(browser) == ["Vi känner inte igen koden. Kontrollera att den är rätt."]

    browser.submit("Nästa", code=f"{code[:5].lower()} {code[5:]}")

    assert browser.heading == "Betala 900 kr"


def test_nobody_comes_to_an_order_by_a_word_that_is_not_its_own(till, bill):
    other, _ = till.order(100)
    with till.town.work() as work:
        own = links.code_of(work.session, other.id)
    bill.card()
    for address in (
        "/betala/abc",
        f"/betala/{bill.code[:-1]}{'x' if bill.code[-1] != 'x' else 'y'}",
        f"/betala/{own}/{bill.payment.id}",
        f"/betala/{own}/{bill.payment.id}/lage",
        f"/betala/{own}/{bill.payment.id}/faktura.pdf",
        f"/betala/{bill.code}/kvitto.pdf",
    ):
        assert till.town.visitor().get(address).status == 404


def test_a_receipt_says_who_when_what_how_and_vat(bill):
    bill.swish()
    bill.pays()
    bill.browser.get(f"/betala/{bill.code}/kvitto")
    for text in ("Salems kommun, 212000-2874", "Swish", "900 kr", "Ingen moms.", bill.order.number):
        assert text in bill.browser.text
    assert bill.browser.client.get(f"/betala/{bill.code}/kvitto.pdf").data.startswith(PDF)
