"""Distribution: absence with a substitute, teams, rules, evening out; templates; referral."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.cases.models import Case
from services.desk.models import Referral
from services.people.models import Person
from tests.desk import at_desk
from tests.pages import number_on, report, status_of
from tests.town import Town


def person(town: Town, surname: str) -> str:
    """The id of somebody of the staff."""
    return str(town.ask(select(Person.id).where(Person.surname == surname).limit(1)))


@pytest.fixture
def chief(town):
    """The chief of the technical committee at the distribution of work."""
    return town.signed_in("chef-tn").get("/handlaggning/fordelning")


def test_who_is_away_gives_way_to_the_substitute(town, chief, number):
    away, here = person(town, "Demograd"), person(town, "Provsten")
    with town.work() as work:
        today = work.now.date()
    chief.submit("Anteckna frånvaron", vem=away, fran="x", till="y")
    assert chief.status == 422
    chief.submit(
        "Anteckna frånvaron",
        vem=away,
        fran=today.isoformat(),
        till=(today + timedelta(days=7)).isoformat(),
        ersattare=here,
    )
    assert "Gunnel Provsten är ersättare" in chief.text
    browser = at_desk(town, number).submit("Byt handläggare", handlaggare=away)
    assert "Gunnel Provsten leder arbetet" in browser.text
    chief.get("/handlaggning/fordelning").submit("Avsluta Faisal Demograd")
    browser = at_desk(town, number).submit("Byt handläggare", handlaggare=away)
    assert "Faisal Demograd leder arbetet" in browser.text


def test_a_handler_cannot_make_rules_or_teams(town):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning/fordelning")
    assert not browser.page.xpath("//button[contains(., 'Skapa regeln')]")
    chief = town.signed_in("chef-tn").get("/handlaggning/fordelning")
    assert chief.page.xpath("//button[contains(., 'Skapa regeln')]")


def test_a_team_and_a_rule_by_answer_give_the_case_to_who_has_least(town, chief, resident):
    chief.submit("Skapa gruppen", gruppnamn="")
    assert chief.status == 422
    members = [person(town, "Provsten"), person(town, "Demograd")]
    chief.submit("Skapa gruppen", gruppnamn="Lamplaget", medlem=members)
    team = chief.page.xpath("//option[contains(., 'Grupp: Lamplaget')]/@value")[0]
    rule = chief.page.xpath("//option[contains(., 'Vad gäller det?: Belysning')]/@value")[0]
    chief.submit("Skapa regeln", villkor=rule, regel__till=team)
    assert "Lamplaget" in chief.text
    number = number_on(report(resident).submit("Skicka in"))
    handler = town.ask(select(Case.handler_id).where(Case.number == number))
    assert str(handler) in members
    chief.get("/handlaggning/fordelning")
    rule = chief.page.xpath("//li[contains(., 'Grupp: Lamplaget')]//form")[0]
    token = rule.xpath(".//input[@name='csrf_token']/@value")[0]
    assert status_of(chief.client.post(rule.get("action"), data={"csrf_token": token})) == 303
    number = number_on(report(resident).submit("Skicka in"))
    assert town.ask(select(Case.handler_id).where(Case.number == number)) is None
    chief.get("/handlaggning/fordelning").submit("Lös upp gruppen Lamplaget")


def test_cases_are_evened_out_after_a_proposal(town, chief, number):
    giver = person(town, "Demograd")
    at_desk(town, number).submit("Byt handläggare", handlaggare=giver)
    chief.get("/handlaggning/fordelning").submit("Föreslå vem som får dem", fran__vem=giver)
    assert chief.status == 200
    before = str(town.ask(select(Case.handler_id).where(Case.number == number)))
    assert before == giver
    if chief.page.xpath("//input[@name='flytt']"):
        chief.submit("Flytta de markerade ärendena")
        assert chief.heading == "Ärendena är flyttade"
        assert "Går inte" not in chief.text


def test_the_proposal_is_for_who_leads_the_work_only(town):
    giver = person(town, "Demograd")
    browser = town.signed_in("handlaggare-tn")
    assert browser.get(f"/handlaggning/fordelning/jamna?fran-vem={giver}").status == 403


def test_a_template_is_held_tried_saved_and_used(town, number):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning/mallar/ny")
    browser.submit("Spara mallen", name="Lagas snart", body="Hej {{okant}}")
    assert "Det finns inget fält som heter okant." in browser.text
    text = "Ditt ärende {{arendenummer}} om {{tjanst}} lagas snart."
    browser.submit("Prova på ett ärende", name="Lagas snart", body=text)
    assert "Så blir det i S24-" in browser.text
    browser.submit("Spara mallen", name="Lagas snart", body=text)
    assert "Lagas snart" in browser.text
    desk = at_desk(town, number)
    chosen = desk.page.xpath("//select[@id='mall']/option[contains(., 'Lagas snart')]/@value")[0]
    desk.get(f"/handlaggning/arenden/{number}?mall={chosen}")
    box = desk.page.xpath("//textarea[@name='body']")[0].text
    assert f"Ditt ärende {number} om Felanmälan" in box
    assert "Lagas snart" not in town.signed_in("handlaggare-bmn").get("/handlaggning/mallar").text


def test_two_who_change_a_template_at_once_see_both_texts(town):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning/mallar/ny")
    browser.submit("Spara mallen", name="Delad mall", body="Första texten.")
    address = browser.click("Delad mall").address
    other = town.signed_in("chef-tn").get(address)
    browser.submit("Spara mallen", body="Min text.")
    other.submit("Spara mallen", body="Chefens text.")
    assert other.status == 409
    assert "Min text." in other.text
    assert "Chefens text." in other.text
    town.signed_in("chef-tn").get(address).submit("Ta bort mallen")
    assert browser.get(address).status == 404


def test_fl_8_a_case_is_handed_over_with_what_is_chosen_and_nothing_else(town, number, resident):
    browser = at_desk(town, number).click("Lämna över till en annan nämnd")
    browser.submit("Lämna över", reason="Rör miljön.")
    assert browser.status == 422
    browser.submit(
        "Lämna över", unit="miljo-halsa", reason="Rör miljön.", answers=["beskrivning", "kategori"]
    )
    assert "Ärendet är överlämnat" in browser.page.text_content()
    case_id = town.ask(select(Case.id).where(Case.number == number))
    row = town.ask(select(Referral).where(Referral.case_id == case_id))
    new = town.ask(select(Case).where(Case.id == row.new_case_id))
    assert set(new.answers) == {"beskrivning", "kategori"}
    assert new.number != number
    there = town.signed_in("handlaggare-bmn").get(f"/handlaggning/arenden/{new.number}")
    assert "Överlämnat från en annan nämnd" in there.text
    assert "S-1234" not in there.text
    assert town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{new.number}").status == 404
    assert "Vi lämnade över frågan" in resident.get(f"/mina-sidor/arenden/{number}").text
    assert resident.get(f"/mina-sidor/arenden/{new.number}").status == 200


def test_the_rules_of_the_e_services_are_told_and_leave_a_trace(town, chief, resident):
    assert "Vad gäller det? Skylt eller vägmärke → Enhet: Trafik och tillstånd" in chief.text
    browser = resident.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="skylt")
    browser.submit("Nästa").submit("Nästa", akut="no").submit("Nästa", plats__text="Torget")
    browser.submit("Nästa", beskrivning="Skylten ligger ned.").submit("Nästa")
    number = number_on(browser.submit("Skicka in"))
    assert "Tilldelad en annan enhet av en regel" in at_desk(town, number).text
    assert town.ask(select(Case.unit_key).where(Case.number == number)) == "trafik"
