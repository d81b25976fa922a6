"""Documents, diary, secrecy and the archive package, as the desk and the party meet them."""

import pytest
from sqlalchemy import select, update

from services.archive import reading
from services.cases.models import Case
from services.cases.queries import messages
from services.people.models import Person
from tests.deciding import HANDLER, REGISTRAR, RESIDENT, applied, drafted, publish
from tests.desk import desk_of
from tests.pages import number_on, report, status_of
from tests.town import Town

ELSEWHERE = "handlaggare-bmn"


@pytest.fixture(scope="module", autouse=True)
def service(town):
    """The service that ends in a decision."""
    publish(town)


def documents_of(town: Town, number: str, who: str = HANDLER):
    """Somebody of the desk at the documents of a case."""
    return town.signed_in(who).get(f"/handlaggning/arenden/{number}/handlingar")


def test_a_decided_case_is_fetched_as_a_package_and_reads_back_whole(town):
    number = applied(town)
    drafted(town, number).submit("Besluta")
    registrar = documents_of(town, number, REGISTRAR)
    form = registrar.form("Hämta paketet")
    token = {"csrf_token": form.xpath(".//input[@name='csrf_token']/@value")[0]}
    answer = registrar.client.post(form.get("action"), data=token)
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    found = reading.read_back(answer.data)
    assert found.faults == []
    assert found.number == number
    assert (
        "tog ut paketet"
        in town.signed_in(RESIDENT).get(f"/mina-sidor/arenden/{number}/oppnat").text
    )


def test_osl_5_1_the_diary_has_the_case_and_the_party_sees_its_number(town):
    number = number_on(report(town.signed_in(RESIDENT)).submit("Skicka in"))
    desk = documents_of(town, number)
    assert "Diarienummer: TN 20" in desk.text
    assert "I det offentliga diariet" in desk.text
    assert number in town.signed_in(HANDLER).get("/handlaggning/diarium").text
    assert number not in town.signed_in(ELSEWHERE).get("/handlaggning/diarium").text
    mine = town.signed_in(RESIDENT).get(f"/mina-sidor/arenden/{number}").click("Alla handlingar")
    assert "TN 20" in mine.text
    assert "Ansökan eller anmälan: " in mine.text


def test_fl_10_the_party_sees_letters_but_not_notes(town):
    number = number_on(report(town.signed_in(RESIDENT)).submit("Skicka in"))
    desk_of(town, number, kind="note", body="Ring entreprenören.")
    desk_of(town, number, kind="answer", body="Vi kommer i dag.")
    mine = town.signed_in(RESIDENT).get(f"/mina-sidor/arenden/{number}/handlingar")
    assert "Meddelande till part" in mine.text
    assert "Tjänsteanteckning" not in mine.text
    assert "Tjänsteanteckning" in documents_of(town, number).text


def test_osl_10_3_a_letter_that_is_kept_from_the_party_is_shown_nowhere(town):
    number = number_on(report(town.signed_in(RESIDENT)).submit("Skicka in"))
    desk_of(town, number, kind="answer", body="Uppgift från läkaren.")
    with town.work() as work:
        case = work.session.scalar(select(Case).where(Case.number == number))
        letter = messages(work.session, case.id, with_notes=False)[0]
    desk = documents_of(town, number).submit(
        "Gör markeringen", what=f"document:message-{letter.id}", law="25 kap. 1", from_party=True
    )
    assert desk.status == 422
    assert "Skriv lagrummet så här" in desk.text
    desk.submit("Gör markeringen", law="25 kap. 1 § OSL", from_party=True)
    assert "visas inte för parten" in desk.text
    party = town.signed_in(RESIDENT).get(f"/mina-sidor/arenden/{number}")
    assert "Uppgift från läkaren" not in party.text
    listed = party.click("Alla handlingar")
    assert "1 handling visas inte" in listed.text
    clerk = town.signed_in("kontaktcenter")
    for tail in ("", "/handlingar", "/lasare"):
        assert clerk.get(f"/handlaggning/arenden/{number}{tail}").status == 404
    registrar = documents_of(town, number, REGISTRAR).click("Ta bort markeringen")
    assert registrar.submit("Ta bort markeringen", because="").status == 422
    registrar.submit("Ta bort markeringen", because="Prövad i dag.")
    assert "Inget i ärendet är markerat" in registrar.text


