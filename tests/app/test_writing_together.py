"""Two who fill in the same page of a draft: both answers, by whom and when, and the choice."""

import io
from uuid import UUID

import pytest
from sqlalchemy import select

from services.cases.models import Case
from tests.accessibility.rooming import a_room, come
from tests.browser import Browser
from tests.pages import number_on, report, value
from tests.services.attachments.files import photo
from tests.town import Town

OWNER, SENDER = "tolvan", "testo"
ASKED = "Det finns två svar på samma fråga"
AT, DESCRIBED = "beskriv", "beskrivning"


@pytest.fixture(scope="module")
def room(town: Town) -> str:
    """A room with two who may write."""
    made = a_room(town, OWNER, "De som skriver ihop")
    come(town, OWNER, made, SENDER, "sender")
    return made


@pytest.fixture
def draft(town: Town, room: str) -> str:
    """The address of a draft that both can go on with, up to its check page."""
    owner = report(town.signed_in(OWNER))
    address = owner.address.removesuffix("/granska")
    case_id = address.rsplit("/", 1)[1]
    dela = town.signed_in(OWNER).get(f"{room}/dela")
    assert dela.page.xpath("//input[@value=$id]", id=case_id)
    dela.submit("Dela med rummet", case=case_id)
    return address


def on(town: Town, who: str, draft: str, page: str = AT) -> Browser:
    return town.signed_in(who).get(f"{draft}/{page}")


def kept(town: Town, draft: str, key: str = DESCRIBED):
    """The answer as the draft has it."""
    return town.ask(select(Case).where(Case.id == draft.rsplit("/", 1)[1])).answers.get(key)


def choice(browser: Browser, whose: str) -> dict[str, str]:
    path = f"//input[@type='radio' and starts-with(@value, '{whose}:')]"
    (found,) = browser.page.xpath(path)
    return {found.get("name"): found.get("value")}


def test_both_answers_are_shown_and_one_is_chosen(town, draft):
    mine, theirs = on(town, OWNER, draft), on(town, SENDER, draft)
    theirs.submit("Nästa", beskrivning="Den blinkar.")
    mine.submit("Nästa", beskrivning="Den är trasig.")
    assert mine.status == 409
    assert ASKED in mine.text
    assert (
        "Testo Provberg (skickar in) har svarat på det här medan du hade sidan öppen" in mine.text
    )
    assert "Den blinkar." in mine.text
    assert value(mine, DESCRIBED).strip() == "Den är trasig."
    assert kept(town, draft) == "Den blinkar."
    mine.submit("Nästa")
    assert ASKED in mine.text
    mine.submit("Nästa", **choice(mine, "mine"))
    assert mine.status == 200
    assert kept(town, draft) == "Den är trasig."


def test_the_others_answer_can_be_taken_and_ones_own_waits_if_one_leaves(town, draft):
    mine = on(town, SENDER, draft)
    on(town, OWNER, draft).submit("Nästa", beskrivning="Den blinkar.")
    mine.submit("Spara och fortsätt senare", beskrivning="Den är trasig.")
    assert mine.heading == "Mina sidor"
    mine.get(f"{draft}/{AT}")
    assert value(mine, DESCRIBED).strip() == "Den är trasig."
    mine.submit("Nästa")
    assert "Tolvan Tolvansson har svarat" in mine.text
    mine.submit("Nästa", **choice(mine, "theirs"))
    assert kept(town, draft) == "Den blinkar."


def test_two_tabs_of_the_same_person_and_of_the_same_browser_are_asked_too(town):
    for browser, tab in _tabs(town):
        browser.submit("Nästa", beskrivning="Den blinkar.")
        tab.submit("Nästa", beskrivning="Den är trasig.")
        assert "Du har svarat på det här i en annan flik" in tab.text


def _tabs(town: Town):
    for first in (town.signed_in(OWNER), town.visitor()):
        at = report(first).address.removesuffix("granska")
        second = town.visitor()
        second.client = first.client
        yield first.get(at + AT), second.get(at + AT)


