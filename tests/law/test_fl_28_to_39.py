"""Förvaltningslagen 28–39 §§: who decides, what a decision holds, telling it, carrying it out, changing it."""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from sqlalchemy import select

from services.decisions import appeals, commands, letters, notices, queries, replacing
from services.decisions.commands import Wording
from services.decisions.models import Stage
from services.decisions.replacing import Change
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.work import Duty
from services.notifications.models import Notification
from tests import deciding
from tests.builders import a_handler
from tests.services.decisions.test_decisions import DECIDED, NO

YES = Wording("Du får bidraget.", amount_ore=500_00)
LESS = Wording("Du får mindre.", reasons="Därför.", amount_ore=100_00, communication="own_material")


def text_of(pdf):
    """The titles and labels that a letter is tagged with, as one text."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return str(document.docinfo.Title)


def test_fl_28_one_alone_decides_by_the_delegation_order(matter, lent):
    clerk = a_handler(lent, matter.authority, Duty.REGISTRAR)
    with pytest.raises(NotAllowed, match="not-delegated"):
        commands.decide(matter.at(who=clerk), matter.written().id)
    assert matter.made().decided_by_id == matter.handler.person_id


def test_fl_29_the_committee_decides_by_its_minutes_after_the_vote(matter, lent):
    matter.case.status, matter.case.state = "till-namnden", "in_progress"
    proposal = matter.written("stort", Wording("Du får tillståndet."))
    commands.propose(matter.at(), proposal.id)
    made = commands.enter_minutes(
        matter.at(who=matter.registrar), proposal.id,
        minutes="TN § 34/2026", met_on=date(2026, 6, 3), participants="Sju ledamöter, votering 4–3",
    )  # fmt: skip
    assert (made.minutes, made.participants) == ("TN § 34/2026", "Sju ledamöter, votering 4–3")


def test_fl_30_a_dissenting_opinion_is_recorded_and_told_to_the_party(town):
    deciding.publish(town)
    number = deciding.applied(town)
    deciding.drafted(town, number, dissent="Föredraganden anser att ansökan bör beviljas.").submit(
        "Besluta"
    )
    decision = deciding.decision_of(town, number)
    assert decision.dissent.startswith("Föredraganden")
    party = town.signed_in(deciding.RESIDENT).get(f"/mina-sidor/beslut/{decision.id}")
    assert "Avvikande mening" in party.text
    assert "Föredraganden anser" in party.text


def test_fl_31_a_decision_has_its_day_content_decider_presenter_and_others(matter, lent):
    other = a_handler(lent, matter.authority)
    draft = matter.written(wording=Wording(**{**_facts(NO), "participants": "Miljöinspektören"}))
    made = commands.decide(matter.at(who=other), draft.id)
    lent.flush()
    assert made.decided_on == DECIDED.date()
    assert made.says == NO.says
    told = letters.facts(matter.at(), made, matter.case, "Salems kommun")
    rows = dict(told.rows)
    assert rows["decided_by"]
    assert rows["presenter"]
    assert rows["participants"] == "Miljöinspektören"


def _facts(wording):
    return {name: getattr(wording, name) for name in ("says", "reasons", "communication")}


def test_fl_32_a_decision_is_explained_unless_it_is_wholly_in_favour(matter):
    with pytest.raises(Invalid, match="decision-without-reasons"):
        matter.made("avslag", Wording("Nej.", communication="own_material"))
    assert matter.made("bifall", YES).reasons == ""


def test_fl_33_the_party_is_told_at_once_and_how_to_appeal(matter, lent):
    made = matter.made()
    lent.flush()
    [notice] = queries.notices(lent, made.id)
    assert notice.sent_at == DECIDED
    facts = letters.facts(matter.at(), made, matter.case, "Salems kommun")
    assert (facts.regime, facts.instance) == ("administrative", "administrative_court")
    notices.opened(matter.at(DECIDED + timedelta(days=1), matter.resident), made)
    lent.flush()
    assert notice.received_on == date(2026, 6, 5)
    assert "decision-made" in lent.scalars(select(Notification.template)).all() or notice.way


def test_fl_35_it_is_carried_out_when_it_has_legal_force_or_at_once_if_it_says_so(matter, lent):
    made = matter.made("avslag", Wording(**_facts(NO), immediate=True))
    matter.received(made, date(2026, 6, 4))
    assert made.immediate
    assert made.legal_force_on is None
    appeals.gain_force(matter.at(DECIDED + timedelta(days=30)))
    assert made.legal_force_on == date(2026, 6, 26)


def test_fl_36_a_slip_is_corrected_and_the_old_version_stays(matter, lent):
    old = matter.made()
    lent.flush()
    with pytest.raises(Invalid, match="correction-changes-outcome"):
        replacing.replace(matter.at(), old.id, Change("corrected", "bifall"), YES)
    new = replacing.replace(matter.at(), old.id, Change("corrected"), NO)
    lent.flush()
    assert (old.stage, new.replaces_id, new.replacement) == (Stage.REPLACED, old.id, "corrected")
    assert [each.id for each in queries.chain(lent, new)] == [new.id, old.id]
    assert queries.current(lent, old).id == new.id


def test_fl_37_a_favourable_decision_is_changed_against_the_party_only_on_a_ground(matter, lent):
    old = matter.made("bifall", YES)
    lent.flush()
    with pytest.raises(Invalid, match="change-against-party"):
        replacing.replace(matter.at(), old.id, Change("changed"), LESS)
    new = replacing.replace(matter.at(), old.id, Change("changed", ground="misled"), LESS)
    assert (new.amount_ore, new.replacement_ground) == (100_00, "misled")


def test_fl_38_what_is_obviously_wrong_is_put_right_but_never_against_the_party(matter, lent):
    old = matter.made()
    lent.flush()
    new = replacing.replace(matter.at(), old.id, Change("must_change", "bifall"), YES)
    lent.flush()
    assert matter.case.outcome == "granted"
    with pytest.raises(Invalid, match="change-against-party"):
        replacing.replace(matter.at(), new.id, Change("must_change", ground="misled"), LESS)


def test_fl_39_what_is_appealed_is_changed_only_by_duty_and_until_it_is_sent_on(matter, lent):
    old = matter.made()
    matter.received(old, date(2026, 6, 4))
    appeal = appeals.appeal(matter.at(DECIDED, matter.resident), old.id, "Jag överklagar.")
    lent.flush()
    appeals.judge_time(matter.at(), appeal.id, in_time=True)
    with pytest.raises(Conflict, match="decision-appealed"):
        replacing.replace(matter.at(), old.id, Change("changed", "bifall"), YES)
    appeals.reconsider(matter.at(), appeal.id, "stands")
    appeals.forward(matter.at(), appeal.id, DECIDED.date())
    with pytest.raises(Conflict, match="decision-appealed"):
        replacing.replace(matter.at(), old.id, Change("must_change", "bifall"), YES)


def test_fl_36_to_39_a_decision_is_corrected_on_its_page(town):
    deciding.publish(town)
    number = deciding.applied(town)
    desk = deciding.drafted(town, number).submit("Besluta")
    old = deciding.decision_of(town, number)
    desk.click("Rätta eller ändra beslutet")
    desk.submit("Fatta det nya beslutet")
    assert desk.status == 422
    desk.submit("Fatta det nya beslutet", how="corrected", status="bifall")
    assert "En rättelse ändrar inte utfallet" in desk.text
    desk.submit(
        "Fatta det nya beslutet", how="corrected", status="avslag", says="Vi avslår din ansökan."
    )
    assert "Det nya beslutet är fattat" in desk.text
    assert "rättelse, 36 §" in desk.text
    assert "Ersatt av" in desk.get(f"/handlaggning/beslut/{old.id}").text
    party = town.signed_in(deciding.RESIDENT).get(f"/mina-sidor/beslut/{old.id}")
    assert "ersatt" in party.text
    assert "Beslutet rättades" in party.get(f"/mina-sidor/arenden/{number}").text
