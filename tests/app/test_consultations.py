"""Hearing as handler, party, authority and neighbour meet it."""

import io

import pytest
from sqlalchemy import select

from services.cases.models import Case
from services.consultations import codes, queries
from services.consultations.models import Consultation, Consulted
from tests.browser import Browser, words
from tests.desk import at_desk
from tests.pages import PDF, number_on, report, told
from tests.services.attachments.files import pdf
from tests.town import Town

PARTY = "Vi tänker säga nej. Vad tycker du?"


@pytest.fixture
def number(town: Town) -> str:
    """A case that the resident has sent in."""
    return number_on(report(town.signed_in("testa")).submit("Skicka in"))


def hearing(town: Town, number: str) -> Browser:
    """The handler at the hearings of a case."""
    return at_desk(town, number).click("Hörande och vila")


def asked_in(town: Town, number: str) -> Consulted:
    """The one who was asked last."""
    with town.work() as work:
        case = work.session.scalars(select(Case).where(Case.number == number)).one()
        return queries.of_case(work.session, case.id)[0][1][0]


def link_of(town: Town, row: Consulted) -> str:
    """The address in the mail."""
    with town.work() as work:
        return f"/remiss/{codes.link_secret(work.resources['keyring'], row)}"


def code_of(town: Town, row: Consulted) -> str:
    """The code in the letter."""
    with town.work() as work:
        return codes.code(work.resources["keyring"], row)


def room_of(town, number):
    """Where the party comments in this case, whatever else waits for them."""
    asked = select(Consultation.id).join(Case, Case.id == Consultation.case_id)
    return f"/mina-sidor/synpunkter/{town.ask(asked.where(Case.number == number))}"


def test_fl_25_the_party_reads_the_material_and_comments(town, number):
    desk = at_desk(town, number)
    desk.submit("Spara och skicka", kind="oral", body="Grannen säger att lampan lyser.")
    desk.submit("Spara och skicka", kind="note", body="Detta ser ingen.")
    desk = hearing(town, number).click("Låt parten lämna synpunkter")
    box = desk.page.xpath("//label[contains(., 'Grannen')]/@for")[0]
    chosen = desk.page.xpath("//input[@id=$id]/@value", id=box)[0]
    desk.submit("Skicka", question=PARTY, material=[chosen])
    assert "Inte besvarad än." in desk.text

    party = town.signed_in("testa").get("/mina-sidor")
    [room] = party.page.xpath("//a[@href=$room]/@href", room=room_of(town, number))
    party.get(room)
    assert party.heading == "Vi vill ha dina synpunkter"
    assert PARTY in party.text
    assert "Grannen säger att lampan lyser." in party.text
    assert "Detta ser ingen." not in party.text
    told(party.submit("Skicka ditt svar", answer="comments", body=""))
    paper = {"files": (io.BytesIO(pdf()), "intyg.pdf")}
    party.submit("Skicka ditt svar", files=paper, answer="comments", body="Den är släckt.")
    assert "Tack. Vi har fått ditt svar." in party.text
    to_do = party.get("/mina-sidor").page.xpath("//a[@href=$room]", room=room_of(town, number))
    assert not [each for each in to_do if "Lämna synpunkter" in words(each)]
    assert "intyg.pdf" in at_desk(town, number).text
    assert "Synpunkter" in hearing(town, number).text


def test_fl_25_nobody_else_reads_it(town, number):
    hearing(town, number).click("Låt parten lämna synpunkter").submit("Skicka", question=PARTY)
    address = town.signed_in("testa").get("/mina-sidor").click("Lämna synpunkter").address
    assert town.signed_in("tolvan").get(address).status == 404


