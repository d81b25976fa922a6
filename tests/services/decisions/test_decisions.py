"""Decisions by the law: each test is named by the paragraph that it holds us to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.cases import commands as cases
from services.cases.changing import note_event
from services.cases.models import State
from services.decisions import appeals, commands, delegation, notices, queries, replacing
from services.decisions.commands import Wording
from services.decisions.models import Communication, Stage
from services.decisions.replacing import Change
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Duty
from tests.builders import a_case, a_document, a_handler, a_resident, a_work, an_authority
from tests.builders.document import two

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
DECIDED = datetime(2026, 6, 4, 9, 0, tzinfo=UTC)
LAW = two("8 § lagen (2018:222)")
TO_COURT = {"regime": "administrative", "instance": "administrative_court", "law": LAW}


def status(key, state, *following, outcome=None):
    return {
        "key": key, "state": state, "next": list(following), "outcome": outcome,
        "resident": two(key), "desk": two(key),
    }  # fmt: skip


DOCUMENT = {
    "level": "eid",
    "statuses": [
        status("mottagen", "received", "bifall", "avslag", "till-namnden"),
        status("till-namnden", "in_progress", "stort", "bifall", "avslag"),
        status("bifall", "decided", "klar", outcome="granted"),
        status("avslag", "decided", "klar", outcome="refused"),
        status("stort", "decided", "klar", outcome="granted"),
        status("klar", "closed"),
    ],
    "decisions": [
        {"status": "bifall", "point": "3.1", **TO_COURT},
        {"status": "avslag", "point": "3.1", **TO_COURT},
        {"status": "stort", "point": "3.2", "committee": True, **TO_COURT},
    ],
}
NO = Wording("Vi avslår ansökan.", reasons="Du har inte visat att …", communication="own_material")


class Town:
    """A case at an authority with a delegation order, and those who work with it."""

    def __init__(self, lent):
        self.lent = lent
        self.authority = an_authority(lent)
        self.resident = a_resident(lent)
        self.handler = a_handler(lent, self.authority)
        self.registrar = a_handler(lent, self.authority, Duty.HANDLER, Duty.REGISTRAR)
        self.case = a_case(lent, by=self.resident, now=START, document=a_document(**DOCUMENT))
        self.point = delegation.add_point(
            a_work(lent), self.authority.id, "3.1", two("Bidrag"), Duty.HANDLER, date(2026, 1, 1),
            limit_ore=100_000_00,
        )  # fmt: skip
        lent.flush()

    def at(self, moment=DECIDED, who=None):
        return a_work(self.lent, who or self.handler, moment)

    def written(self, key="avslag", wording=NO):
        decision = commands.write(self.at(), self.case.id, key, wording)
        self.lent.flush()
        return decision

    def made(self, key="avslag", wording=NO):
        return commands.decide(self.at(), self.written(key, wording).id)

    def received(self, decision, on):
        self.lent.flush()
        notices.received(self.at(DECIDED + timedelta(days=60)), decision.id, on, "receipt")
        self.lent.flush()


@pytest.fixture
def town(lent):
    return Town(lent)


def test_a_decision_gets_a_number_in_its_authoritys_series(town, lent):
    first = town.made()
    assert first.number == "TN D 2026/1"
    assert town.case.state == State.DECIDED
    assert town.case.outcome == "refused"
    assert first.decided_on == date(2026, 6, 4)
    assert first.decided_by_id == town.handler.person_id


def test_kl_6_37_only_who_holds_the_point_may_decide(town, lent):
    clerk = a_handler(lent, town.authority, Duty.REGISTRAR)
    decision = town.written()
    with pytest.raises(NotAllowed, match="not-delegated"):
        commands.decide(town.at(who=clerk), decision.id)
    assert decision.stage == Stage.DRAFT


def test_kl_6_37_a_point_that_is_held_by_name_is_held_by_nobody_else(town, lent):
    other = a_handler(lent, town.authority)
    delegation.name_delegate(town.at(), town.point.id, other.person_id, date(2026, 1, 1))
    decision = town.written()
    with pytest.raises(NotAllowed, match="not-delegated"):
        commands.decide(town.at(), decision.id)
    assert commands.decide(town.at(who=other), decision.id).is_made


def test_kl_6_37_a_point_has_a_limit(town, lent):
    too_much = town.written("bifall", Wording("Du får bidraget.", amount_ore=100_000_01))
    with pytest.raises(NotAllowed, match="not-delegated"):
        commands.decide(town.at(), too_much.id)
    within = town.written("bifall", Wording("Du får bidraget.", amount_ore=100_000_00))
    assert commands.decide(town.at(), within.id).is_made


def test_kl_6_37_a_point_that_has_ended_is_held_by_nobody(town, lent):
    decision = town.written()
    delegation.end_point(town.at(), town.point.id, date(2026, 6, 3))
    lent.flush()
    with pytest.raises(NotFound, match="delegation-point"):
        commands.decide(town.at(), decision.id)


def test_kl_6_38_what_is_the_committees_is_not_decided_by_delegation(town, lent):
    decision = town.written("stort", Wording("Du får tillståndet."))
    with pytest.raises(Conflict, match="decision-is-the-committees"):
        commands.decide(town.at(), decision.id)


def test_a_case_leaves_with_a_proposal_and_comes_back_with_the_paragraph(town, lent):
    town.case.status, town.case.state = "till-namnden", State.IN_PROGRESS
    proposal = town.written("stort", Wording("Du får tillståndet."))
    with pytest.raises(Conflict, match="decision-not-proposed"):
        commands.enter_minutes(
            town.at(who=town.registrar), proposal.id, minutes="§ 34", met_on=date(2026, 6, 3)
        )
    commands.propose(town.at(), proposal.id)
    with pytest.raises(Conflict, match="decision-before-committee"):
        town.written("stort", Wording("Något annat."))
    with pytest.raises(NotAllowed):
        commands.enter_minutes(town.at(), proposal.id, minutes="§ 34", met_on=date(2026, 6, 3))
    made = commands.enter_minutes(
        town.at(who=town.registrar), proposal.id, minutes="TN § 34/2026", met_on=date(2026, 6, 3)
    )
    assert (made.minutes, made.decided_on) == ("TN § 34/2026", date(2026, 6, 3))
    assert made.point_id is None
    assert made.decided_by_id is None


def test_fl_16_nobody_decides_what_is_their_own(town, lent):
    own = a_handler(lent, town.authority)
    town.case.subject_person_id = own.person_id
    lent.flush()
    with pytest.raises(NotAllowed):
        commands.write(town.at(who=own), town.case.id, "bifall", Wording("Ja."))


def test_fl_25_a_refusal_waits_until_the_party_could_comment(town, lent):
    decision = town.written(
        wording=Wording("Nej.", reasons="Därför.", communication=Communication.DONE)
    )
    with pytest.raises(Invalid, match="decision-not-communicated"):
        commands.decide(town.at(), decision.id)
    note_event(town.at(), town.case, "communicated", public=True, until="2026-06-04")
    lent.flush()
    with pytest.raises(Invalid, match="decision-not-communicated"):
        commands.decide(town.at(), decision.id)
    day_after = town.at(DECIDED + timedelta(days=1))
    assert commands.decide(day_after, decision.id).is_made


def test_fl_25_a_party_that_has_answered_need_not_be_waited_for(town, lent):
    decision = town.written(
        wording=Wording("Nej.", reasons="Därför.", communication=Communication.DONE)
    )
    note_event(town.at(), town.case, "communicated", public=True, until="2026-12-04")
    lent.flush()
    note_event(town.at(), town.case, "communication_answered", public=True)
    lent.flush()
    assert commands.decide(town.at(), decision.id).is_made


def test_fl_31_who_wrote_and_who_decided_are_both_known(town, lent):
    other = a_handler(lent, town.authority)
    decision = commands.decide(town.at(who=other), town.written().id)
    assert decision.presenter_id == town.handler.person_id
    assert decision.decided_by_id == other.person_id


@pytest.mark.parametrize("reasons", ["", "   \n"])
def test_fl_32_a_refusal_without_reasons_is_not_made(town, lent, reasons):
    decision = town.written(wording=Wording("Nej.", reasons=reasons, communication="own_material"))
    with pytest.raises(Invalid, match="decision-without-reasons"):
        commands.decide(town.at(), decision.id)


def test_fl_32_a_grant_needs_no_reasons_but_one_on_conditions_does(town, lent):
    on_conditions = town.written("bifall", Wording("Ja.", conditions="Bara dagtid."))
    with pytest.raises(Invalid, match="decision-without-reasons"):
        commands.decide(town.at(), on_conditions.id)
    assert town.made("bifall", Wording("Ja.")).is_made


def test_fl_33_the_party_is_told_and_it_is_known_when(town, lent):
    decision = town.made()
    lent.flush()
    [notice] = queries.notices(lent, decision.id)
    assert (notice.way, notice.received_on) == ("my_pages", None)
    assert queries.time_to_appeal(lent, decision).last_day is None
    notices.opened(town.at(DECIDED + timedelta(days=2), town.resident), decision)
    notices.opened(town.at(DECIDED + timedelta(days=9), town.resident), decision)
    lent.flush()
    assert (notice.received_on, notice.proof) == (date(2026, 6, 6), "opened")


def test_fl_36_a_slip_is_corrected_by_a_new_decision(town, lent):
    old = town.made()
    lent.flush()
    new = replacing.replace(town.at(), old.id, Change("corrected"), NO)
    lent.flush()
    assert (old.stage, new.stage, new.replaces_id) == (Stage.REPLACED, Stage.DECIDED, old.id)
    assert new.number == "TN D 2026/2"
    with pytest.raises(Conflict, match="decision-not-in-force"):
        replacing.replace(town.at(), old.id, Change("changed"), NO)


@pytest.mark.parametrize(
    ("received", "last"),
    [("2026-06-04", "2026-06-25"), ("2026-06-05", "2026-06-26"), ("2026-06-13", "2026-07-06")],
)
def test_fl_44_three_weeks_from_the_day_that_the_party_got_it(town, lent, received, last):
    decision = town.made()
    town.received(decision, date.fromisoformat(received))
    assert queries.time_to_appeal(lent, decision).last_day == date.fromisoformat(last)


def test_fl_44_midsummer_eve_moves_the_last_day(town, lent):
    # Received on Friday 29 May, three weeks end on Midsummer Eve, and so on the Monday after.
    decision = commands.decide(town.at(datetime(2026, 5, 29, 7, 0, tzinfo=UTC)), town.written().id)
    town.received(decision, date(2026, 5, 29))
    assert queries.time_to_appeal(lent, decision).last_day == date(2026, 6, 22)


def test_fl_43_to_46_an_appeal_is_tested_for_time_and_sent_on(town, lent):
    decision = town.made()
    town.received(decision, date(2026, 6, 4))
    in_time = datetime(2026, 6, 25, 21, 59, tzinfo=UTC)
    appeal = appeals.appeal(town.at(in_time, town.resident), decision.id, "Jag vill ha bidraget.")
    lent.flush()
    assert appeal.last_day == date(2026, 6, 25)
    at_desk = town.at(in_time + timedelta(days=1))
    with pytest.raises(Conflict, match="appeal-not-in-time"):
        appeals.forward(at_desk, appeal.id, date(2026, 6, 26))
    appeals.judge_time(at_desk, appeal.id, in_time=True)
    with pytest.raises(Conflict, match="appeal-not-reconsidered"):
        appeals.forward(at_desk, appeal.id, date(2026, 6, 26))
    appeals.reconsider(at_desk, appeal.id, "stands")
    appeals.forward(at_desk, appeal.id, date(2026, 6, 26))
    assert appeals.gain_force(town.at(datetime(2026, 9, 1, tzinfo=UTC))) == 0
    appeals.settle(at_desk, appeal.id, "upheld", date(2026, 9, 2))
    assert decision.legal_force_on == date(2026, 9, 2)


def test_fl_45_a_late_appeal_is_taken_in_and_rejected_with_a_reason(town, lent):
    decision = town.made()
    town.received(decision, date(2026, 6, 4))
    late = datetime(2026, 6, 25, 22, 1, tzinfo=UTC)
    appeal = appeals.appeal(town.at(late, town.resident), decision.id, "Jag överklagar.")
    lent.flush()
    with pytest.raises(Invalid, match="appeal-without-reason"):
        appeals.judge_time(town.at(late), appeal.id, in_time=False)
    appeals.judge_time(town.at(late), appeal.id, in_time=False, reason="En dag för sent.")
    lent.flush()
    assert appeals.gain_force(town.at(late)) == 1
    assert decision.legal_force_on == date(2026, 6, 26)


def test_legal_force_comes_on_the_day_after_the_last_day(town, lent):
    decision = town.made()
    town.received(decision, date(2026, 6, 4))
    assert appeals.gain_force(town.at(datetime(2026, 6, 25, 12, 0, tzinfo=UTC))) == 0
    assert appeals.gain_force(town.at(datetime(2026, 6, 25, 22, 30, tzinfo=UTC))) == 1
    assert decision.legal_force_on == date(2026, 6, 26)
    assert appeals.gain_force(town.at(datetime(2026, 7, 25, tzinfo=UTC))) == 0


def test_a_decision_stands_as_it_was_made(town, lent):
    decision = town.made()
    lent.flush()
    with pytest.raises(IntegrityError, match="stands as it was made"), lent.begin_nested():
        lent.execute(
            text("UPDATE decision SET reasons = 'Annat' WHERE id = :id"), {"id": decision.id}
        )
    lent.execute(text("DELETE FROM decision_notice"))
    with pytest.raises(IntegrityError, match="stands as it was made"), lent.begin_nested():
        lent.execute(text("DELETE FROM decision WHERE id = :id"), {"id": decision.id})


def test_an_appeal_is_only_for_the_party(town, lent):
    decision = town.made()
    town.received(decision, date(2026, 6, 4))
    with pytest.raises(NotAllowed):
        appeals.appeal(town.at(DECIDED, a_resident(lent)), decision.id, "Jag klagar.")


def test_a_colleague_elsewhere_finds_no_decision(town, lent):
    decision = town.made()
    lent.flush()
    stranger = a_handler(lent, an_authority(lent, "SN"))
    with pytest.raises(NotFound):
        queries.at_desk(lent, stranger, decision.id)
    with pytest.raises(NotFound):
        queries.mine(lent, a_resident(lent), decision.id)
    assert queries.mine(lent, town.resident, decision.id)[0] is decision


def test_a_draft_is_not_the_partys_to_read(town, lent):
    draft = town.written()
    with pytest.raises(NotFound):
        queries.mine(lent, town.resident, draft.id)


def test_delegated_decisions_are_reported_once(town, lent):
    decision = town.made()
    lent.flush()
    with pytest.raises(NotAllowed):
        commands.report(town.at(), town.authority.id, date(2026, 6, 30), date(2026, 7, 1))
    registrar = town.at(who=town.registrar)
    assert commands.report(registrar, town.authority.id, date(2026, 6, 30), date(2026, 7, 1)) == 1
    assert commands.report(registrar, town.authority.id, date(2026, 6, 30), date(2026, 7, 2)) == 0
    assert decision.reported_on == date(2026, 7, 1)


def test_a_status_that_a_decision_leads_to_is_not_just_set(town, lent):
    with pytest.raises(Invalid, match="status-by-decision"):
        cases.set_status(town.at(), town.case.id, "avslag")
    assert town.case.state == State.RECEIVED


def test_fl_45_a_late_appeal_that_is_excused_takes_legal_force_away_again(town, lent):
    decision = town.made()
    town.received(decision, date(2026, 6, 5))
    appeals.gain_force(town.at(datetime(2026, 7, 1, 9, 0, tzinfo=UTC)))
    late = town.at(datetime(2026, 7, 2, 9, 0, tzinfo=UTC), who=town.resident)
    handed_in = appeals.appeal(late, decision.id, "Ni skrev fel dag.")
    lent.flush()
    assert decision.legal_force_on is not None
    day_after = town.at(datetime(2026, 7, 3, 9, 0, tzinfo=UTC))
    appeals.judge_time(day_after, handed_in.id, in_time=True, excuse="wrong_information")
    assert decision.legal_force_on is None


def test_what_a_court_has_revoked_never_gains_legal_force(town, lent):
    decision = town.made()
    town.received(decision, date(2026, 6, 5))
    in_june = town.at(datetime(2026, 6, 20, 9, 0, tzinfo=UTC), who=town.resident)
    handed_in = appeals.appeal(in_june, decision.id, "Nej.")
    lent.flush()
    later = town.at(datetime(2026, 7, 3, 9, 0, tzinfo=UTC))
    appeals.judge_time(later, handed_in.id, in_time=True)
    appeals.settle(later, handed_in.id, "revoked", date(2026, 7, 3))
    lent.flush()
    appeals.gain_force(town.at(datetime(2026, 9, 1, 9, 0, tzinfo=UTC)))
    assert decision.legal_force_on is None