@pytest.fixture
def exposed(town):
    """A case of somebody who is about to be protected, and is so for this test alone."""
    yield number_on(report(town.signed_in("testo"), email="testo@example.com").submit("Skicka in"))
    whose = town.founded.personas["testo"]
    with town.work() as work:
        work.session.execute(update(Person).where(Person.id == whose).values(protected=False))
        mine = update(Case).where(Case.acting_person_id == whose)
        work.session.execute(mine.values(protected=False))


def test_protected_identity_that_comes_later_takes_the_case_from_everybody_else(town, exposed):
    number = exposed
    documents_of(town, number).submit("Skydda personen")
    handler = town.signed_in(HANDLER)
    assert handler.get(f"/handlaggning/arenden/{number}/handlingar").status == 404
    for address in ("/handlaggning?vy=all", f"/handlaggning?vy=all&q={number}"):
        assert number not in handler.get(address).text.replace(f"”{number}”", "")
    assert number not in handler.get("/handlaggning/diarium").text
    answer = handler.client.get("/handlaggning/export?vy=all")
    assert number.encode() not in answer.data
    assert documents_of(town, number, REGISTRAR).status == 200


def test_nothing_of_a_case_is_there_for_another_authority(town):
    number = number_on(report(town.signed_in(RESIDENT)).submit("Skicka in"))
    other = town.signed_in(ELSEWHERE)
    assert other.get(f"/handlaggning/arenden/{number}/handlingar").status == 404
    other.get("/handlaggning/diarium")
    token = other.page.xpath("//input[@name='csrf_token']/@value")[0]
    for tail in ("arkivpaket", "skydda", "sekretess"):
        address = f"/handlaggning/arenden/{number}/{tail}"
        assert status_of(other.client.post(address, data={"csrf_token": token})) == 404
    for tail in ("handlingar", "oppnat"):
        address = f"/mina-sidor/arenden/{number}/{tail}"
        assert town.signed_in("tolvan").get(address).status == 404


def test_who_has_opened_the_case_is_told_by_duty_and_never_by_name(town):
    number = number_on(report(town.signed_in(RESIDENT)).submit("Skicka in"))
    party = town.signed_in(RESIDENT).get(f"/mina-sidor/arenden/{number}/oppnat")
    assert "Ingen har öppnat det" in party.text
    desk = town.signed_in(HANDLER).get(f"/handlaggning/arenden/{number}")
    name = desk.page.xpath("//header")[0].text_content()
    party.get(f"/mina-sidor/arenden/{number}/oppnat")
    assert "Handläggare öppnade ärendet" in party.text
    assert name.strip() not in party.text


def test_arkivlagen_10_the_dry_run_and_the_case_say_what_may_go_and_what_holds_it(town):
    number = applied(town)
    drafted(town, number).submit("Besluta")
    registrar = town.signed_in(REGISTRAR).get("/handlaggning/gallring")
    assert registrar.heading == "Det som har passerat sin tid"
    registrar.get(f"/handlaggning/arenden/{number}/gallra")
    assert "Ett beslut är överklagat eller kan överklagas" in registrar.text
    registrar.submit("Stoppa gallringen", skal="audit")
    assert "Det granskas av revisorer" in registrar.text
    registrar.submit("Låt gallringen fortsätta")
    assert not registrar.page.xpath("//button[contains(., 'Låt gallringen')]")
    assert town.signed_in(ELSEWHERE).get(f"/handlaggning/arenden/{number}/gallra").status == 404