def test_fl_26_an_authority_answers_by_a_link_that_opens_once(town, number):
    desk = hearing(town, number).click("Be en myndighet")
    told(desk.submit("Skicka", question="Yttra er.", recipients="Polisen"))
    desk.submit("Skicka", question="Yttra er.", recipients="Polisen; remiss@polisen.example")
    row = asked_in(town, number)
    address = link_of(town, row)
    police = town.visitor().get(address)
    assert "Yttra er." not in police.text
    police.submit("Öppna i den här webbläsaren")
    assert "Yttra er." in police.text
    elsewhere = town.visitor().get(address).submit("Öppna i den här webbläsaren")
    assert elsewhere.status == 409
    assert town.visitor().get(f"/yttrande/{row.id}").status == 404

    paper = {"files": (io.BytesIO(pdf()), "yttrande.pdf")}
    police.submit("Skicka ditt svar", files=paper, answer="comments", body="Vi avstyrker.")
    assert "Du lämnade dina synpunkter" in police.text
    desk = hearing(town, number)
    assert "Vi avstyrker." in desk.text
    file = desk.page.xpath("//a[contains(., 'yttrande.pdf')]/@href")[0]
    assert desk.client.get(file).data.startswith(PDF)
    assert town.signed_in("handlaggare-bmn").get(file).status == 404


def test_fl_26_a_lost_link_is_made_anew(town, number):
    desk = hearing(town, number).click("Be en myndighet")
    desk.submit("Skicka", question="Yttra er.", recipients="Polisen; remiss@polisen.example")
    old = link_of(town, asked_in(town, number))
    hearing(town, number).submit("Gör en ny länk")
    assert town.visitor().get(old).status == 404
    assert town.visitor().get(link_of(town, asked_in(town, number))).status == 200


def test_pbl_9_a_neighbour_answers_with_the_code_of_a_letter(town, number):
    desk = hearing(town, number).click("Hör grannarna")
    neighbours = "Granne Ett; Vägen 1, 144 30 Salem; Salem 1:2\nGranne Två; Vägen 3, 144 30 Salem"
    desk.submit("Skicka", question="En lampa ska flyttas.", recipients=neighbours)
    letters = desk.page.xpath("//a[contains(., 'Brev med koder')]/@href")[0]
    assert desk.client.get(letters).data.startswith(PDF)
    assert town.signed_in("testa").get(letters).status in (403, 404)

    neighbour = town.visitor().get("/granne")
    told(neighbour.submit("Nästa", code="AAAA-BBBB-CCCC"))
    neighbour.submit("Nästa", code=code_of(town, asked_in(town, number)).lower())
    assert "En lampa ska flyttas." in neighbour.text
    assert "Salem 1:2" in neighbour.text
    told(neighbour.submit("Skicka ditt svar", answer="nothing"))
    neighbour.submit("Skicka ditt svar", answer="nothing", capacity="owner", public="yes")
    assert "att du inte har några synpunkter" in neighbour.text
    assert "Ingen erinran" in hearing(town, number).text


def test_pbl_9_wrong_tries_are_counted_though_the_answer_is_a_refusal(town, number):
    desk = hearing(town, number).click("Hör grannarna")
    desk.submit("Skicka", question="?", recipients="Granne; Vägen 1")
    row = asked_in(town, number)
    told(town.visitor().get("/granne").submit("Nästa", code=f"{row.selector}-3333-3333"))
    assert asked_in(town, number).tries == 1


def test_a_case_rests_and_is_woken(town, number):
    desk = hearing(town, number).click("Låt ärendet vila")
    told(desk.submit("Låt det vila", reason="Domstol"))
    day = {"wake_on__day": "1", "wake_on__month": "12", "wake_on__year": "2031"}
    desk.submit("Låt det vila", reason="Väntar på domstolen.", **day)
    assert "Ärendet vilar till 1 december 2031" in desk.text
    party = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}")
    assert "Ärendet vilar till 2031-12-01" in party.text
    assert "Väntar på domstolen." not in party.text
    desk.submit("Väck ärendet nu")
    assert "Ärendet är väckt." in desk.text


def test_answers_that_are_late_are_listed(town):
    assert town.signed_in("handlaggare-tn").get("/handlaggning/horande").heading == (
        "Svar som inte har kommit"
    )


def test_a_guessed_link_leads_nowhere(town):
    for secret in ("x", "0" * 64):
        assert town.visitor().get(f"/remiss/{secret}").status == 404
