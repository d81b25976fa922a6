"""Completion answer by answer (förvaltningslagen 20 §), and correcting an answer."""

import re
from datetime import timedelta

from sqlalchemy import select

from services.cases import completions
from services.cases.desk_models import AnswerChange, CaseTask, Completion
from services.cases.models import Case
from services.kernel.work import SYSTEM, Work
from services.notifications.models import Notification
from tests.browser import Browser, words
from tests.desk import at_desk
from tests.pages import number_on, report, told, value
from tests.town import Town

LAST_DAY = {"answer_by__day": "1", "answer_by__month": "12", "answer_by__year": "2030"}


def asked(town: Town, number: str, **more: str) -> Browser:
    """The handler asks for a better description and tells why."""
    browser = at_desk(town, number).click("Begär komplettering, svar för svar")
    ticked = {
        "brist": ["beskrivning"],
        "varfor-beskrivning": "Det framgår inte när lampan slocknade.",
        "body": "Vi behöver veta mer.",
        **LAST_DAY,
        **more,
    }
    return browser.submit("Skicka begäran", **ticked)


def test_fl_20_nothing_ticked_or_no_reason_is_told_at_the_answer(town, number):
    browser = at_desk(town, number).click("Begär komplettering, svar för svar")
    browser.submit("Skicka begäran", body="Mer, tack.", **LAST_DAY)
    assert "Markera minst ett svar." in told(browser)
    browser.submit("Skicka begäran", brist=["beskrivning"], body="Mer, tack.", **LAST_DAY)
    assert "Skriv varför." in told(browser)


def test_fl_20_the_resident_sees_only_what_fails_and_what_follows(town, number, resident):
    assert asked(town, number, next_step="dismiss").status == 200
    resident.get(f"/mina-sidor/arenden/{number}").click("Svara nu")
    assert resident.heading == "Komplettera ditt ärende"
    assert "Det framgår inte när lampan slocknade." in resident.text
    assert "kan vi avvisa ansökan" in resident.text
    names = set(resident.page.xpath("//main//form//*[@name]/@name"))
    assert "beskrivning" in names
    assert not names & {"stolpnummer", "plats-text", "epost"}
    assert value(resident, "beskrivning") == "Lampan är släckt sedan i går."


def test_the_old_answer_is_kept_beside_the_new_one(town, number, resident):
    asked(town, number)
    resident.get(f"/mina-sidor/arenden/{number}/komplettera")
    resident.submit("Skicka in kompletteringen", beskrivning="")
    assert resident.status == 422
    resident.submit("Skicka in kompletteringen", beskrivning="Den slocknade i måndags kväll.")
    assert "Vi går vidare med ditt ärende" in resident.page.text_content()
    desk = at_desk(town, number)
    assert "Lampan är släckt sedan i går." in desk.text
    assert "Den slocknade i måndags kväll." in desk.text
    case_id = town.ask(select(Case.id).where(Case.number == number))
    change = town.ask(select(AnswerChange).where(AnswerChange.case_id == case_id))
    assert (change.before, change.actor_role) == ("Lampan är släckt sedan i går.", "resident")
    assert number in desk.get("/handlaggning?vy=all&q=måndags").text


def test_a_message_alone_does_not_answer_what_is_asked_answer_by_answer(town, number, resident):
    asked(town, number)
    resident.get(f"/mina-sidor/arenden/{number}")
    resident.submit("Skicka meddelandet", body="Jag behöver en vecka till.")
    state = town.ask(select(Case.state).where(Case.number == number))
    assert state == "awaiting_completion"


def test_somebody_else_cannot_complete_the_case(town, number):
    asked(town, number)
    other = town.signed_in("tolvan")
    assert other.get(f"/mina-sidor/arenden/{number}/komplettera").status == 404


def test_who_has_the_follow_link_completes_without_signing_in(town):
    visitor = town.visitor()
    visitor.get("/e-tjanster/felanmalan")
    number = number_on(report(visitor, email="x@example.com").submit("Skicka in"))
    link = re.search(r"/folj/[\w-]+", visitor.page.text_content())
    asked(town, number)
    visitor.get(link[0] + "/komplettera")
    visitor.submit("Skicka in kompletteringen", beskrivning="Den slocknade i tisdags.")
    assert town.ask(select(Case.state).where(Case.number == number)) == "received"


def days_later(town: Town, number: str, days: int) -> None:
    """The timetable's job runs some days from now, with a last day two days after now."""
    with town.work() as work:
        case_id = work.session.scalar(select(Case.id).where(Case.number == number))
        completion = work.session.scalar(select(Completion).where(Completion.case_id == case_id))
        completion.answer_by = (work.now + timedelta(days=2)).date()
    with town.work() as work:
        later = Work(work.session, SYSTEM, work.now + timedelta(days=days))
        completions.follow_up(later)
        later.happened.clear()


