"""Förvaltningslagen 12 §: a request to decide is answered within four weeks, if not by deciding."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.cases.events import CaseReceived
from services.cases.models import State
from services.deadlines import commands as deadlines
from services.deadlines import queries as times
from services.deadlines.models import Ending, Kind
from services.decisions import appeals, commands, delegation, letters, queries, replacing, requests
from services.decisions.commands import REFUSES_REQUESTS
from services.decisions.replacing import Change
from services.documents.decision import how_to_appeal
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Duty
from services.records import documents
from services.wiring import deliver
from tests.builders import a_case, a_document, a_handler, a_work
from tests.builders.document import two
from tests.law.matter import Matter
from tests.services.decisions.test_decisions import DOCUMENT, NO, START

ASKED = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
REFUSED = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
SAYS = "Vi avslår din begäran om att ärendet ska avgöras nu."
REASONS = "Länsstyrelsens yttrande kommer först i januari."


class Slow(Matter):
    """A matter that has taken six months, so that its party has asked for a decision."""

    def __init__(self, lent):
        super().__init__(lent)
        delegation.add_point(
            a_work(lent), self.authority.id, REFUSES_REQUESTS, two("Avslag på begäran"),
            Duty.HANDLER, date(2026, 1, 1),
        )  # fmt: skip

    def asked(self):
        deadlines.case_received(a_work(self.lent, self.resident, START), CaseReceived(self.case.id))
        self.lent.flush()
        deadlines.ask_for_decision(self.at(ASKED, self.resident), self.case.id)
        self.lent.flush()
        return self

    def refused(self):
        draft = requests.refuse(self.at(REFUSED), self.case.id, SAYS, REASONS)
        self.lent.flush()
        work = self.at(REFUSED)
        made = commands.decide(work, draft.id)
        deliver(work)
        self.lent.flush()
        return made


@pytest.fixture
def slow(lent):
    return Slow(lent).asked()


def test_fl_12_a_request_is_refused_in_a_decision_of_its_own_and_the_case_goes_on(slow, lent):
    before = (slow.case.state, slow.case.status, slow.case.outcome)
    made = slow.refused()
    assert made.number.startswith("TN D 2026/")
    assert (slow.case.state, slow.case.status, slow.case.outcome) == before
    assert slow.case.state == State.RECEIVED
    [notice] = queries.notices(lent, made.id)
    assert notice.sent_at == REFUSED
    facts = letters.facts(slow.at(REFUSED), made, slow.case, "Salems kommun")
    assert facts.outcome == "Vi avslår begäran om att ärendet ska avgöras nu"
    assert "12 §" in facts.law
    assert facts.reasons == REASONS
    kinds = [each.kind for each in documents.of_case(lent, slow.case)]
    assert kinds == ["application", "decision"]


def test_fl_12_the_refusal_ends_the_four_weeks_for_ever(slow, lent):
    slow.refused()
    [asked] = [each for each in times.of_case(lent, slow.case.id) if each.kind == Kind.FOUR_WEEKS]
    assert (asked.ended_on, asked.ending) == (REFUSED.date(), Ending.REFUSED)
    work = slow.at(REFUSED + timedelta(days=1))
    slow.made("bifall", commands.Wording("Ja."))
    deliver(work)
    lent.refresh(asked)
    assert asked.ending == Ending.REFUSED


def test_fl_12_a_request_is_tried_once_in_a_case(slow, lent):
    slow.refused()
    later = REFUSED + timedelta(days=200)
    standing = times.six_months(lent, slow.case.id, later.date())
    assert (standing.may_ask, standing.refused_on) == (False, REFUSED.date())
    with pytest.raises(Conflict, match="decision-cannot-be-asked"):
        deadlines.ask_for_decision(slow.at(later, slow.resident), slow.case.id)
    with pytest.raises(Conflict, match="no-request"):
        requests.refuse(slow.at(later), slow.case.id, SAYS, REASONS)


def test_fl_12_the_refusal_is_appealed_where_the_case_itself_would_be(slow, lent):
    made = slow.refused()
    assert (made.regime, made.instance) == ("administrative", "administrative_court")
    told = " ".join(
        how_to_appeal(
            made.regime, made.instance, language="sv", authority="Nämnden", number=made.number
        )
    )
    assert "Förvaltningsrätten i Stockholm" in told
    handed_in = appeals.appeal(slow.at(REFUSED, slow.resident), made.id, "Jag har väntat nog.")
    assert handed_in.decision_id == made.id


def test_fl_12_a_refusal_is_explained(slow):
    with pytest.raises(Invalid, match="decision-without-reasons"):
        requests.refuse(slow.at(REFUSED), slow.case.id, SAYS, " ")


def test_fl_12_nothing_is_refused_that_nobody_has_asked_for(lent):
    quiet = Slow(lent)
    with pytest.raises(Conflict, match="no-request"):
        requests.refuse(quiet.at(REFUSED), quiet.case.id, SAYS, REASONS)


def test_fl_12_a_case_decided_meanwhile_has_answered_the_request(slow, lent):
    draft = requests.refuse(slow.at(REFUSED), slow.case.id, SAYS, REASONS)
    work = slow.at(REFUSED)
    commands.decide(work, commands.write(work, slow.case.id, "avslag", NO).id)
    deliver(work)
    lent.flush()
    assert times.open_request(lent, slow.case.id) is None
    with pytest.raises(Conflict, match="no-request"):
        commands.decide(slow.at(REFUSED), draft.id)


def test_fl_12_it_is_decided_by_a_point_of_its_own(slow, lent):
    draft = requests.refuse(slow.at(REFUSED), slow.case.id, SAYS, REASONS)
    lent.flush()
    clerk = a_handler(lent, slow.authority, Duty.REGISTRAR)
    with pytest.raises(NotAllowed, match="not-delegated"):
        commands.decide(slow.at(REFUSED, clerk), draft.id)
    lent.expunge_all()


def test_fl_12_an_order_without_the_point_refuses_nothing(lent):
    bare = Matter(lent)
    Slow.asked(bare)
    draft = requests.refuse(bare.at(REFUSED), bare.case.id, SAYS, REASONS)
    lent.flush()
    with pytest.raises(NotFound, match="delegation-point"):
        commands.decide(bare.at(REFUSED), draft.id)


def test_fl_12_what_is_tried_by_laglighetsprovning_is_not_refused_by_this_law(lent):
    lawful = Slow(lent)
    types = [
        {**each, "regime": "legality", "law": two("KL 13 kap.")} for each in DOCUMENT["decisions"]
    ]
    document = a_document(**{**DOCUMENT, "slug": "laglighet-12", "decisions": types})
    lawful.case = a_case(lent, by=lawful.resident, now=START, document=document)
    lawful.asked()
    with pytest.raises(Conflict, match="request-not-by-law"):
        requests.refuse(lawful.at(REFUSED), lawful.case.id, SAYS, REASONS)


def test_fl_12_a_refusal_is_put_right_by_deciding_the_case(slow):
    made = slow.refused()
    with pytest.raises(Conflict, match="decision-not-in-force"):
        replacing.replace(slow.at(REFUSED), made.id, Change("corrected"), NO)
