"""Nobody has to write anything again because a session ran out or something came between."""

import io
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.logs import whereabouts
from services.cases import commands
from services.cases.models import Case, State
from services.kernel.numbers import digest
from services.people.models import LoginSession
from tests.browser import Browser
from tests.pages import value
from tests.services.attachments.files import photo
from tests.town import Town

WRITTEN = "Lampan vid lekplatsen blinkar hela natten."


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
    return str(browser.page.xpath("//main//a[contains(@href, '/arenden/S24')]/@href")[0])[-13:]


def test_a_message_sent_with_a_session_that_had_run_out_is_shown(town, number):
    browser, token = signed_in(town, "handlaggare-tn")
    browser.get(f"/handlaggning/arenden/{number}")
    run_out(town, token)
    browser.submit("Spara och skicka", kind="note", body=WRITTEN)
    assert (browser.status, browser.heading) == (403, "Du är inte längre inloggad")
    assert WRITTEN in browser.page.xpath("//main//textarea")[0].text
    browser.click("Logga in igen")
    assert browser.heading.startswith("Logga in som medarbetare")


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
    monkeypatch.setattr(commands, "note", away)
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