def answer(town: Town, draft: str, **answers: str) -> None:
    """Let somebody else have answered an earlier page."""
    with town.work() as work:
        case = work.session.get(Case, UUID(draft.rsplit("/", 1)[1]))
        case.answers = {**case.answers, **answers}


def test_a_page_that_another_has_answered_away_leads_on(town):
    mine = town.signed_in(OWNER).get("/e-tjanster/bygglov/ansok")
    mine.submit("Spara och fortsätt senare", beskrivning="En bod.")
    draft = mine.page.xpath("//a[contains(@href, '/bygglov/ansok/')]/@href")[0]
    answer(town, draft, arendetyp="bygglov")
    mine.get(f"{draft}/byggnad")
    answer(town, draft, arendetyp="anmalan")
    mine.submit("Nästa")
    assert mine.status == 200
    assert "behöver du inte svara på den sidan längre" in mine.page.text_content()
    assert mine.get(f"{draft}/aldrig").status == 404


def test_nobody_sends_in_what_has_been_changed_since_one_looked(town, draft):
    mine = town.signed_in(OWNER).get(f"{draft}/granska")
    on(town, SENDER, draft).submit("Nästa", beskrivning="Den blinkar.")
    mine.submit("Skicka in")
    assert mine.status == 409
    assert "Svar har ändrats sedan du öppnade sidan" in mine.text
    assert "(Testo Provberg (skickar in)," in mine.text
    assert number_on(mine.submit("Skicka in"))


def a_photo(name: str):
    return io.BytesIO(photo()), name


def test_files_of_both_are_there_and_one_that_is_gone_stops_nobody(town, draft):
    mine, theirs = on(town, OWNER, draft), on(town, SENDER, draft)
    theirs.submit("Nästa", files={"foton": [a_photo("deras.jpg")]})
    mine.submit("Nästa", files={"foton": [a_photo("min.jpg")]})
    assert [each["name"] for each in kept(town, draft, "foton")] == ["deras.jpg", "min.jpg"]
    mine.get(f"{draft}/{AT}")
    theirs.get(f"{draft}/{AT}").submit("Ta bort deras.jpg")
    mine.submit("Ta bort deras.jpg", beskrivning="Jag hann skriva.")
    assert mine.status == 200
    assert value(mine, DESCRIBED).strip() == "Jag hann skriva."
    assert [each["name"] for each in kept(town, draft, "foton")] == ["min.jpg"]


def test_too_many_files_by_two_are_all_shown_until_some_are_removed(town, draft):
    on(town, OWNER, draft).submit("Nästa", files={"foton": [a_photo("1.jpg")]})
    mine, theirs = on(town, OWNER, draft), on(town, SENDER, draft)
    theirs.submit("Nästa", files={"foton": [a_photo(f"{n}.jpg") for n in range(2, 6)]})
    mine.submit("Nästa", files={"foton": [a_photo("min.jpg")]})
    assert mine.status == 422
    assert "min.jpg" in mine.text
    mine.submit("Ta bort 1.jpg").submit("Nästa")
    assert mine.status == 200


def test_the_clerk_who_fills_in_and_the_resident_see_each_others_answers(town):
    resident = report(town.signed_in(SENDER))
    address = resident.address.removesuffix("/granska")
    resident.get(f"{address}/{AT}").click("Få hjälp i telefon")
    resident.submit("Hämta en kod", what="fill")
    code = "".join(resident.page.xpath("//*[@class='desk-code']//text()"))
    clerk = town.signed_in("kontaktcenter").get("/handlaggning/hjalp").submit("Se sidan", code=code)
    clerk.get(f"{address}/{AT}")
    resident.get(f"{address}/{AT}").submit("Nästa", beskrivning="Den blinkar.")
    clerk.submit("Nästa", beskrivning="Den är trasig.")
    assert "Testo Provberg har svarat" in clerk.text
    resident.get(f"{address}/{AT}")
    clerk.submit("Nästa", **choice(clerk, "mine"))
    resident.submit("Nästa", beskrivning="Den lyser inte.")
    assert "Den på kommunen som hjälper dig har svarat" in resident.text
