"""The case page as the whole desk: handlers, jäv, parties, tasks, links, papers, notes, readers."""

import io

import pytest
from sqlalchemy import select

from services.cases.models import Case
from services.people.models import Person
from tests.browser import words
from tests.desk import at_desk, desk_of
from tests.pages import number_on, report
from tests.services.attachments.files import photo

GIVEN, SURNAME = "Faisal", "Demograd"


@pytest.fixture
def colleague(town) -> str:
    """The id of another handler of the technical committee."""
    query = select(Person.id).where(Person.given_name == GIVEN, Person.surname == SURNAME)
    return str(town.ask(query))


def test_a_case_is_given_to_a_colleague_and_the_trace_is_there(town, number, colleague):
    browser = at_desk(town, number).submit("Byt handläggare", handlaggare=colleague)
    assert "Faisal Demograd leder arbetet" in browser.text
    assert "Tilldelat en handläggare" in browser.text
    assert str(town.ask(select(Case.handler_id).where(Case.number == number))) == colleague


def test_somebody_of_another_authority_cannot_be_given_the_case(town, number):
    other = str(town.founded.personas["handlaggare-bmn"])
    browser = at_desk(town, number).submit("Byt handläggare", handlaggare=other)
    assert browser.status == 422
    assert "Välj någon som handlägger ärenden i den här nämnden" in browser.text


def test_a_helper_is_let_in_and_taken_off(town, number, colleague):
    browser = at_desk(town, number).submit("Släpp in", med=colleague)
    assert "Faisal Demograd hjälper till" in browser.text
    browser.submit("Ta bort Faisal Demograd")
    assert "hjälper till" not in browser.text


def test_fl_18_who_declares_jav_is_kept_out_of_the_case(town, number):
    browser = at_desk(town, number).submit("Ta ärendet")
    browser.submit("Anmäl jävet", jav__grund="")
    assert browser.status == 422
    browser.submit("Anmäl jävet", jav__grund="related")
    assert browser.heading == "Inkorg"
    assert browser.get(f"/handlaggning/arenden/{number}").status == 404
    assert number not in browser.get("/handlaggning?vy=all").text
    assert town.ask(select(Case.handler_id).where(Case.number == number)) is None
    chief = at_desk(town, number, "chef-tn")
    assert "Jäv Tore" in chief.text or "Jäv" in chief.text
    chief.submit("Häv")
    assert browser.get(f"/handlaggning/arenden/{number}").status == 200


def test_the_chief_declares_jav_for_a_colleague_who_then_cannot_get_the_case(
    town, number, colleague
):
    chief = at_desk(town, number, "chef-tn")
    chief.submit("Anmäl jävet", jav__vem=colleague, jav__grund="other")
    assert "Ärendet är stängt för den personen" in chief.text
    chief.submit("Byt handläggare", handlaggare=colleague)
    assert chief.status == 422
    assert "det finns jäv" in chief.text


def test_a_task_is_noted_and_ticked_off(town, number):
    task = f"Ring bolaget om {number}"
    browser = at_desk(town, number)
    browser.submit("Anteckna uppgiften", uppgift__vad="")
    assert browser.status == 422
    browser.submit("Anteckna uppgiften", uppgift__vad="Ring", uppgift__dag="i morgon")
    assert "år, månad, dag" in browser.text
    browser.submit("Anteckna uppgiften", uppgift__vad=task, uppgift__dag="2030-01-02")
    assert task in browser.get("/handlaggning").text
    at_desk(town, number).submit(task)
    assert task not in browser.get("/handlaggning").text


def test_a_task_whose_day_has_passed_is_told_apart(town, number):
    late = f"Svara försäkringsbolaget om {number}"
    browser = at_desk(town, number)
    browser.submit("Anteckna uppgiften", uppgift__vad=late, uppgift__dag="2026-01-02")
    [row] = browser.get("/handlaggning").page.xpath(f"//li[contains(., '{late}')]")
    assert "Dagen har passerat" in words(row)
    at_desk(town, number).submit(late)


def test_a_party_is_added_found_by_name_and_removed(town, number):
    browser = at_desk(town, number)
    browser.submit("Lägg till parten", part__roll="neighbour", part__namn="Greta Grannberg")
    assert "Greta Grannberg Granne" in browser.text
    assert number in browser.get("/handlaggning?q=Grannberg&vy=all").text
    at_desk(town, number).submit("Ta bort Greta Grannberg")
    assert number not in browser.get("/handlaggning?q=Grannberg&vy=all").text


def test_two_cases_are_linked_and_each_tells_of_the_other(town, number, resident):
    other = number_on(report(resident).submit("Skicka in"))
    at_desk(town, number).submit("Koppla ärendena", koppla__nummer=other)
    assert number in at_desk(town, other).text
    browser = at_desk(town, number).submit("Koppla ärendena", koppla__nummer="S24-26-FINNSEJ")
    assert browser.status == 422


def test_a_case_of_another_authority_cannot_be_linked(town, number):
    foreign = town.ask(
        select(Case.number).where(Case.unit_key == "miljo-halsa", Case.number.is_not(None)).limit(1)
    )
    browser = at_desk(town, number).submit("Koppla ärendena", koppla__nummer=foreign)
    assert browser.status == 422
    assert "Det finns inget sådant ärende" in browser.text


def test_a_letter_is_scanned_into_the_case(town, number, resident):
    paper = {"papper-filer": (io.BytesIO(photo()), "brev.jpg")}
    browser = at_desk(town, number)
    browser.submit("Lägg till handlingarna", files=paper, papper__kanal="letter")
    assert "brev.jpg" in browser.text
    assert "Vi tog emot handlingar" in resident.get(f"/mina-sidor/arenden/{number}").text
    browser.submit("Lägg till handlingarna")
    assert "Välj en fil" in browser.text


def test_fl_24_and_27_what_is_noted_stands_and_the_resident_does_not_see_it(town, number, resident):
    desk_of(town, number, kind="oral", body="Han sade i telefon att lampan blinkar.")
    assert "Anteckning om muntliga uppgifter" in at_desk(town, number).text
    assert "blinkar" not in resident.get(f"/mina-sidor/arenden/{number}").text


def test_a_colleague_who_is_named_finds_it_in_the_inbox(town, number):
    chief = town.founded.names[town.founded.personas["chef-tn"]]
    desk_of(town, number, kind="note", body=f"Kan du titta på det, @{chief}?")
    browser = town.signed_in("chef-tn").get("/handlaggning")
    assert f"Du är omnämnd i {number}" in browser.text
    browser.get(f"/handlaggning/arenden/{number}")
    assert f"Du är omnämnd i {number}" not in browser.get("/handlaggning").text


def test_the_desk_sees_who_has_opened_the_case(town, number):
    at_desk(town, number, "chef-tn")
    browser = at_desk(town, number).click("Öppnat av")
    assert town.founded.names[town.founded.personas["chef-tn"]] in browser.text


def test_the_contact_centre_has_no_buttons_in_the_case(town, number):
    browser = town.signed_in("kontaktcenter").get(f"/handlaggning/arenden/{number}")
    if browser.status == 200:
        assert not browser.page.xpath("//main//button")