def test_the_resident_is_reminded_once(town, number):
    asked(town, number)
    letters = select(Notification.template).where(
        Notification.case_number == number, Notification.template == "completion-reminder"
    )
    for _ in range(2):
        days_later(town, number, 1)
    with town.work() as work:
        assert len(work.session.scalars(letters.limit(10)).all()) == 1


def test_when_the_day_passes_the_case_goes_on_and_the_handler_has_a_task(town, number):
    asked(town, number, next_step="dismiss")
    days_later(town, number, 5)
    assert town.ask(select(Case.state).where(Case.number == number)) == "received"
    case_id = town.ask(select(Case.id).where(Case.number == number))
    task = town.ask(select(CaseTask).where(CaseTask.case_id == case_id))
    assert (task.what, task.kind, task.facts) == (
        "",
        "completion_expired",
        {"next_step": "dismiss"},
    )
    assert "ta ställning till avvisning" in at_desk(town, number).text
    english = town.signed_in("handlaggare-tn").get(f"/en/handlaggning/arenden/{number}")
    assert "decide whether to dismiss" in english.text
    assert "Tiden för kompletteringen har gått ut" in at_desk(town, number).text


def test_an_answer_is_corrected_with_a_reason_and_both_values_are_kept(town, number):
    browser = (
        at_desk(town, number)
        .click("Rätta ett svar")
        .get(f"/handlaggning/arenden/{number}/ratta?fraga=stolpnummer")
    )
    browser.submit("Spara rättelsen", stolpnummer="S-9999")
    assert browser.status == 422
    browser.submit("Spara rättelsen", stolpnummer="S-9999", varfor="Invånaren ringde.")
    assert "S-9999" in browser.text
    assert "S-1234" in browser.text
    assert "Invånaren ringde." in browser.text


def test_two_who_correct_at_once_see_both_values_and_nothing_is_overwritten(town, number):
    address = f"/handlaggning/arenden/{number}/ratta?fraga=stolpnummer"
    one, other = (
        town.signed_in("handlaggare-tn").get(address),
        town.signed_in("chef-tn").get(address),
    )
    one.submit("Spara rättelsen", stolpnummer="S-1111", varfor="Ringde.")
    other.submit("Spara rättelsen", stolpnummer="S-2222", varfor="Mejlade.")
    assert other.status == 409
    assert "S-1111" in other.text
    assert "S-2222" in other.text
    assert value(other, "stolpnummer") == "S-2222"
    answers = town.ask(select(Case.answers).where(Case.number == number))
    assert answers["stolpnummer"] == "S-1111"
    other.submit("Spara rättelsen", stolpnummer="S-2222", varfor="Mejlade.")
    answers = town.ask(select(Case.answers).where(Case.number == number))
    assert answers["stolpnummer"] == "S-2222"


def test_an_answer_is_marked_from_the_cases_own_page(town, number):
    browser = at_desk(town, number)
    links = browser.page.xpath("//dl//a[contains(., 'Brister')]/@href")
    link = next(each for each in links if "brist=beskrivning" in each)
    assert link.endswith("#brist-beskrivning")
    browser.get(link)
    ticked = browser.page.xpath("//input[@name='brist'][@checked]/@value")
    assert ticked == ["beskrivning"]


def test_the_handler_sees_what_the_resident_will_see_before_anything_is_sent(town, number):
    seen = {"visa": "1"}
    browser = asked(town, number, **seen)
    assert browser.status == 200
    box = words(browser.page.xpath("//section[@aria-labelledby='sett']")[0])
    assert "Inget är skickat än" in box
    assert "Det framgår inte när lampan slocknade." in box
    assert "Svara senast" in box
    assert town.ask(select(Case.state).where(Case.number == number)) != "awaiting_completion"
    assert "Begäran är skickad." in browser.submit("Skicka begäran", visa="").text


def test_questions_without_an_answer_are_folded_and_open_when_one_is_ticked(town, number):
    browser = at_desk(town, number).click("Begär komplettering, svar för svar")
    folded = browser.page.xpath("//details[contains(., 'inte besvarade')]")
    assert folded
    assert all(each.get("open") is None for each in folded)
    empty = folded[0].xpath(".//input[@name='brist']/@value")[0]
    browser.submit("Skicka begäran", brist=[empty], body="Mer.", **LAST_DAY)
    opened = browser.page.xpath(f"//details[@open]//input[@value='{empty}']")
    assert opened
