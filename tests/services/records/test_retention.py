"""Disposal by the law: by decision only, never what somebody waits for, and then everywhere."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from services.cases import commands as cases
from services.cases import links, notes, parties, queries, tasks
from services.cases.models import State
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.work import Duty
from services.models import metadata
from services.records import disposing, retention
from tests.builders import a_case, a_document, a_handler, a_resident, a_work, an_authority
from tests.builders.document import two

SECRET = "Hemligordet"
CLOSED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
RULE = {"years": 5}
DECISION = "TN § 34/2026"


class Town:
    """A closed case of which something was said everywhere, and those who keep its records."""

    def __init__(self, lent, rule=None, slug="gallras"):
        self.lent = lent
        self.authority = an_authority(lent)
        self.handler = a_handler(lent, self.authority)
        self.registrar = a_handler(lent, self.authority, Duty.HANDLER, Duty.REGISTRAR)
        resident = a_resident(lent)
        document = a_document(slug=slug, title=two("Gallras"), retention=rule or RULE)
        start = CLOSED - timedelta(days=20)
        self.case = a_case(lent, by=resident, document=document, now=start, email="h@example.com")
        at_desk = a_work(lent, self.handler, start + timedelta(days=1))
        cases.write_from_party(a_work(lent, resident, start), self.case.id, SECRET)
        notes.note(at_desk, self.case.id, f"{SECRET} igen.")
        tasks.add(at_desk, self.case.id, f"Ring om {SECRET}", None, None)
        parties.add(at_desk, self.case.id, "neighbour", SECRET)
        self.case.answers = {**self.case.answers, "stolpe": SECRET}
        cases.set_status(a_work(lent, self.handler, CLOSED), self.case.id, "klar")
        lent.flush()

    def at(self, moment=LATER, who=None):
        return a_work(self.lent, who or self.registrar, moment)

    def dispose(self, moment=LATER, who=None, decision=DECISION):
        done = disposing.dispose(self.at(moment, who), self.case.id, decision)
        self.lent.flush()
        return done


@pytest.fixture
def town(lent):
    return Town(lent)


def said_anywhere(lent, word):
    """The tables in which a word stands in some row."""
    tables = [table.name for table in metadata().sorted_tables]
    query = 'SELECT EXISTS (SELECT FROM "{0}" AS row WHERE row::text LIKE :word)'
    return [name for name in tables if lent.scalar(text(query.format(name)), {"word": f"%{word}%"})]


def test_arkivlagen_10_what_is_disposed_of_is_nowhere_any_more(town, lent):
    assert {"case", "case_message", "case_task", "case_party"} <= set(said_anywhere(lent, SECRET))
    done = town.dispose()
    assert said_anywhere(lent, SECRET) == []
    assert said_anywhere(lent, "h@example.com") in ([], ["person"])
    lent.refresh(town.case)
    assert town.case.state == State.DISPOSED
    assert town.case.subject_person_id is None
    assert done.removed["messages"] == 2
    assert (done.decision, done.done_by_id) == (DECISION, town.registrar.person_id)


def test_the_dry_run_shows_it_and_changes_nothing(town):
    today = local_day(LATER)
    found = retention.due(town.lent, town.registrar, today)
    assert [(each.case, each.may_go) for each in found] == [(town.case, True)]
    assert town.case.state == State.CLOSED
    assert retention.counted(town.lent, today) == {"TN": 1}


def test_nothing_goes_a_day_too_soon(town):
    too_soon = LATER - timedelta(days=2)
    assert retention.due(town.lent, town.registrar, local_day(too_soon)) == []
    with pytest.raises(Conflict, match="nothing-due"):
        town.dispose(too_soon)
    assert retention.earliest(town.case, 5) == date(2031, 3, 3)


def test_only_the_registrar_or_manager_disposes_and_names_a_decision(town):
    with pytest.raises(NotAllowed):
        town.dispose(who=town.handler)
    with pytest.raises(Invalid, match="name-the-decision"):
        town.dispose(decision=" ")


def test_another_authority_sees_and_disposes_of_nothing(town, lent):
    other = a_handler(lent, an_authority(lent, "BMN"), Duty.REGISTRAR)
    assert retention.due(lent, other, local_day(LATER)) == []
    with pytest.raises(NotAllowed):
        town.dispose(who=other)


def test_an_example_of_a_rule_is_no_decision(lent):
    town = Town(lent, {"years": 5, "example": True})
    with pytest.raises(Conflict, match="rule-not-decided"):
        town.dispose()


def test_jo_3434_2016_what_somebody_has_asked_to_see_is_kept(town, lent):
    document = a_document(slug=retention.REQUESTS, title=two("Begäran"))
    asked = a_case(lent, by=a_resident(lent), document=document, now=LATER)
    links.link(town.at(), town.case.id, asked.number or "")
    lent.flush()
    assert retention.holds(lent, town.case) == ["request"]
    with pytest.raises(Conflict, match="legal-hold"):
        town.dispose()
    cases.set_status(town.at(), asked.id, "klar")
    lent.flush()
    assert retention.holds(lent, town.case) == []


def test_a_hold_for_an_audit_stops_it_until_it_is_released(town, lent):
    hold = retention.hold(town.at(who=town.handler), town.case.id, "audit")
    lent.flush()
    with pytest.raises(Conflict, match="legal-hold"):
        town.dispose()
    with pytest.raises(NotAllowed):
        retention.release(town.at(who=town.handler), hold.id)
    retention.release(town.at(), hold.id)
    lent.flush()
    assert town.dispose().kind == "disposed"


def test_documents_of_a_kind_go_before_the_rest(lent):
    town = Town(lent, {"years": 10, "documents": {"note": 2}})
    done = town.dispose(CLOSED + timedelta(days=800))
    assert done.removed == {"note": 1}
    lent.expire_all()
    bodies = [each.body for each in queries.messages(lent, town.case.id, with_notes=True)]
    assert bodies == [SECRET, disposing.GONE]
    assert town.case.state == State.CLOSED
    with pytest.raises(Conflict, match="nothing-due"):
        town.dispose(CLOSED + timedelta(days=801))
