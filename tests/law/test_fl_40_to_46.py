"""Förvaltningslagen 40–46 §§: what can be appealed, by whom, how, until when, and what we do then."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from services.decisions import appeals, queries, replacing
from services.decisions.arrival import Arrival
from services.decisions.commands import Wording
from services.decisions.models import Appeal
from services.decisions.replacing import Change
from services.documents.decision import how_to_appeal
from services.kernel.errors import Conflict, Invalid, NotAllowed
from tests import deciding
from tests.builders import a_handler, a_resident, an_authority
from tests.services.decisions.test_decisions import DECIDED

IN_TIME = datetime(2026, 6, 25, 21, 59, tzinfo=UTC)
TOO_LATE = datetime(2026, 6, 25, 22, 1, tzinfo=UTC)


@pytest.fixture
def decision(matter):
    """A refusal that the party got on 4 June; the last day to appeal is 25 June."""
    made = matter.made()
    matter.received(made, date(2026, 6, 4))
    return made


def appealed(matter, decision, moment=IN_TIME):
    handed_in = appeals.appeal(matter.at(moment, matter.resident), decision.id, "Jag vill ha det.")
    matter.lent.flush()
    return handed_in


def test_fl_40_the_letter_says_which_court_tries_it(decision):
    told = " ".join(
        how_to_appeal(
            decision.regime, decision.instance, language="sv", authority="Nämnden",
            number=decision.number,
        )
    )  # fmt: skip
    assert "Förvaltningsrätten i Stockholm" in told


def test_fl_41_what_cannot_be_appealed_is_not(matter, lent, decision):
    decision_without = matter.lent.get_one(type(decision), decision.id)
    assert queries.time_to_appeal(lent, decision_without).can_be
    lent.expunge(decision_without)
    decision_without.regime = "none"
    assert not queries.time_to_appeal(lent, decision_without).can_be


def test_fl_42_the_one_whom_it_concerns_may_and_a_stranger_may_not(matter, lent, decision):
    with pytest.raises(NotAllowed):
        appeals.appeal(matter.at(IN_TIME, a_resident(lent)), decision.id, "Jag klagar.")
    assert appealed(matter, decision).appellant_id == matter.resident.person_id


def test_fl_42_a_letter_from_somebody_else_is_taken_in_for_the_court_to_judge(matter, decision):
    taken = appeals.register(
        matter.at(IN_TIME), decision.id, "Jag bor granne.", "letter", appellant="Greta Granne"
    )
    assert (taken.appellant_name, taken.appellant_id) == ("Greta Granne", None)


def test_fl_43_it_is_written_and_handed_in_to_us(matter, decision):
    with pytest.raises(Invalid, match="appeal-says-nothing"):
        appeals.appeal(matter.at(IN_TIME, matter.resident), decision.id, "  ")
    assert appealed(matter, decision).channel == "web"


def test_fl_44_three_weeks_from_the_day_the_party_got_it(lent, matter, decision):
    assert queries.time_to_appeal(lent, decision).last_day == date(2026, 6, 25)
    assert not appeals.is_late(appealed(matter, decision))


def test_fl_44_the_time_does_not_run_before_it_has_reached_the_party(lent, matter):
    made = matter.made()
    lent.flush()
    assert queries.time_to_appeal(lent, made).last_day is None
    assert appeals.gain_force(matter.at(DECIDED + timedelta(days=400))) == 0


def test_fl_45_what_is_late_is_taken_in_tested_and_rejected_with_a_reason(matter, lent, decision):
    late = appealed(matter, decision, TOO_LATE)
    with pytest.raises(Invalid, match="appeal-without-reason"):
        appeals.judge_time(matter.at(TOO_LATE), late.id, in_time=False)
    with pytest.raises(Invalid, match="appeal-is-late"):
        appeals.judge_time(matter.at(TOO_LATE), late.id, in_time=True)
    appeals.judge_time(matter.at(TOO_LATE), late.id, in_time=False, reason="En dag för sent.")
    assert not late.is_open


def test_fl_45_what_came_in_time_is_never_rejected_as_late(matter, decision):
    handed_in = appealed(matter, decision)
    with pytest.raises(Invalid, match="appeal-is-in-time"):
        appeals.judge_time(matter.at(TOO_LATE), handed_in.id, in_time=False, reason="För sent.")


@pytest.mark.parametrize("excuse", appeals.EXCUSES)
def test_fl_45_wrong_information_or_the_wrong_door_costs_nobody_the_right(matter, decision, excuse):
    late = appealed(matter, decision, TOO_LATE)
    appeals.judge_time(matter.at(TOO_LATE), late.id, in_time=True, excuse=excuse)
    assert (late.in_time, late.excuse) == (True, excuse)


@pytest.mark.parametrize(
    ("on", "how", "came_in", "late"),
    [
        (date(2026, 6, 25), "reached", date(2026, 6, 25), False),
        (date(2026, 6, 26), "reached", date(2026, 6, 26), True),
        # The 26th is first emptied after the evening of the last day; Monday the 29th is not.
        (date(2026, 6, 26), "first_emptying", date(2026, 6, 25), False),
        (date(2026, 6, 26), "post", date(2026, 6, 25), False),
        (date(2026, 6, 29), "first_emptying", date(2026, 6, 26), True),
    ],
)
def test_fl_22_an_appeal_has_come_in_on_the_day_that_it_reached_us(
    matter, lent, decision, on, how, came_in, late
):
    desk = matter.at(datetime(2026, 6, 30, 9, 0, tzinfo=UTC))
    appeals.gain_force(desk)
    taken = appeals.register(
        desk, decision.id, "Jag överklagar.", "letter", arrival=Arrival(on, how)
    )
    lent.flush()
    assert (appeals.came_in_on(taken), appeals.is_late(taken)) == (came_in, late)
    # One that came in time takes away the legal force that was noted before we knew of it.
    assert (decision.legal_force_on is not None) == late


@pytest.mark.parametrize("on", [date(2026, 7, 1), date(2026, 6, 3)])
def test_fl_22_nothing_comes_in_ahead_of_time(matter, decision, on):
    desk = matter.at(datetime(2026, 6, 30, 9, 0, tzinfo=UTC))
    with pytest.raises(Invalid, match="arrived-on-impossible-day"):
        appeals.register(desk, decision.id, "Nej.", "letter", arrival=Arrival(on))


def test_fl_46_it_is_looked_at_again_and_sent_on_with_the_documents(matter, lent, decision):
    handed_in = appealed(matter, decision)
    desk = matter.at(IN_TIME + timedelta(days=1))
    appeals.judge_time(desk, handed_in.id, in_time=True)
    with pytest.raises(Conflict, match="appeal-not-reconsidered"):
        appeals.forward(desk, handed_in.id, date(2026, 6, 26))
    with pytest.raises(Invalid, match="appeal-not-changed"):
        appeals.reconsider(desk, handed_in.id, "changed")
    appeals.reconsider(desk, handed_in.id, "stands")
    enclosed = ["application", f"decision-{decision.id}"]
    appeals.forward(desk, handed_in.id, date(2026, 6, 26), enclosed)
    assert (handed_in.forwarded_on, handed_in.enclosed) == (date(2026, 6, 26), enclosed)


def test_fl_46_an_appeal_goes_on_to_the_decision_that_was_changed(matter, lent, decision):
    handed_in = appealed(matter, decision)
    desk = matter.at(IN_TIME + timedelta(days=1))
    appeals.judge_time(desk, handed_in.id, in_time=True)
    partly = Wording("Du får en del.", amount_ore=100_00)
    new = replacing.replace(desk, decision.id, Change("must_change", "bifall"), partly)
    lent.flush()
    appeals.reconsider(desk, handed_in.id, "changed")
    appeals.forward(desk, handed_in.id, date(2026, 6, 26))
    assert [each.id for each in queries.appeals_covering(lent, new)] == [handed_in.id]
    assert appeals.gain_force(matter.at(IN_TIME + timedelta(days=200))) == 0
    appeals.settle(desk, handed_in.id, "upheld", date(2026, 9, 1))
    assert new.legal_force_on == date(2026, 9, 1)


def test_fl_46_only_who_handles_the_case_sends_it_on(matter, lent, decision):
    handed_in = appealed(matter, decision)
    stranger = a_handler(lent, an_authority(lent, "SN"))
    with pytest.raises(NotAllowed):
        appeals.judge_time(matter.at(IN_TIME, stranger), handed_in.id, in_time=True)


def test_fl_43_to_46_on_the_page_with_a_list_of_what_is_enclosed(town):
    deciding.publish(town)
    number = deciding.applied(town)
    desk = deciding.drafted(town, number).submit("Besluta")
    decision = deciding.decision_of(town, number)
    party = town.signed_in(deciding.RESIDENT).get(f"/mina-sidor/beslut/{decision.id}/overklaga")
    party.submit("Skicka in överklagandet", body="Jag håller inte med.")
    desk.get(f"/handlaggning/beslut/{decision.id}")
    desk.submit("Spara", in_time="yes", reason="")
    desk.submit("Spara", outcome="stands")
    today = {
        f"on__{part}": str(getattr(decision.decided_on, part)) for part in ("day", "month", "year")
    }
    appeal_id = town.ask(select(Appeal.id).where(Appeal.decision_id == decision.id))
    desk.submit("Spara", enclosed=["application", f"decision-{decision.id}"], **today)
    assert "Skickat med:" in desk.text
    assert "-1 Ansökan eller anmälan" in desk.text
    assert f"appeal-{appeal_id}" not in desk.text
