"""Reporting a broken lamp without signing in, from the start page to the answer."""

import re

import pytest
from sqlalchemy import func, select

from services.cases.models import Case
from services.notifications.models import Notification
from tests.browser import words
from tests.pages import PDF, chosen, number_on, report, told, value
from tests.town import Town


@pytest.fixture
def browser(town: Town):
    return town.visitor()


def test_the_way_from_the_start_page_to_the_first_question(browser):
    browser.get("/").click("Felanmälan")
    assert browser.heading == "Felanmälan gata, park och belysning"
    for part in ("Vem", "kostar", "Så går det till", "allmän handling"):
        assert part.lower() in browser.text.lower()
    browser.click("Börja")
    assert browser.heading == "Vad är fel?"
    assert "Steg 1 av 6" in browser.text


def test_a_service_is_found_by_a_word_that_people_use(browser):
    browser.get("/e-tjanster?q=gatlykta")
    assert "Felanmälan gata, park och belysning" in browser.text


def test_a_search_without_hits_says_what_to_do(browser):
    browser.get("/e-tjanster?q=xyzzyx")
    assert browser.status == 200
    assert "xyzzyx" in browser.page.xpath("//input[@name='q']/@value")


def test_an_unanswered_question_is_told_at_the_field_and_in_the_summary(browser):
    browser.get("/e-tjanster/felanmalan/ansok").submit("Nästa")
    assert len(told(browser)) == 1


def test_a_question_that_an_answer_brings_is_asked_before_going_on(browser):
    browser.get("/e-tjanster/felanmalan/ansok")
    assert "Vad är det för fel på belysningen?" not in browser.text
    browser.submit("Nästa", kategori="belysning")
    assert browser.status == 200
    assert "En fråga till" in browser.text
    assert not browser.page.xpath("//*[contains(@class, 'govuk-error-summary')]")
    assert chosen(browser, "kategori") == ["belysning"]
    assert "Vad är det för fel på belysningen?" in browser.text


def test_what_was_typed_wrongly_is_kept_also_when_one_comes_back(browser):
    browser.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    browser.submit("Nästa", akut="no").submit("Nästa", plats__text="Torget")
    browser.submit("Nästa", beskrivning="Kort")
    assert told(browser)
    assert value(browser, "beskrivning") == "Kort"
    browser.get(browser.address)
    assert value(browser, "beskrivning") == "Kort"


def test_back_leads_to_the_page_before_with_its_answer(browser):
    browser.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    browser.click("Tillbaka")
    assert browser.heading == "Vad är fel?"
    assert chosen(browser, "kategori") == ["lekplats"]


def test_an_answer_can_be_changed_from_the_check_page(browser):
    report(browser)
    browser.get(browser.page.xpath("//main//a[contains(@href, '/var?')]/@href")[0])
    browser.submit("Nästa", plats__text="Exempelvägen 44")
    assert browser.heading == "Granska dina uppgifter"
    assert "Exempelvägen 44" in browser.text


def test_the_receipt_tells_the_number_and_what_happens_next(browser):
    report(browser, email="testa@example.com").submit("Skicka in")
    assert browser.heading == "Tack, vi har tagit emot det"
    assert re.fullmatch(r"S24-\d\d-[0-9A-Z]{6}", number_on(browser))
    assert "Vi läser din anmälan inom två arbetsdagar" in browser.text
    assert "e-post" in browser.text


def test_a_mail_goes_to_the_address_and_says_nothing_of_the_case(browser, town):
    report(browser, email="lampa@example.com").submit("Skicka in")
    sent = select(Notification).where(Notification.case_number == number_on(browser))
    mail = town.ask(sent)
    assert mail is not None
    assert "Exempelvägen" not in f"{mail.__dict__}"


def test_the_receipt_can_be_kept_as_a_pdf(browser):
    report(browser).submit("Skicka in")
    browser.click("Ladda ner kvittensen")
    assert browser.response.mimetype == "application/pdf"
    assert browser.response.data.startswith(PDF)


def test_sending_in_twice_makes_one_case_and_shows_the_first_receipt(browser, town):
    report(browser, post="DUBBEL-1")
    check = browser.address
    token = browser.page.xpath("//main//input[@name='csrf_token']/@value")[0]
    first, second = (
        browser.client.post(check, data={"csrf_token": token}).headers["Location"] for _ in range(2)
    )
    assert first == second
    made = select(func.count()).select_from(Case)
    assert town.ask(made.where(Case.attributes["stolpnummer"].astext == "DUBBEL-1")) == 1


def test_the_pages_of_a_sent_in_draft_lead_to_the_receipt(browser):
    report(browser)
    check = browser.address
    browser.submit("Skicka in")
    receipt = number_on(browser)
    for address in (check, check.replace("granska", "vad"), check.removesuffix("/granska")):
        assert number_on(browser.get(address)) == receipt


def test_a_draft_with_something_missing_cannot_be_sent_in(browser):
    browser.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    check = browser.address.rsplit("/", 1)[0] + "/granska"
    browser.get(check).submit("Skicka in")
    assert browser.status == 422
    links = browser.page.xpath("//*[contains(@class, 'govuk-error-summary')]//li/a/@href")
    browser.get(links[0])
    assert browser.heading == "Är det farligt just nu?"


def test_a_draft_can_be_thrown_away(browser):
    report(browser).click("Ta bort utkastet")
    draft = browser.address.removesuffix("/ta-bort")
    browser.submit("Ta bort")
    assert browser.heading != "Granska dina uppgifter"
    assert browser.get(draft).status == 404


def test_a_warning_is_told_but_stops_nobody(browser):
    browser.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    browser.submit("Nästa", akut="yes")
    browser.get(browser.address.rsplit("/", 1)[0] + "/fara")
    assert "ring 112" in browser.text


def test_a_page_that_the_answers_do_not_lead_to_is_not_found(browser):
    browser.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    assert browser.get(browser.address.rsplit("/", 1)[0] + "/finns-inte").status == 404


def test_a_report_in_english(browser):
    browser.get("/en/e-tjanster/felanmalan").click("Begin")
    assert browser.heading == "What is wrong?"
    browser.submit("Next", kategori="lekplats").submit("Next", akut="no")
    browser.submit("Next", plats__text="The square").submit("Next", beskrivning="Somebody painted.")
    browser.submit("Next").submit("Send in")
    assert browser.heading == "Thank you, we have received it"
    assert browser.address.startswith("/en/")
    assert words(browser.page.xpath("//html")[0]).find("Tack, vi har") == -1


def test_enter_means_going_on(browser):
    browser.get("/e-tjanster/felanmalan/ansok")
    first = browser.form("Nästa").xpath(".//button")[0]
    assert words(first) == "Nästa"
    assert first.get("name") is None
