"""The pages of hearings, each in the state that it was made for."""

from services.consultations import codes
from tests.app.test_consultations import PARTY, asked_in, hearing, link_of
from tests.browser import Browser
from tests.pages import number_on, report
from tests.town import Town


def set_up(town: Town) -> tuple[dict[str, str], dict[str, str]]:
    """Where each page is, by what it shows, and the cookies of a neighbour who has typed a code."""
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    desk = hearing(town, number)
    desk.click("Hör grannarna")
    desk.submit("Skicka", question="En lampa ska flyttas.", recipients="Granne; Vägen 1; Salem 1:2")
    row = asked_in(town, number)
    with town.work() as work:
        code = codes.code(work.resources["keyring"], row)
    neighbour = town.visitor().get("/granne").submit("Nästa", code=code)
    hearing(town, number).click("Be en myndighet").submit(
        "Skicka", question="Yttra er.", recipients="Polisen; remiss@polisen.example"
    )
    found = {"answer": neighbour.address, "link": link_of(town, asked_in(town, number))}
    hearing(town, number).click("Låt parten lämna synpunkter").submit("Skicka", question=PARTY)
    party = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}")
    found["mine"] = party.click("Läs underlaget").address
    at = f"/handlaggning/arenden/{number}/horande"
    found |= {"desk": at, "ask": f"{at}/grannar", "rest": f"{at}/vila"}
    return found, _cookies(neighbour)


def _cookies(browser: Browser) -> dict[str, str]:
    held = browser.client.get_cookie("salem24_draft")
    return {"salem24_draft": held.value} if held else {}
