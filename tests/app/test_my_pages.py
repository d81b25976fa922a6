"""Mina sidor: drafts that wait, cases that go on, and acting for somebody else by mandate."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.cases.models import Case, State
from services.people.models import LoginSession
from tests.browser import Browser
from tests.desk import at_desk, desk_of
from tests.pages import PDF, number_on, report, told, value
from tests.services.attachments.files import pdf
from tests.town import Town


@pytest.fixture
def resident(town: Town) -> Browser:
    """A resident who has signed in."""
    return town.signed_in("testa")


@pytest.fixture
def number(resident: Browser) -> str:
    """A case that the resident has sent in."""
    return number_on(report(resident).submit("Skicka in"))


def mine(browser: Browser, number: str) -> Browser:
    """A case under Mina sidor."""
    return browser.get(f"/mina-sidor/arenden/{number}")


def test_a_stranger_is_led_to_sign_in_and_back_again(town):
    browser = town.visitor().get("/mina-sidor/inloggningar")
    assert browser.address.startswith("/logga-in?vidare=/mina-sidor/inloggningar")
    assert browser.heading == "Logga in"


def test_a_service_that_needs_an_e_id_leads_to_sign_in(town):
    browser = town.visitor().get("/e-tjanster/varmepump").click("Logga in och börja")
    assert browser.address.startswith("/logga-in?vidare=/e-tjanster/varmepump/ansok")


def test_the_name_is_filled_in_from_the_e_id(resident):
    report(resident)
    resident.get(resident.address.replace("granska", "kontakt"))
    assert value(resident, "namn") == "Testa Testsson"


def test_a_draft_waits_and_is_gone_on_with_in_another_browser(town, resident):
    resident.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    resident.submit("Spara och fortsätt senare", akut="no")
    assert resident.heading == "Mina sidor"
    draft = resident.page.xpath("//main//a[contains(., 'Fortsätt med')]/@href")[0]
    other = town.signed_in("testa").get("/mina-sidor")
    assert draft in other.page.xpath("//main//a/@href")
    assert other.get(draft).heading == "Var är det?"


def test_a_session_that_ended_loses_nothing(town, resident):
    resident.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    page = resident.address
    resident.client.delete_cookie(town.cookie)
    assert resident.get(page).status == 404
    resident.client.set_cookie(town.cookie, town.token("testa"))
    assert resident.get(page).heading == "Är det farligt just nu?"


def test_a_case_is_followed_under_mina_sidor(resident, number):
    assert number in resident.get("/mina-sidor").text
    mine(resident, number)
    assert "Exempelvägen 2" in resident.text
    assert "Mottagen" in resident.text


def test_a_message_with_a_file_reaches_the_desk(town, resident, number):
    papers = {"files": (io.BytesIO(pdf()), "karta.pdf")}
    mine(resident, number).submit("Skicka meddelandet", files=papers, body="Här är en karta.")
    assert "Här är en karta." in resident.text
    desk = at_desk(town, number)
    assert "Här är en karta." in desk.text
    desk.click("karta.pdf")
    assert (desk.status, desk.response.mimetype) == (200, "application/pdf")


def test_an_empty_message_is_told_at_the_field(resident, number):
    mine(resident, number).submit("Skicka meddelandet", body="  ")
    assert told(resident)


def test_a_message_with_a_bad_file_is_kept_and_names_the_file(resident, number):
    bad = {"files": (io.BytesIO(b"MZ" + b"\x00" * 99), "program.exe")}
    mine(resident, number).submit("Skicka meddelandet", files=bad, body="Titta på det här.")
    assert "program.exe" in told(resident)[0]
    assert value(resident, "body") == "Titta på det här."


def test_what_is_asked_for_is_completed(town, resident, number):
    desk_of(town, number, kind="completion", body="Vilken stolpe är det?")
    assert "Komplettera: Felanmälan" in resident.get("/mina-sidor").text
    mine(resident, number)
    assert "Vilken stolpe är det?" in resident.text
    resident.submit("Skicka in kompletteringen", body="Den vid lekplatsen.")
    assert resident.status == 200
    assert town.ask(select(Case.state).where(Case.number == number)) != State.AWAITING_COMPLETION


def test_an_internal_note_is_never_shown_to_the_resident(town, resident, number):
    desk_of(town, number, kind="note", body="Ring entreprenören om HEMLIGT.")
    assert "HEMLIGT" not in mine(resident, number).page.text_content()


def test_a_case_is_withdrawn_after_asking_once(town, resident, number):
    mine(resident, number).click("Ta tillbaka ärendet")
    assert town.ask(select(Case.state).where(Case.number == number)) == State.RECEIVED
    resident.submit("Ta tillbaka ärendet", reason="Lampan lyser igen.")
    assert town.ask(select(Case.state).where(Case.number == number)) == State.WITHDRAWN
    mine(resident, number)
    assert not resident.page.xpath("//main//form[contains(@action,'/arenden/')]")


def test_the_receipt_is_there_as_a_pdf(resident, number):
    mine(resident, number).click("Kvittens")
    assert resident.response.data.startswith(PDF)


def test_a_treasurer_applies_for_the_association(town):
    browser = town.signed_in("forening").get("/mina-sidor/agera-for")
    choice = browser.page.xpath("//label[contains(., 'Exempelby IF')]/@for")[0]
    mandate = browser.page.xpath("//input[@id=$id]/@value", id=choice)[0]
    browser.submit("Fortsätt", whom=mandate)
    assert "Exempelby IF" in browser.page.xpath("//header")[0].text_content()
    browser.get("/e-tjanster/alla-fragor/ansok").submit("Nästa", q_text="Föreningens lampa")
    draft = browser.address.split("/ansok/")[1].split("/")[0]
    case = town.ask(select(Case).where(Case.id == draft))
    assert case.subject_organisation_id == town.founded.organisations["idrott"].id
    assert case.acting_person_id == town.founded.personas["forening"]
    assert str(case.mandate_id) == mandate
    browser.get("/mina-sidor/agera-for").submit("Fortsätt", whom="self")
    assert browser.get(f"/e-tjanster/alla-fragor/ansok/{draft}").status == 404


def test_nobody_acts_for_an_organisation_without_a_mandate(town):
    other = town.founded.mandates["idrott"][0][1]
    browser = town.signed_in("firma").get("/mina-sidor/agera-for")
    browser.submit("Fortsätt", whom=str(other))
    assert browser.status == 403


def test_a_session_can_be_ended_from_another_browser(town):
    here, there = town.signed_in("samo"), town.signed_in("samo")
    assert there.get("/mina-sidor").heading == "Mina sidor"
    here.get("/mina-sidor/inloggningar")
    token = here.page.xpath("//main//input[@name='csrf_token']/@value")[0]
    data = {"csrf_token": token, "session": "all"}
    assert here.client.post("/mina-sidor/inloggningar", data=data).status_code == 303
    assert there.get("/mina-sidor").heading == "Logga in"
    assert here.get("/mina-sidor").heading == "Logga in"


def test_a_session_ends_by_itself(town):
    browser = town.signed_in("god-man").get("/mina-sidor")
    assert browser.heading == "Mina sidor"
    with town.work() as work:
        person = LoginSession.person_id == town.founded.personas["god-man"]
        long_ago = work.now - timedelta(hours=3)
        work.session.execute(update(LoginSession).where(person).values(last_seen_at=long_ago))
    assert browser.get("/mina-sidor").heading == "Logga in"
    assert "du var borta länge" in browser.text


def test_signing_out_ends_the_session_on_the_server(town):
    browser = town.signed_in("tolvan").get("/mina-sidor")
    token = browser.page.xpath("//header//input[@name='csrf_token']/@value")[0]
    held = browser.client.get_cookie(town.cookie).value
    browser.client.post("/logga-ut", data={"csrf_token": token})
    browser.client.set_cookie(town.cookie, held)
    assert browser.get("/mina-sidor").heading == "Logga in"


def test_somebody_with_protected_identity_gets_no_link_and_no_mail(town):
    browser = report(town.signed_in("skyddad"), email="x@example.com").submit("Skicka in")
    case = town.ask(select(Case).where(Case.number == number_on(browser)))
    assert case.protected
    assert "/folj/" not in browser.page.text_content()
