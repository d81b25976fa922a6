"""The resident's side: what to do first, documents, contact choices, and how it went."""

from types import SimpleNamespace

import pytest
from flask import get_template_attribute
from sqlalchemy import func, select

from services.cases.models import Case
from services.cases.rating_models import Rated, Rating
from services.notifications.models import Notification
from tests import deciding
from tests.desk import at_desk, desk_of
from tests.pages import PDF, number_on, report, told
from tests.town import Town


@pytest.fixture
def number(town: Town) -> str:
    """A case that the resident has sent in."""
    return number_on(report(town.signed_in("testa"), email="t@example.com").submit("Skicka in"))


@pytest.fixture
def closed(town: Town, number: str) -> str:
    """The same, closed."""
    at_desk(town, number).submit("Ändra status", status="ingen-atgard")
    return number


def test_what_must_be_done_stands_first_in_the_order_of_days(town, number):
    late = {"answer_by__day": "2", "answer_by__month": "12", "answer_by__year": "2031"}
    desk_of(town, number, kind="completion", body="Vilken?", **late)
    other = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    soon = {**late, "answer_by__year": "2030"}
    desk_of(town, other, kind="completion", body="Vilken?", **soon)
    mine = town.signed_in("testa").get("/mina-sidor")
    assert mine.page.xpath("//main//h2")[0].text == "Det här behöver du göra nu"
    assert mine.text.index(other) < mine.text.index(number)


def test_the_time_to_appeal_is_shown_with_its_day(town):
    deciding.publish(town)
    number = deciding.applied(town)
    deciding.drafted(town, number).submit("Besluta")
    decision = deciding.decision_of(town, number)
    mine = town.signed_in("testa").get("/mina-sidor")
    assert f"Beslut {decision.number}" in mine.text
    assert f"överklaga beslutet {decision.number}" not in mine.text
    mine.get(f"/mina-sidor/beslut/{decision.id}").get("/mina-sidor")
    assert f"Du kan överklaga beslutet {decision.number}" in mine.text
    assert (
        f"överklaga beslutet {decision.number}"
        not in town.signed_in("tolvan").get("/mina-sidor").text
    )


def test_new_messages_are_shown_until_they_are_read(town, number):
    desk_of(town, number, kind="answer", body="Den lagas i morgon.")
    mine = town.signed_in("testa").get("/mina-sidor")
    fresh = f"//a[contains(@href, '{number}#message-')]"
    assert mine.page.xpath(fresh)
    mine.get(f"/mina-sidor/arenden/{number}").get("/mina-sidor")
    assert not mine.page.xpath(fresh)


def test_all_documents_are_in_one_place(town, number):
    mine = town.signed_in("testa").get("/mina-sidor").click("Kvittenser, beslut och filer")
    assert mine.heading == "Mina handlingar"
    receipt = mine.page.xpath(f"//a[contains(@href, '{number}/kvittens.pdf')]/@href")[0]
    assert mine.client.get(receipt).data.startswith(PDF)
    assert number not in town.signed_in("tolvan").get("/mina-sidor/handlingar").text


def letters(town: Town, number: str) -> list[str]:
    """The letters planned for a case."""
    with town.work() as work:
        query = select(Notification.template).where(Notification.case_number == number)
        return list(work.session.scalars(query))


def test_what_one_does_not_want_mail_about_is_not_mailed(town):
    mine = town.signed_in("testo").get("/mina-sidor").click("Kontaktval")
    mine.submit("Spara dina val", wanted=["progress", "decisions", "payments", "reminders"])
    assert "Dina val är sparade." in mine.text
    mailed = number_on(report(town.signed_in("testo"), email="t@example.com").submit("Skicka in"))
    desk_of(town, mailed, kind="answer", body="Den lagas i morgon.")
    desk_of(town, mailed, kind="completion", body="Vilken stolpe?")
    assert letters(town, mailed) == ["case-received", "completion-requested"]


def test_how_it_went_is_asked_once_and_kept_without_a_trace(town, closed):
    answers = select(func.count()).select_from(Rating)
    before = town.ask(answers)
    mine = town.signed_in("testa").get(f"/mina-sidor/arenden/{closed}").click("Svara på en fråga")
    told(mine.submit("Skicka ditt svar"))
    mine.submit("Skicka ditt svar", score="4", words="Det gick fort.")
    assert "Svara på en fråga" not in mine.text
    mine.get(f"/mina-sidor/arenden/{closed}/omdome").submit("Skicka ditt svar", score="1")
    assert "Frågan är redan besvarad" in mine.text
    with town.work() as work:
        assert work.session.scalar(answers) == before + 1
        case = work.session.scalars(select(Case).where(Case.number == closed)).one()
        assert work.session.get(Rated, case.id) is not None
    assert {column.name for column in Rating.__table__.columns} == {
        "id", "service_id", "month", "score", "words",
    }  # fmt: skip


def test_an_open_case_is_not_asked_about(town, number):
    mine = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}")
    assert "Svara på en fråga" not in mine.text
    mine.get(f"/mina-sidor/arenden/{number}/omdome").submit("Skicka ditt svar", score="1")
    assert "ärendet inte avslutat" in mine.text


def test_how_long_it_takes_and_which_place_it_has_are_two_sentences(town):
    pace = SimpleNamespace(low_days=10, high_days=16, slow_days=23, decided_cases=40)
    with town.app.test_request_context(headers={"Accept-Language": "sv"}):
        macro = get_template_attribute("conversations/case.html", "how_long")
        assert "16 dagar. Ditt är nummer 3" in macro(None, pace, 3)
