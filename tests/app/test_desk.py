"""The desk: the own authority's cases, worked on along the service's own statuses."""

import io

import pytest
from sqlalchemy import func, select

from services.cases.models import Case
from services.notifications.models import Notification
from tests.browser import Browser, words
from tests.desk import at_desk, desk_of
from tests.pages import PDF, number_on, report, told
from tests.services.attachments.files import photo
from tests.town import Town


@pytest.fixture
def resident(town: Town) -> Browser:
    """A resident who is told by mail."""
    return town.signed_in("testa")


@pytest.fixture
def number(resident: Browser) -> str:
    """A case that nobody has opened yet."""
    return number_on(report(resident, email="testa@example.com").submit("Skicka in"))


def letters(town: Town, number: str) -> int:
    """How many mails a case has led to."""
    sent = select(func.count()).select_from(Notification)
    return int(town.ask(sent.where(Notification.case_number == number)))


def numbers(browser: Browser) -> list[str]:
    """The case numbers of an inbox."""
    return [each.strip() for each in browser.page.xpath("//tbody//th/a/text()")]


def test_the_inbox_holds_the_own_authority_only(town, number):
    assert number in numbers(town.signed_in("handlaggare-tn").get("/handlaggning"))
    other = town.signed_in("handlaggare-bmn").get("/handlaggning?vy=all")
    assert number not in numbers(other)
    assert other.get(f"/handlaggning/arenden/{number}").status == 404


@pytest.mark.parametrize(
    "view", ["open", "mine", "unassigned", "waiting", "overdue", "closed", "all", "nonsense"]
)
def test_every_view_of_the_inbox_opens(town, view):
    browser = town.signed_in("handlaggare-tn").get(f"/handlaggning?vy={view}")
    assert browser.heading == "Inkorg"


def test_the_inbox_is_searched_by_number_and_by_words(town, resident):
    number = number_on(report(resident, post="KNORR-77").submit("Skicka in"))
    browser = town.signed_in("handlaggare-tn").get("/handlaggning")
    assert numbers(browser.submit("Visa", q=number)) == [number]
    assert numbers(browser.submit("Visa", q="KNORR-77")) == [number]
    assert numbers(browser.submit("Visa", q="finns-inte-alls")) == []


def test_the_inbox_is_narrowed_to_a_service(town, number):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning")
    service = browser.page.xpath("//option[contains(., 'Felanmälan')]/@value")[0]
    browser.submit("Visa", tjanst=service)
    assert number in numbers(browser)
    assert all("Felanmälan" in row.text_content() for row in browser.page.xpath("//tbody/tr"))


@pytest.mark.parametrize("query", ["tjanst=x", "fore=x", "fore=2026-01-01_x", "fore=_"])
def test_a_broken_address_of_the_inbox_is_refused(town, query):
    assert town.signed_in("handlaggare-tn").get(f"/handlaggning?{query}").status == 400


def test_a_long_inbox_goes_on_to_a_next_page(town):
    browser = town.signed_in("kontaktcenter").get("/handlaggning?vy=all")
    first = numbers(browser)
    further = browser.page.xpath("//nav[contains(@class,'pagination')]//a/@href")
    if further:
        assert not set(first) & set(numbers(browser.get(further[0])))
    assert len(first) == len(set(first)) > 0


def test_a_case_is_taken(town, number):
    browser = at_desk(town, number).submit("Ta ärendet")
    assert "Du är nu handläggare" in browser.text or "Tore Tekniker" in browser.text
    assert number in numbers(browser.get("/handlaggning?vy=mine"))


def test_a_case_goes_from_new_to_mended_and_the_resident_is_told(town, resident, number):
    before = letters(town, number)
    desk_of(town, number, kind="answer", body="Vi lagar den i morgon.")
    browser = at_desk(town, number)
    browser.submit("Ändra status", status="klassad")
    browser.submit("Ändra status", status="atgardad")
    assert "Åtgärdad" in browser.text
    assert letters(town, number) == before + 3
    resident.get(f"/mina-sidor/arenden/{number}")
    assert "Vi lagar den i morgon." in resident.text
    assert "Åtgärdad" in resident.text


def test_no_mail_tells_what_the_case_says(town, number):
    desk_of(town, number, kind="answer", body="HEMLIGT svar om lampan")
    with town.work() as work:
        sent = work.session.scalars(
            select(Notification).where(Notification.case_number == number).limit(10)
        )
        assert not any("HEMLIGT" in f"{vars(each)}" for each in sent)


