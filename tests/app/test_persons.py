"""Persons at the desk: found by name, taken out as an extract, and unmarked by two."""

import json

import pytest
from sqlalchemy import select, update

from services.cases.models import Case
from services.people.models import Person
from tests.app.test_queries import counted
from tests.pages import PDF, number_on, report, told
from tests.town import Town

SEARCH, EXTRACT = "/handlaggning/personer", "/handlaggning/registerutdrag"
TESTO = "18900101-9802"
NOBODY = "18900109-9804"


@pytest.fixture
def number(town: Town) -> str:
    """A case that Testo has sent in."""
    return number_on(report(town.signed_in("testo"), email="t@example.com").submit("Skicka in"))


def test_a_case_is_found_by_the_beginning_of_a_name(town, number):
    desk = town.signed_in("handlaggare-tn").get("/handlaggning").click("Personer")
    desk.submit("Sök", namn="test prov")
    assert number in desk.text
    assert "Testo Provberg (Den det gäller)" in desk.text
    assert desk.click(number).status == 200
    assert number not in town.signed_in("handlaggare-sn").get(f"{SEARCH}?namn=provberg").text
    assert told(desk.get(f"{SEARCH}?namn=p")) == ["Skriv minst två bokstäver av ett namn."]
    assert "Inget ärende har ett sådant namn" in desk.get(f"{SEARCH}?namn=xyzzy").text


def test_somebody_protected_is_found_by_those_who_may_see_them(town):
    mine = number_on(report(town.signed_in("skyddad")).submit("Skicka in"))
    for who, finds in (("handlaggare-tn", False), ("kontaktcenter", False), ("chef-tn", True)):
        page = town.signed_in(who).get(f"{SEARCH}?namn=siri skyddad")
        assert (mine in page.text) == finds, who
        assert ("Siri Skyddad" in page.text) == finds, who


def test_the_search_asks_a_few_times_however_much_it_finds(town, number):
    report(town.signed_in("testo")).submit("Skicka in")
    desk = town.signed_in("handlaggare-tn").get(f"{SEARCH}?namn=testo")
    with counted(town) as asked:
        desk.get(f"{SEARCH}?namn=testo")
    assert len(asked) <= 11, "\n".join(asked)


def test_an_extract_is_taken_out_as_json_and_as_pdf(town, number):
    desk = town.signed_in("registrator-tn").get(SEARCH).click("Registerutdrag för en person")
    authority = desk.page.xpath("//select[@name='authority']/option[@value!='']/@value")[0]
    given = {"number": TESTO, "authority": authority, "reason": "person"}
    desk.submit("Ta ut som JSON", **given)
    assert desk.response.mimetype == "application/json"
    cases = json.loads(desk.response.data)["cases"]
    assert number in [each["number"] for each in cases]
    desk.get(EXTRACT).submit("Ta ut som pdf", **given)
    assert desk.response.data.startswith(PDF)


def test_without_a_number_that_has_cases_there_is_nothing_to_take_out(town):
    desk = town.signed_in("registrator-sn").get(EXTRACT)
    authority = desk.page.xpath("//select[@name='authority']/option[@value!='']/@value")[0]
    desk.submit("Ta ut som pdf", number=NOBODY, authority=authority, reason="person")
    assert told(desk) == ["Nämnden har inget ärende för den personen som du får se."]
    desk.submit("Ta ut som pdf", number="123", authority=authority, reason="person")
    assert told(desk) == ["Kontrollera personnumret."]


def test_a_handler_takes_nothing_out(town, number):
    desk = town.signed_in("handlaggare-tn").get(EXTRACT)
    assert "Registratorn eller en chef tar ut registerutdrag" in desk.text
    assert not desk.page.xpath("//main//form")
    token = desk.get("/handlaggning").page.xpath("//input[@name='csrf_token']/@value")
    sent = {"csrf_token": token[0] if token else "", "number": TESTO, "reason": "person"}
    with desk.client.post(EXTRACT, data=sent) as answer:
        assert answer.mimetype == "text/html"
        assert number.encode() not in answer.data


@pytest.fixture
def protected(town: Town):
    """A case of somebody who has been marked as protected by mistake, and is in nobody's room."""
    made = number_on(report(town.signed_in("god-man")).submit("Skicka in"))
    desk = town.signed_in("registrator-tn").get(f"/handlaggning/arenden/{made}/handlingar")
    desk.submit("Skydda personen")
    yield made
    with town.work() as work:
        whose = town.founded.personas["god-man"]
        work.session.execute(update(Person).where(Person.id == whose).values(protected=False))
        mine = update(Case).where(Case.acting_person_id == whose)
        work.session.execute(mine.values(protected=False))


def test_a_mark_is_taken_away_by_two(town, protected):
    whose = select(Person.protected).where(Person.id == town.founded.personas["god-man"])
    assert town.ask(whose)
    at = f"/handlaggning/arenden/{protected}"
    first = town.signed_in("registrator-tn").get(f"{at}/handlingar").click("Ta bort skyddet")
    first.submit("Föreslå att markeringen tas bort")
    assert told(first)
    first.submit("Föreslå att markeringen tas bort", reason="Visat beslut från Skatteverket.")
    assert "Någon annan måste bekräfta det" in first.text
    assert not first.page.xpath("//button[@value='confirm']")
    answered = first.form("Ta tillbaka förslaget").get("action")
    token = first.page.xpath("//input[@name='csrf_token']/@value")[0]
    sent = {"csrf_token": token, "answer": "confirm"}
    with first.client.post(answered, data=sent) as refused:
        assert refused.status_code == 303
    assert town.ask(whose)
    handler = town.signed_in("handlaggare-tn")
    assert handler.get(f"{at}/skydd").status == 404
    assert protected not in handler.get("/handlaggning/skydd").text
    second = town.signed_in("chef-tn").get("/handlaggning/diarium").click("Skydd som ska tas bort")
    second.click(protected)
    assert "Visat beslut från Skatteverket." in second.text
    second.submit("Bekräfta: ta bort markeringen")
    assert "Markeringen är borttagen" in second.page.text_content()
    assert not town.ask(whose)
    assert handler.get(at).status == 200


def test_a_refused_proposal_leaves_the_mark(town, protected):
    at = f"/handlaggning/arenden/{protected}/skydd"
    first = town.signed_in("chef-tn").get(at)
    first.submit("Föreslå att markeringen tas bort", reason="Registret säger inget mer.")
    town.signed_in("registrator-tn").get(at).submit("Avslå: markeringen står kvar")
    assert town.ask(select(Case.protected).where(Case.number == protected))
    assert "Föreslå att markeringen tas bort" in first.get(at).text
