"""Förvaltningslagen 5–12 §§: the grounds of good administration, and a matter's time."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from services.cases.events import CaseReceived
from services.cases.models import Case
from services.deadlines import commands as deadlines
from services.deadlines import queries as times
from services.desk.models import Referral
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict
from services.notifications.models import Notification
from tests.builders import a_document, a_work
from tests.builders.document import FACTS
from tests.builders.library import SHIPPED
from tests.desk import at_desk, desk_of
from tests.law.matter import Matter
from tests.pages import number_on, report
from tests.services.decisions.test_decisions import START


@pytest.mark.parametrize("slug", sorted(SHIPPED))
def test_fl_5_a_service_names_the_law_that_it_asks_by(slug):
    document = SHIPPED[slug]
    assert document.about.laws
    assert all(law["sv"].strip() and law["en"].strip() for law in document.about.laws)
    # Whoever need not be known need not say who they are.
    if document.level == "open":
        required = [each.key for each in document.questions if each.personal and each.required]
        assert all(_is_asked_only_sometimes(document, key) for key in required)


def _is_asked_only_sometimes(document, key):
    [question] = [each for each in document.questions if each.key == key]
    page = next(page for page in document.pages if question in page.questions)
    return question.when is not None or page.when is not None


def test_fl_5_personal_data_is_never_spread_as_an_attribute():
    page = FACTS["pages"][0]
    question = {**page["questions"][1], "attribute": True}
    with pytest.raises(ValidationError, match="personal data is never an attribute"):
        a_document(pages=[{**page, "questions": [question]}])


def test_fl_6_help_is_at_hand_on_every_step(town):
    browser = town.visitor().get("/e-tjanster/felanmalan")
    phone = town.settings.contact_phone
    browser.get("/e-tjanster/felanmalan/ansok")
    for answers in ({"kategori": "belysning"}, {"belysningsfel": "slackt"}, {"akut": "no"}):
        assert phone in _whole(browser)
        browser.submit("Nästa", **answers)
    assert phone in _whole(browser)


def _whole(browser):
    """Everything on a page, with what stands round its main part."""
    return str(browser.page.text_content()).replace("\N{NO-BREAK SPACE}", " ")


def test_fl_7_there_is_always_a_way_in_and_hours_are_told(town):
    contact = town.visitor().get("/kontakt")
    assert "vardag" in contact.text.lower() or "måndag" in contact.text.lower()
    nothing = town.visitor().get("/e-tjanster?q=xyzzy")
    assert "Ingen e-tjänst passar" in nothing.text
    browser = nothing.click("Skicka in det som ett övrigt ärende")
    assert browser.heading == "Övrigt ärende, när inget annat passar"
    browser.get("/e-tjanster/ovrigt-arende/ansok")
    browser.submit("Nästa", rubrik="En sak", text="Jag vill att ni gör något åt det här.")
    browser.submit("Nästa")
    browser.submit("Skicka in")
    assert number_on(browser)


def test_fl_8_what_came_to_the_wrong_committee_is_passed_on_and_the_sender_is_told(town):
    resident = report(town.signed_in("testa"), email="testa@example.com")
    number = number_on(resident.submit("Skicka in"))
    desk = at_desk(town, number).click("Lämna över till en annan nämnd")
    desk.submit("Lämna över", unit="miljo-halsa", reason="Hör till miljö.", answers=["kategori"])
    case_id = town.ask(select(Case.id).where(Case.number == number))
    assert town.ask(select(Referral.new_case_id).where(Referral.case_id == case_id)) is not None
    told = select(Notification.template).where(Notification.case_number == number)
    with town.work() as work:
        assert "case-updated" in work.session.scalars(told).all()
    assert "Vi lämnade över frågan" in resident.get(f"/mina-sidor/arenden/{number}").text


def test_fl_9_a_day_is_promised_told_and_watched_over(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    due = town.ask(select(Case.due_on).where(Case.number == number))
    assert due is not None
    assert (
        "Vårt mål är att vara klara"
        in town.signed_in("testa").get(f"/mina-sidor/arenden/{number}").text
    )
    assert town.signed_in("handlaggare-tn").get("/handlaggning/frister").status == 200


def test_fl_10_the_party_sees_every_document_but_what_is_secret(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    desk_of(town, number, kind="answer", body="Vi har tittat på lampan.")
    desk_of(town, number, kind="note", body="Ring entreprenören.")
    listed = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}/handlingar")
    assert "Ansökan eller anmälan" in listed.text
    assert "Meddelande till part" in listed.text
    assert "Ring entreprenören" not in listed.text
    assert town.signed_in("tolvan").get(listed.address).status == 404


def test_fl_11_a_delay_is_told_with_its_reason(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    desk = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}/frister")
    desk.submit("Skicka meddelandet och flytta dagen", reason="Vi väntar på reservdelar.", new_day__day="1",
                new_day__month="12", new_day__year="2030")  # fmt: skip
    assert desk.status == 200, desk.text[:300]
    mine = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}")
    assert "Vi väntar på reservdelar." in mine.text
    assert "1 december 2030" in mine.text


def test_fl_12_after_six_months_the_party_may_ask_once_and_we_have_four_weeks(lent):
    matter = Matter(lent)
    received = CaseReceived(matter.case.id)
    deadlines.case_received(a_work(lent, matter.resident, START), received)
    lent.flush()
    early = matter.at(START + timedelta(days=180), matter.resident)
    with pytest.raises(Conflict, match="decision-cannot-be-asked"):
        deadlines.ask_for_decision(early, matter.case.id)
    asked_at = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    asked = deadlines.ask_for_decision(matter.at(asked_at, matter.resident), matter.case.id)
    lent.flush()
    assert asked.due_on == local_day(asked_at) + timedelta(weeks=4)
    with pytest.raises(Conflict, match="decision-cannot-be-asked"):
        deadlines.ask_for_decision(matter.at(asked_at, matter.resident), matter.case.id)
    assert not times.six_months(lent, matter.case.id, local_day(asked_at)).may_ask
