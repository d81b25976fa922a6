"""Signing in with the demonstration e-ID, on a site of its own, by real SAML in a real browser."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.cases.models import Case
from tests.live import Chromium
from tests.pages import number_on, report
from tests.town import Town

pytestmark = pytest.mark.usefixtures("demonstration_e_id")


def sign_in_as(visitor: Chromium, persona: str, e_id: str) -> None:
    """From the page where one signs in, by way of the e-ID, and back."""
    visitor.press(e_id)
    assert visitor.driver.current_url.startswith("http://127.0.0.1:")
    visitor.find(f"//label[@for='{persona}']").click()
    visitor.press("Fortsätt", onwards="localhost")
    if visitor.driver.current_url.startswith("http://127.0.0.1:"):
        # Without scripts, the page that leads back has a button.
        visitor.press("Fortsätt", onwards="localhost")


def test_a_resident_signs_in_asks_and_finds_the_case_again(town, visitor: Chromium):
    visitor.get("/e-tjanster/fraga-fragestund").press("Logga in och börja")
    sign_in_as(visitor, "testa", "Demo-legitimation")
    assert visitor.heading == "Vilket sammanträde?"
    day = datetime.now(UTC) + timedelta(days=40)
    for part, number in (("day", day.day), ("month", day.month), ("year", day.year)):
        visitor.fill(f"mote-{part}", str(number))
    visitor.press("Nästa").choose("till", "vet_inte").press("Nästa")
    visitor.fill("rubrik", "Belysning").fill("fraga", "När lagas lamporna i parken?")
    visitor.press("Spara och fortsätt senare")
    assert visitor.heading == "Mina sidor"
    visitor.press("Fortsätt med: Ställ en fråga på allmänhetens frågestund")
    assert visitor.heading == "Du ställer frågan på plats"
    visitor.choose("narvaro", "yes").choose("en_fraga", "yes").press("Nästa")
    assert visitor.find("//input[@name='namn']").get_attribute("value") == "Testa Testsson"
    visitor.fill("epost", "testa@example.com").press("Nästa").press("Skicka in")
    number = visitor.find("//main//strong").text
    visitor.get("/mina-sidor")
    assert number in visitor.text
    case = town.ask(select(Case).where(Case.number == number))
    assert case.acting_person_id == town.founded.personas["testa"]
    assert case.assurance.startswith("http://id.elegnamnden.se/loa/")


def test_a_handler_signs_in_with_the_staff_e_id_and_takes_a_case(visitor: Chromium, town: Town):
    number = number_on(report(town.visitor()).submit("Skicka in"))
    visitor.get("/handlaggning")
    sign_in_as(visitor, "handlaggare-tn", "Demo-tjänstelegitimation")
    assert visitor.heading == "Inkorg"
    visitor.get(f"/handlaggning?vy=unassigned&q={number}").press(number).press("Ta ärendet")
    assert visitor.get(f"/handlaggning?vy=mine&q={number}").find(f"//tbody//a[.='{number}']")


def test_an_elected_representative_comes_to_the_own_entrance(visitor: Chromium):
    visitor.get("/fortroendevald")
    sign_in_as(visitor, "ledamot-bun", "Demo-tjänstelegitimation")
    assert visitor.heading == "Förtroendevald"


def test_one_who_thinks_better_of_it_comes_back_not_signed_in(visitor: Chromium):
    visitor.get("/mina-sidor").press("Demo-legitimation")
    visitor.press("Avbryt", onwards="localhost")
    if visitor.driver.current_url.startswith("http://127.0.0.1:"):
        visitor.press("Fortsätt", onwards="localhost")
    assert visitor.heading == "Logga in"
    assert "Du avbröt" in visitor.text


def test_signing_out_is_one_press(visitor: Chromium):
    visitor.get("/mina-sidor")
    sign_in_as(visitor, "tolvan", "Demo-legitimation")
    assert visitor.heading == "Mina sidor"
    visitor.press("Logga ut", where="header")
    assert visitor.heading == "Du är utloggad"
    assert visitor.get("/mina-sidor").heading == "Logga in"
