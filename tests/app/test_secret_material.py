"""Marked documents and answers from outside, as the desk and the party meet them."""

import io

from tests.app.test_consultations import asked_in, hearing, link_of
from tests.desk import at_desk
from tests.pages import number_on, report, told
from tests.services.attachments.files import pdf
from tests.town import Town

ASK = {"question": "Yttra er.", "recipients": "Polisen; remiss@polisen.example"}


def sent_in(town: Town) -> str:
    """The number of a case with a message in it."""
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    at_desk(town, number).submit("Spara och skicka", kind="answer", body="Läkaren skriver så här.")
    return number


def marked(town: Town, number: str) -> None:
    """The registrar marks the message."""
    desk = town.signed_in("registrator-tn").get(f"/handlaggning/arenden/{number}/handlingar")
    what = next(
        each.get("value")
        for each in desk.page.xpath("//select[@name='what']/option")
        if "Meddelande till part" in each.text
    )
    desk.submit("Gör markeringen", what=what, law="25 kap. 1 § OSL")


def test_osl_5_5_what_is_marked_goes_out_only_with_a_reason(town):
    number = sent_in(town)
    marked(town, number)
    desk = hearing(town, number).click("Be en myndighet")
    assert "(sekretessmarkerad)" in desk.text
    shown = [
        each.get("value")
        for each in desk.page.xpath("//input[@name='material']")
        if each.get("value").startswith("message:")
    ]
    words = told(desk.submit("Skicka", material=shown, **ASK))
    assert words == [
        "Något som du har valt är sekretessmarkerat. Ta bort det, eller skriv varför det får visas."
    ]
    desk.submit("Skicka", material=shown, despite_secrecy="Prövat, 10 kap. 2 § OSL.", **ASK)
    assert "Något sekretessmarkerat visades, därför att: Prövat, 10 kap. 2 § OSL." in desk.text
    assert "Något sekretessmarkerat visades för andra" in at_desk(town, number).text


def test_an_answer_from_outside_is_a_document_whose_file_the_desk_opens(town):
    number = sent_in(town)
    hearing(town, number).click("Be en myndighet").submit("Skicka", **ASK)
    outside = (
        town.visitor()
        .get(link_of(town, asked_in(town, number)))
        .submit("Öppna i den här webbläsaren")
    )
    paper = {"files": (io.BytesIO(pdf()), "yttrande.pdf")}
    outside.submit("Skicka ditt svar", files=paper, answer="comments", body="Vi avstyrker.")
    desk = at_desk(town, number).get(f"/handlaggning/arenden/{number}/handlingar")
    assert "Yttrande" in desk.text
    assert "Remiss" in desk.text
    [address] = desk.page.xpath("//a[contains(., 'yttrande.pdf')]/@href")
    assert desk.client.get(address).status_code == 200
    party = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}/handlingar")
    assert "Yttrande" in party.text
    assert "Fråga oss så får du den" in party.text
    assert party.client.get(address).status_code in (403, 404)
