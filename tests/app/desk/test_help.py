"""Help by telephone with six digits, and a form on paper whose code leads to its case."""

import re

import pytest
from sqlalchemy import select

from services.cases.desk_models import Assistance
from services.cases.models import Case
from tests.browser import Browser
from tests.pages import value
from tests.town import Town, drop_rate_limits


@pytest.fixture(autouse=True)
def unhurried(town: Town) -> None:
    """Tests type codes faster than clerks do."""
    with town.work() as work:
        drop_rate_limits(work)


@pytest.fixture
def caller(town: Town) -> Browser:
    """A resident in the middle of a form."""
    browser = town.signed_in("testa").get("/e-tjanster/felanmalan/ansok")
    return browser.submit("Nästa", kategori="lekplats")


def code_for(caller: Browser, what: str) -> str:
    """The code that the resident reads out; they then go on with the form."""
    page = caller.address
    caller.click("Få hjälp i telefon").submit("Hämta en kod", what=what)
    found = re.search(r"\b(\d{3} \d{3})\b", caller.text)
    assert found is not None
    caller.get(page)
    return found[1]


def clerk_with(town: Town, code: str) -> Browser:
    """A clerk who types the code."""
    return town.signed_in("kontaktcenter").get("/handlaggning/hjalp").submit("Se sidan", code=code)


def test_the_clerk_sees_the_same_page_and_the_resident_sees_that(town, caller):
    clerk = clerk_with(town, code_for(caller, "look"))
    assert clerk.heading == "Du hjälper en invånare"
    caller.get(caller.address)
    assert "En medarbetare på kommunen ser den här sidan nu" in caller.text
    clerk.get(clerk.address).click("Se den sidan")
    assert clerk.heading == caller.heading
    assert "Du får bara titta" in clerk.text


def test_who_may_only_look_can_save_nothing(town, caller):
    clerk = clerk_with(town, code_for(caller, "look"))
    clerk.click("Se")
    assert not clerk.page.xpath("//main//button[contains(., 'Nästa') and not(@aria-hidden)]")
    assert clerk.submit("Nästa", akut="yes").status == 404


def test_who_may_fill_in_does_so_but_cannot_send_in(town, caller):
    page = caller.address
    clerk = clerk_with(town, code_for(caller, "fill"))
    clerk.get(page).submit("Nästa", akut="no")
    clerk.submit("Nästa", plats__text="Torget").submit(
        "Nästa", beskrivning="Gungan har gått av, säger den som ringer."
    )
    clerk.submit("Nästa")
    assert clerk.heading == "Granska dina uppgifter"
    clerk.submit("Skicka in")
    assert clerk.status == 403
    caller.get(page.rsplit("/", 1)[0] + "/granska").submit("Skicka in")
    assert "S24-" in caller.text


def test_the_code_is_used_once(town, caller):
    code = code_for(caller, "look")
    clerk_with(town, code)
    again = (
        town.signed_in("handlaggare-tn").get("/handlaggning/hjalp").submit("Se sidan", code=code)
    )
    assert again.status == 422
    assert "Koden är fel, använd eller för gammal." in again.text


@pytest.mark.parametrize("who", ["resident", "clerk"])
def test_either_ends_the_help_and_then_the_clerk_sees_nothing(town, caller, who):
    page = caller.address
    clerk = clerk_with(town, code_for(caller, "fill"))
    if who == "clerk":
        clerk.submit("Avsluta hjälpen")
    else:
        caller.get(page).submit("Avsluta hjälpen")
    assert clerk.get(page).status == 404


def test_a_code_that_is_too_old_opens_nothing(town, caller):
    code = code_for(caller, "look")
    with town.work() as work:
        row = work.session.scalars(
            select(Assistance).order_by(Assistance.made_at.desc()).limit(1)
        ).one()
        row.expires_at = work.now
    assert clerk_with(town, code).status == 422


def test_somebody_protected_gets_no_code(town):
    browser = town.signed_in("skyddad").get("/e-tjanster/felanmalan/ansok")
    browser.submit("Nästa", kategori="lekplats")
    assert "Få hjälp i telefon" not in browser.text
    address = browser.address.rsplit("/", 1)[0] + "/hjalp"
    assert browser.get(address).submit("Hämta en kod", what="look").status == 403


def test_a_colleague_does_not_see_what_another_clerk_helps_with(town, caller):
    clerk = clerk_with(town, code_for(caller, "fill"))
    assert town.signed_in("handlaggare-tn").get(clerk.address).status == 404
    assert town.signed_in("handlaggare-tn").get(caller.address).status == 404


def test_a_form_on_paper_lands_in_the_case_that_it_was_printed_for(town):
    clerk = town.signed_in("kontaktcenter").get("/handlaggning/hjalp")
    clerk.submit("Skriv ut en blankett", service="felanmalan")
    code = re.search(
        r"\b([346779ACDEFGHJKMNPQRTWXY]{4}-[346779ACDEFGHJKMNPQRTWXY]{4})\b", clerk.text
    )
    assert code is not None
    colleague = town.signed_in("registrator-ks").get("/handlaggning/hjalp")
    colleague.submit("Öppna ärendet", paper=code[1].lower())
    assert colleague.heading == "Vad är fel?"
    colleague.submit("Nästa", kategori="lekplats")
    draft = colleague.address.split("/ansok/")[1].split("/")[0]
    case = town.ask(select(Case).where(Case.id == draft))
    assert case.paper_code == code[1].replace("-", "")
    assert case.channel == "letter"
    assert case.registered_by_id == town.founded.personas["registrator-ks"]


def test_a_wrong_code_on_paper_is_told(town):
    browser = town.signed_in("kontaktcenter").get("/handlaggning/hjalp")
    browser.submit("Öppna ärendet", paper="AAAA-AAAA")
    assert browser.status == 422
    assert value(browser, "paper") == "AAAA-AAAA"
