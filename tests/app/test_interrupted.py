"""Nobody has to write anything again because a session ran out or something came between."""

import io
import sys
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import OperationalError

from app.logs import whereabouts
from services.attachments import interrupted
from services.attachments.models import Attachment
from services.cases import notes
from services.cases.models import Case, State
from services.kernel.numbers import digest
from services.kernel.work import Work
from services.people.models import InterruptedForm, LoginSession
from tests.browser import Browser
from tests.pages import chosen, number_on, report, value
from tests.services.attachments.files import photo
from tests.town import Town

WRITTEN = "Lampan vid lekplatsen blinkar hela natten."


@pytest.fixture(autouse=True)
def nothing_waits(town: Town) -> None:
    """Other tests let what they sent wait."""
    with town.work() as work:
        work.session.execute(delete(InterruptedForm))


def run_out(town: Town, token: str) -> None:
    """Let a session have been idle for too long."""
    with town.work() as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.token_hash == digest(token))
            .values(last_seen_at=work.now - timedelta(hours=5))
        )


def signed_in(town: Town, key: str) -> tuple[Browser, str]:
    """The browser of somebody who is signed in, and the token of that session."""
    browser, token = town.visitor(), town.token(key)
    browser.client.set_cookie(town.cookie, token)
    return browser, token


def at_description(browser: Browser) -> Browser:
    """On the page that asks what somebody has seen."""
    browser.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    return browser.submit("Nästa", akut="no").submit("Nästa", plats__text="Torget")


def test_what_was_sent_with_a_session_that_had_run_out_waits_in_the_draft(town):
    browser, token = signed_in(town, "tolvan")
    page = at_description(browser).address
    run_out(town, token)
    browser.submit("Nästa", beskrivning=WRITTEN, files={"foton": [a_photo()]})
    assert browser.heading == "Logga in"
    assert WRITTEN not in browser.text
    browser.client.set_cookie(town.cookie, town.token("tolvan"))
    browser.get(page)
    assert value(browser, "beskrivning").strip() == WRITTEN
    assert "vid torget" in browser.text


def a_photo():
    """A photo as a form takes it."""
    return io.BytesIO(photo()), "vid torget.jpg"


def test_it_is_kept_in_ones_own_draft_only(town):
    browser, _ = signed_in(town, "tolvan")
    at_description(browser)
    other, token = signed_in(town, "testa")
    other.get(browser.address)
    assert other.status == 404
    other.get("/e-tjanster/felanmalan/ansok").submit("Nästa", kategori="lekplats")
    run_out(town, token)
    other.form().set("action", browser.address)
    other.submit("Nästa", beskrivning=WRITTEN)
    browser.get(browser.address)
    assert WRITTEN not in value(browser, "beskrivning")


def test_a_draft_is_asked_for_again_after_signing_in(town):
    browser, token = signed_in(town, "tolvan")
    page = at_description(browser).address
    run_out(town, token)
    browser.get(page)
    assert browser.heading == "Logga in"
    assert page.split("/ansok/")[1] in browser.page.xpath("//input[@name='vidare']/@value")[0]


def test_a_session_that_was_ended_by_hand_keeps_nothing(town):
    browser, token = signed_in(town, "tolvan")
    at_description(browser)
    with town.work() as work:
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.token_hash == digest(token))
            .values(revoked_at=work.now)
        )
    browser.submit("Nästa", beskrivning=WRITTEN)
    assert browser.status == 404
    assert WRITTEN in browser.page.xpath("//main//textarea")[0].text


@pytest.fixture
def number(town: Town) -> str:
    """The number of an open case of the technical services committee."""
    browser = town.signed_in("handlaggare-tn").get("/handlaggning?vy=open")
    links = browser.page.xpath("//main//table//a[contains(@href, '/arenden/S24')]/@href")
    return str(links[0])[-13:]


def test_a_note_sent_with_a_session_that_had_run_out_stands_in_its_form_again(town, number):
    browser, token = signed_in(town, "handlaggare-tn")
    page = f"/handlaggning/arenden/{number}"
    browser.get(page)
    run_out(town, token)
    browser.submit("Spara och skicka", kind="note", body=WRITTEN)
    assert browser.heading.startswith("Logga in som medarbetare")
    assert WRITTEN not in browser.text
    assert browser.page.xpath("//input[@name='vidare']/@value")[0] == page
    browser.client.set_cookie(town.cookie, town.token("handlaggare-tn"))
    browser.get(page)
    assert "Du loggades ut medan du skrev" in browser.text
    assert value(browser, "body").strip() == WRITTEN
    assert chosen(browser, "kind") == ["note"]
    browser.submit("Spara och skicka")
    assert browser.status == 200
    assert "Du loggades ut medan du skrev" not in browser.text
    assert WRITTEN in browser.text


def sent_too_late(town, page, **written):
    """Testa writes to the desk from a case, when the session has run out; nobody is signed in."""
    browser, token = signed_in(town, "testa")
    browser.get(page)
    run_out(town, token)
    return browser.submit("Skicka meddelandet", **written)