def test_a_status_that_cannot_follow_is_refused_in_words(town, number):
    browser = at_desk(town, number).submit("Ändra status", status="finns-inte")
    assert browser.status == 422
    assert "kan inte följa" in browser.text
    browser.submit("Ändra status")
    assert browser.status == 422


def test_two_handlers_at_once_are_told_and_nothing_is_overwritten(town, number):
    one, other = at_desk(town, number), at_desk(town, number, "chef-tn")
    one.submit("Ändra status", status="klassad")
    other.submit("Ändra status", status="ingen-atgard")
    assert other.status == 409
    told = words(other.page.xpath("//*[contains(@class, 'govuk-error-summary')]")[0])
    assert "Ingen åtgärd" in told or "ingen" in told.lower()
    assert "Klassad" in told or "klassad" in told.lower()
    assert town.ask(select(Case.status).where(Case.number == number)) == "klassad"


def test_nothing_written_is_told_at_the_field(town, number):
    at = at_desk(town, number).submit("Spara och skicka", kind="answer", body="")
    assert told(at)


def test_a_last_day_that_has_passed_is_refused(town, number):
    day = {"answer_by__day": "1", "answer_by__month": "1", "answer_by__year": "2020"}
    browser = at_desk(town, number)
    browser.submit("Spara och skicka", kind="completion", body="Vilken stolpe?", **day)
    assert browser.status == 422


def test_a_file_from_the_desk_reaches_the_resident(town, resident, number):
    picture = {"files": (io.BytesIO(photo()), "lagad.jpg")}
    desk_of(town, number, kind="answer", body="Så här blev det.", files=picture)
    resident.get(f"/mina-sidor/arenden/{number}").click("lagad.jpg")
    assert (resident.status, resident.response.mimetype) == (200, "image/jpeg")


def test_the_desk_reads_the_residents_receipt(town, number):
    browser = at_desk(town, number).click("kvittens")
    assert browser.response.data.startswith(PDF)


def test_a_handler_never_works_on_the_own_case_as_a_resident(town, number):
    browser = town.signed_in("handlaggare-tn")
    assert browser.get("/mina-sidor").status == 403


def test_a_clerk_registers_for_somebody_who_calls(town):
    browser = town.signed_in("kontaktcenter").get("/handlaggning/registrera")
    browser.submit("Börja", tjanst="felanmalan")
    assert "Välj hur personen" in browser.text
    browser.submit("Börja", tjanst="felanmalan", kanal="phone")
    assert browser.heading == "Vad är fel?"
    browser.submit("Nästa", kategori="lekplats").submit("Nästa", akut="no")
    browser.submit("Nästa", plats__text="Torget").submit(
        "Nästa", beskrivning="Gungan är trasig, säger den som ringer."
    )
    browser.submit("Nästa", namn="Anna Andersson").submit("Skicka in")
    case = town.ask(select(Case).where(Case.number == number_on(browser)))
    assert case.channel == "phone"
    assert case.registered_by_id == town.founded.personas["kontaktcenter"]
    assert case.acting_person_id is None
    desk = at_desk(town, case.number)
    assert "Carina Kontakt" in desk.text
    assert "elefon" in desk.text


def test_a_clerks_draft_belongs_to_the_clerk(town):
    browser = town.signed_in("kontaktcenter").get("/e-tjanster/felanmalan/ansok?kanal=visit")
    browser.submit("Nästa", kategori="lekplats")
    draft = browser.address
    assert town.signed_in("handlaggare-tn").get(draft).status == 404
    browser.submit("Spara och fortsätt senare", akut="no")
    assert browser.heading == "Inkorg"


def test_a_resident_cannot_claim_another_channel(town):
    browser = town.signed_in("testa").get("/e-tjanster/felanmalan/ansok?kanal=phone")
    browser.submit("Nästa", kategori="lekplats")
    draft = browser.address.split("/ansok/")[1].split("/")[0]
    assert town.ask(select(Case.channel).where(Case.id == draft)) == "web"


def test_the_desk_speaks_english_too(town, number):
    browser = town.signed_in("handlaggare-tn").get(f"/en/handlaggning/arenden/{number}")
    assert browser.page.get("lang") == "en"
    assert "What was sent in" in browser.text


def test_an_elected_representative_sees_the_assignments(town):
    browser = town.signed_in("ledamot-bun").get("/fortroendevald")
    assert browser.heading == "Förtroendevald"
    assert "Barn- och utbildningsnämnden" in browser.text
    assert "Ersättare" in browser.text
