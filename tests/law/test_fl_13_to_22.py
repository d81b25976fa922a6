"""Förvaltningslagen 13–22 §§: being understood, agents, jäv, and how a matter begins."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.access.rules import may
from services.cases import assignment, commands, completions, needs, policy
from services.cases.models import State
from services.catalogue import library
from services.decisions.commands import Wording
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.work import ANYONE, SYSTEM, Actor, Duty, Role
from services.people import mandates
from services.people.mandates import Term
from tests.builders import a_case, a_document, a_handler, a_person, a_resident, a_work, an_authority
from tests.desk import at_desk
from tests.pages import number_on, report
from tests.services.decisions.test_decisions import DECIDED, START


def test_fl_13_the_party_says_what_is_needed_and_the_desk_sees_it(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    party = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}")
    party.click("Säg till om tolk")
    party.submit("Spara", help="interpreter")
    assert party.status == 422
    assert "Skriv vilket språk." in party.text
    party.submit("Spara", help="interpreter", language="arabiska")
    assert "Tolk: arabiska" in at_desk(town, number).text
    desk = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}/utredning")
    desk.submit("Spara behovet", help="sign_language", language="")
    assert "Teckenspråkstolk" in at_desk(town, number).text
    assert town.signed_in("tolvan").get(f"/mina-sidor/arenden/{number}/tolk").status == 404


def test_fl_13_a_language_must_be_named_and_a_need_can_be_taken_away(matter, lent):
    with pytest.raises(Invalid, match="which-language"):
        needs.note_at_desk(matter.at(), matter.case.id, "translation")
    needs.note_as_party(matter.at(who=matter.resident), matter.case.id, "interpreter", "finska")
    lent.flush()
    assert needs.of(lent, matter.case.id).language == "finska"
    with pytest.raises(NotAllowed):
        needs.note_as_party(matter.at(who=a_resident(lent)), matter.case.id, "reading")
    needs.note_at_desk(matter.at(), matter.case.id, "")
    lent.flush()
    assert needs.of(lent, matter.case.id) is None


def test_fl_14_an_agent_acts_by_a_mandate_and_within_it(lent):
    agent, principal = a_person(lent, "Omar"), a_person(lent, "Hilma")
    registrar = a_handler(lent, an_authority(lent), Duty.REGISTRAR)
    term = Term(START.date(), date(2026, 12, 31))
    held = mandates.register(
        a_work(lent, registrar, START), "custodian", agent.id, principal.id, term
    )
    lent.flush()
    assert held.principal_id == principal.id
    acting = Actor(
        Role.RESIDENT, agent.id, mandate_id=held.id, principal_id=principal.id, assurance="loa3"
    )
    document = a_document(subjects=["self", "principal"])
    case = a_case(lent, by=acting, now=START, document=document)
    assert (case.acting_person_id, case.subject_person_id) == (agent.id, principal.id)
    assert case.mandate_id == held.id
    assert may(acting, policy.READ_AS_PARTY, case)
    assert not may(Actor(Role.RESIDENT, a_person(lent).id), policy.READ_AS_PARTY, case)


def test_fl_15_a_mandate_is_in_writing_has_its_days_and_can_be_revoked(town):
    browser = town.signed_in("testa").get("/mina-sidor/fullmakter")
    assert browser.status == 200
    assert "fullmakt" in browser.text.lower()


def test_fl_16_nobody_handles_a_matter_of_their_own(matter, lent):
    own = a_handler(lent, matter.authority)
    matter.case.subject_person_id = own.person_id
    lent.flush()
    with pytest.raises(NotAllowed):
        commands.write_from_desk(matter.at(who=own), matter.case.id, "Hej.")


def test_fl_17_whoever_has_jav_can_neither_read_nor_decide(matter, lent):
    colleague = a_handler(lent, matter.authority)
    assignment.declare_conflict(
        matter.at(who=matter.registrar), matter.case.id, colleague.person_id, "related"
    )
    lent.flush()
    lent.expire(matter.case)
    assert not may(colleague, policy.READ_AT_DESK, matter.case)
    assert not may(colleague, policy.WORK_ON, matter.case)


def test_fl_18_a_handler_tells_of_jav_and_is_kept_out(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    browser = at_desk(town, number).submit("Anmäl jävet", jav__grund="related")
    assert browser.heading == "Inkorg"
    assert browser.get(f"/handlaggning/arenden/{number}").status == 404
    town.signed_in("chef-tn").get(f"/handlaggning/arenden/{number}").submit("Häv")


def test_fl_19_a_matter_begins_with_what_one_wants_and_how_one_is_reached(matter, lent):
    case = a_case(lent, by=ANYONE, now=START, email="testo@example.com")
    assert case.state == State.RECEIVED
    assert case.answers["stolpe"] == "S-123"
    assert case.contact_email == "testo@example.com"
    # In free words too: nothing that comes in must fit a form of ours.
    other = next(each for each in library.load() if each.slug == "ovrigt-arende")
    assert other.level == "open"
    assert [each.key for each in other.questions if each.required] == ["rubrik", "text"]


def test_fl_20_what_is_missing_is_asked_for_first_with_a_day_and_what_follows(matter, lent):
    asked = matter.at(START + timedelta(days=1))
    with pytest.raises(Invalid, match="answer-by-passed"):
        completions.ask(asked, matter.case.id, "Vilken stolpe?", date(2026, 5, 1))
    completions.ask(
        asked, matter.case.id, "Vilken stolpe?", date(2026, 6, 10),
        asked=[("stolpe", "Det finns två.")], next_step="dismiss",
    )  # fmt: skip
    lent.flush()
    assert matter.case.state == State.AWAITING_COMPLETION
    completions.follow_up(a_work(lent, SYSTEM, datetime(2026, 6, 11, 4, 11, tzinfo=UTC)))
    lent.flush()
    lent.refresh(matter.case)
    # It is not thrown out by the clock: somebody decides whether to dismiss it.
    assert matter.case.state != State.CLOSED
    with pytest.raises(Invalid, match="decision-without-reasons"):
        matter.made("avslag", Wording("Vi avvisar.", communication="own_material"))


def test_fl_21_identity_is_asked_for_only_where_the_service_needs_it():
    levels = {each.slug: each.level for each in library.load()}
    assert levels["felanmalan"] == "open"
    assert levels["begara-allman-handling"] == "open"
    signed = {slug for slug, level in levels.items() if level == "signed"}
    assert signed < set(levels)


def test_fl_22_it_has_come_in_when_it_reaches_us_whatever_the_hour(matter, lent):
    at_night = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)
    case = a_case(lent, by=a_resident(lent), now=at_night)
    assert case.received_at == at_night
    commands.write_from_desk(
        matter.at(at_night + timedelta(days=9)), matter.case.id, "Vi har läst det."
    )
    lent.refresh(case)
    assert case.received_at == at_night


def test_fl_22_what_is_registered_late_keeps_the_day_on_which_it_came(matter):
    assert matter.case.received_at == START
    with pytest.raises(Conflict):
        commands.withdraw(matter.at(DECIDED, matter.resident), _closed(matter))


def _closed(matter):
    matter.made("bifall", Wording("Ja."))
    commands.set_status(matter.at(DECIDED + timedelta(days=1)), matter.case.id, "klar")
    return matter.case.id
