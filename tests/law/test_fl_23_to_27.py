"""Förvaltningslagen 23–27 §§: looking into a matter, hearing the party and others, writing it down."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.cases import investigation, notes, queries
from services.cases.models import ORAL
from services.catalogue import commands as catalogue
from services.consultations import answering, asking
from services.consultations.answering import Said
from services.consultations.asking import Question, Recipient
from services.decisions.commands import Wording
from services.decisions.models import Communication
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests import deciding
from tests.builders import a_document, a_handler, a_resident, an_authority
from tests.builders.document import two
from tests.law.matter import CHECKLIST
from tests.pages import number_on
from tests.services.decisions.test_decisions import DECIDED, DOCUMENT

YES = Wording("Du får bidraget.")


def test_fl_23_nothing_is_decided_until_everything_is_looked_into(matter, lent):
    matter.with_checklist()
    assert [each.key for each in investigation.left(lent, matter.case)] == [
        "uppgifterna",
        "stolpen",
    ]
    with pytest.raises(Invalid, match="investigation-not-done"):
        matter.made("bifall", YES)
    investigation.tick(matter.at(), matter.case.id, "uppgifterna", "done", "Allt finns.")
    with pytest.raises(Invalid, match="say-why"):
        investigation.tick(matter.at(), matter.case.id, "stolpen", "not_needed")
    with pytest.raises(NotFound):
        investigation.tick(matter.at(), matter.case.id, "annat", "done")
    investigation.tick(matter.at(), matter.case.id, "stolpen", "not_needed", "Den är ny.")
    lent.flush()
    assert matter.made("bifall", YES).is_made
    assert queries.timeline(lent, matter.case.id, public_only=False)


def test_fl_23_only_those_who_handle_the_case_look_into_it(matter, lent):
    matter.with_checklist()
    stranger = a_handler(lent, an_authority(lent, "SN"))
    for actor in (stranger, matter.resident):
        with pytest.raises(NotAllowed):
            investigation.tick(matter.at(who=actor), matter.case.id, "uppgifterna", "done")


def test_fl_23_the_checklist_is_ticked_on_its_page(town):
    types = [{**each, "point": "T 2.1"} for each in DOCUMENT["decisions"]]
    facts = {**DOCUMENT, "slug": "utredd", "title": two("Utredd"), "decisions": types}
    with town.work() as work:
        catalogue.publish(work, a_document(**facts, checklist=CHECKLIST[:1]))
    browser = town.signed_in("testa").get("/e-tjanster/utredd/ansok").submit("Nästa", stolpe="S-1")
    number = number_on(browser.submit("Skicka in"))
    desk = deciding.drafted(town, number)
    assert "Utred det här före beslutet" in desk.text
    assert not [each for each in desk.page.xpath("//button") if each.text.strip() == "Besluta"]
    desk.click("Fortsätt utredningen")
    answers = {"fynd-uppgifterna": "not_needed", "not-uppgifterna": ""}
    desk.submit("Spara utredningen", **answers)
    assert desk.status == 422
    assert "Skriv varför det inte behövs" in desk.text
    assert "Gå vidare till beslutet" not in desk.text
    desk.submit(
        "Spara utredningen", **{"fynd-uppgifterna": "done", "not-uppgifterna": "Allt finns."}
    )
    assert "Allt finns." in desk.text
    desk.click("Gå vidare till beslutet").click("Läs utkastet").submit("Besluta")
    assert "Beslutet är fattat" in desk.text


def test_fl_24_what_is_said_aloud_is_written_down(matter, lent):
    notes.oral(matter.at(), matter.case.id, "Hon sade i telefon att lampan blinkar.")
    lent.flush()
    [said] = queries.messages(lent, matter.case.id, with_notes=True)
    assert (said.kind, said.author_id, said.at) == (ORAL, matter.handler.person_id, DECIDED)


def test_fl_25_nothing_against_the_party_is_decided_unheard(matter, lent):
    said = Question("Vi tänker avslå. Vad säger du?")
    made = asking.communicate(matter.at(), matter.case.id, said)
    lent.flush()
    no = Wording("Nej.", reasons="Därför.", communication=Communication.DONE)
    with pytest.raises(Invalid, match="decision-not-communicated"):
        matter.made("avslag", no)
    answering.answer_as_party(
        matter.at(DECIDED + timedelta(days=3), matter.resident),
        made,
        Said("comments", "Jag behöver det."),
    )
    lent.flush()
    assert matter.made("avslag", no).is_made


def test_fl_25_an_exception_is_named(matter):
    unheard = Wording("Nej.", reasons="Därför.", communication=Communication.FAVOURABLE)
    with pytest.raises(Invalid, match="decision-not-communicated"):
        matter.made("avslag", unheard)
    urgent = Wording("Nej.", reasons="Därför.", communication=Communication.URGENT)
    assert matter.made("avslag", urgent).communication == Communication.URGENT


def test_fl_26_others_are_asked_and_told_until_when(matter, lent):
    police = Recipient("Polisen", email="remiss@polisen.example")
    made = asking.ask_outside(matter.at(), matter.case.id, Question("Yttra er."), [police])
    lent.flush()
    assert made.answer_by == (DECIDED + timedelta(weeks=2)).date()
    with pytest.raises(Invalid, match="answer-by-passed"):
        asking.ask_outside(
            matter.at(), matter.case.id, Question("Nu!", answer_by=DECIDED.date()), [police]
        )


def test_fl_27_an_official_note_has_its_day_and_author_and_cannot_be_removed(matter, lent):
    notes.note(matter.at(), matter.case.id, "Besiktigat på platsen.")
    lent.flush()
    [note] = queries.messages(lent, matter.case.id, with_notes=True)
    assert (note.author_id, note.at) == (matter.handler.person_id, DECIDED)
    for change in ("UPDATE case_message SET body = 'Annat'", "DELETE FROM case_message"):
        with pytest.raises(IntegrityError, match="stands"), lent.begin_nested():
            lent.execute(text(f"{change} WHERE id = :id"), {"id": note.id})
    with pytest.raises(NotAllowed):
        notes.note(matter.at(who=a_resident(lent)), matter.case.id, "Hej.")


def test_fl_27_the_note_cannot_be_written_in_a_matter_of_another_authority(matter, lent):
    stranger = a_handler(lent, an_authority(lent, "SN"))
    with pytest.raises((NotAllowed, Conflict)):
        notes.note(matter.at(who=stranger), matter.case.id, "Hej.")
