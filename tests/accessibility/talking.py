"""What is written, and for whom, before the pages of cases are looked at."""

import io

from tests.app.test_interrupted import run_out
from tests.browser import Browser
from tests.desk import desk_of
from tests.services.attachments.files import photo
from tests.town import Town


def talk(town: Town, resident: Browser, number: str) -> None:
    """The resident writes, and the desk notes and asks for completion."""
    resident.get(f"/mina-sidor/arenden/{number}")
    resident.submit("Skicka meddelandet", body="När blir den lagad?")
    desk_of(town, number, kind="note", body="Ring entreprenören.")
    day = {"answer_by__day": "1", "answer_by__month": "12", "answer_by__year": "2030"}
    desk_of(town, number, kind="completion", body="Vilken stolpe är det?", **day)


def ask(town: Town, number: str) -> None:
    """A handler asks for completion answer by answer, and has noted this and that in the case."""
    desk = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}")
    desk.submit("Anteckna uppgiften", uppgift__vad="Ring bolaget", uppgift__dag="2030-01-02")
    desk.submit("Lägg till parten", part__roll="neighbour", part__namn="Greta Grannberg")
    desk.get(f"/handlaggning/arenden/{number}/komplettering")
    day = {"answer_by__day": "1", "answer_by__month": "12", "answer_by__year": "2030"}
    ticked = {"brist": ["beskrivning"], "varfor-beskrivning": "Det framgår inte när."}
    desk.submit("Skicka begäran", body="Vi behöver veta mer.", **ticked, **day)


def for_a_child(town: Town) -> dict[str, str]:
    """Testa acts for a child."""
    token = town.token("testa")
    browser = town.visitor()
    browser.client.set_cookie(town.cookie, token)
    browser.get("/mina-sidor/agera-for")
    child = browser.page.xpath("//label[contains(., 'Bea')]/@for")[0]
    whom = browser.page.xpath("//input[@id=$id]/@value", id=child)[0]
    browser.submit("Fortsätt", whom=whom)
    return {town.cookie: token}


def interrupted(town: Town, number: str) -> dict[str, str]:
    """Testa has written when the session had run out, and has signed in again."""
    browser, token = town.visitor(), town.token("testa")
    browser.client.set_cookie(town.cookie, token)
    browser.get(f"/mina-sidor/arenden/{number}")
    run_out(town, token)
    told = {"body": "Det är stolpen vid torget."}
    browser.submit(
        "Skicka in kompletteringen", files={"files": [(io.BytesIO(photo()), "stolpe.jpg")]}, **told
    )
    held = browser.client.get_cookie("salem24_form")
    assert held is not None
    return {"salem24_form": held.value, town.cookie: town.token("testa")}