@pytest.fixture
def my_case(town: Town) -> str:
    """The address of a case of Testa's."""
    sent = report(town.signed_in("testa")).submit("Skicka in")
    return f"/mina-sidor/arenden/{number_on(sent)}"


def test_files_wait_with_the_message_and_come_along(town, my_case):
    browser = sent_too_late(town, my_case, body=WRITTEN, files={"files": [a_photo()]})
    browser.client.set_cookie(town.cookie, town.token("testa"))
    browser.get(my_case)
    assert value(browser, "body").strip() == WRITTEN
    assert "vid torget.jpg" in browser.text
    browser.submit("Skicka meddelandet", body="")
    assert browser.status == 422
    assert "vid torget.jpg" in browser.text
    browser.submit("Skicka meddelandet", body=WRITTEN)
    assert browser.status == 200
    assert "vid torget" in browser.text
    assert town.ask(select(func.count(InterruptedForm.id))) == 0


def test_what_waits_is_for_nobody_else_and_for_no_other_page(town, my_case, number):
    browser = sent_too_late(town, my_case, body=WRITTEN)
    browser.client.set_cookie(town.cookie, town.token("tolvan"))
    assert WRITTEN not in browser.get("/mina-sidor").text
    browser.client.set_cookie(town.cookie, town.token("handlaggare-tn"))
    browser.get(f"/handlaggning/arenden/{number}")
    assert WRITTEN not in value(browser, "body")
    with town.work() as work:
        work.session.execute(delete(InterruptedForm))


def test_it_is_sealed_and_kept_for_a_day(town, my_case):
    sent_too_late(town, my_case, body=WRITTEN, files={"files": [a_photo()]})
    kept = town.ask(select(InterruptedForm))
    assert WRITTEN not in kept.sealed
    with town.work() as work:
        later = Work(work.session, work.actor, work.now + timedelta(hours=25))
        interrupted.purge(later)
        work.happened.extend(later.happened)
    assert town.ask(select(func.count(InterruptedForm.id))) == 0
    assert town.ask(select(Attachment).where(Attachment.owner_id == kept.id)) is None


def test_only_so_much_is_kept_of_anybody(town, my_case):
    for _ in range(12):
        sent_too_late(town, my_case, body=WRITTEN)
    assert town.ask(select(func.count(InterruptedForm.id))) == interrupted.MOST
    with town.work() as work:
        work.session.execute(delete(InterruptedForm))


def test_a_press_that_carried_no_words_is_told_to_be_done_again(town):
    browser, token = signed_in(town, "testa")
    page = "/mina-sidor/agera-for"
    browser.get(page)
    run_out(town, token)
    browser.submit("Fortsätt", whom="self")
    browser.client.set_cookie(town.cookie, town.token("testa"))
    browser.get(page)
    assert "Gör det igen" in browser.text


def test_a_form_whose_token_is_too_old_shows_what_was_written(town):
    browser = at_description(town.visitor())
    browser.client.delete_cookie("salem24_form")
    browser.submit("Nästa", beskrivning=WRITTEN)
    assert browser.status == 400
    assert WRITTEN in browser.page.xpath("//main//textarea")[0].text


def test_while_the_database_is_away_what_was_written_is_shown(town, number, monkeypatch):
    def away(*_, **__):
        raise OperationalError("SELECT", {"body": WRITTEN}, Exception("gone"))

    browser = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}")
    monkeypatch.setattr(notes, "note", away)
    browser.submit("Spara och skicka", kind="note", body=WRITTEN)
    assert browser.status == 503
    assert browser.response.headers["Retry-After"]
    assert WRITTEN in browser.page.xpath("//main//textarea")[0].text


def test_a_fault_is_logged_without_what_was_written():
    try:
        try:
            int(WRITTEN)
        except ValueError as fault:
            raise RuntimeError(WRITTEN) from fault
    except RuntimeError:
        logged = whereabouts(sys.exc_info())
    assert "RuntimeError" in logged
    assert "ValueError" in logged
    assert "test_interrupted.py" in logged
    assert WRITTEN not in logged


def test_too_many_files_are_told_and_none_is_dropped_in_silence(town, number):
    browser = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}")
    files = [a_photo() for _ in range(6)]
    browser.submit("Spara och skicka", kind="note", body=WRITTEN, files={"files": files})
    assert browser.status == 422
    assert "för många filer" in browser.text
    assert WRITTEN in value(browser, "body")


def test_a_first_answer_sent_too_late_begins_a_draft_to_come_back_to(town):
    browser, token = signed_in(town, "testa")
    browser.get("/e-tjanster/bostadsanpassningsbidrag/ansok")
    run_out(town, token)
    before = drafts_of(town)
    browser.submit("Nästa")
    assert browser.heading == "Logga in"
    assert len(drafts_of(town)) == len(before) + 1


def drafts_of(town: Town) -> list[Case]:
    """All drafts."""
    with town.work() as work:
        return list(work.session.scalars(select(Case).where(Case.state == State.DRAFT)))
