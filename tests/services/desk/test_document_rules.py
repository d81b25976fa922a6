"""To whom cases go by themselves, as the service's own document says it."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from services.cases import assignment, commands
from services.cases.events import CaseChanged
from services.cases.models import Case, CaseEvent, State
from services.catalogue import commands as catalogue
from services.catalogue import library
from services.desk import rules
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid
from services.kernel.work import SYSTEM, Duty
from services.organisation import commands as organisation
from services.wiring import deliver
from tests.builders import NOON, a_case, a_document, a_handler, a_work, an_authority

TODAY = local_day(NOON)


def a_service(*rules, **changes):
    """A service with rules of assignment."""
    return a_document(assignment=list(rules), **changes)


def staff(lent, authority, duty: Duty = Duty.HANDLER):
    """Somebody who is set to a duty there, as the organisation knows it."""
    actor = a_handler(lent, authority, duty)
    organisation.appoint(
        a_work(lent), actor.person_id, authority.id, duty, elected=False, valid_from=TODAY
    )
    lent.flush()
    return actor


def units(lent, authority, *keys: str) -> None:
    """Units of the authority."""
    department = organisation.add_department(a_work(lent), authority, {"sv": "F", "en": "D"})
    lent.flush()
    for key in keys:
        organisation.add_unit(a_work(lent), department, key, {"sv": key, "en": key}, "", "")
    lent.flush()


def received(lent, document, **facts) -> Case:
    """A case of a service that has come in, with what follows from that."""
    case = a_case(lent, document=document, **facts)
    told(lent, case, None)
    return case


def told(lent, case: Case, status: str | None) -> None:
    """The listeners hear that the case came in, or that it got a status."""
    work = a_work(lent, SYSTEM)
    rules._apply(work, case.id, status)
    deliver(work)
    lent.flush()


def traces(lent, case: Case) -> list[tuple[str, str | None]]:
    """What rules have done, as (kind, the rule's key)."""
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    return [
        (each.kind, each.details["rule"])
        for each in lent.scalars(query.limit(50))
        if "rule" in each.details
    ]


def test_a_case_goes_to_who_has_least_to_do_and_says_by_which_rule(lent):
    authority = an_authority(lent)
    busy, idle = staff(lent, authority), staff(lent, authority)
    a_case(lent).handler_id = busy.person_id
    lent.flush()
    case = received(lent, a_service({"key": "alla", "to": {"duty": "handler"}}))
    assert case.handler_id == idle.person_id
    assert traces(lent, case) == [("assigned", "alla")]


def test_the_first_rule_that_fits_the_answers_is_followed(lent):
    authority = an_authority(lent)
    units(lent, authority, "gata-park", "trafik")
    other = {"key": "annan", "when": {"question": "stolpe", "is": "S-9"}, "to": {"unit": "x-y"}}
    first = {
        "key": "s123",
        "when": {"question": "stolpe", "is": "S-123"},
        "to": {"unit": "trafik"},
    }
    last = {"key": "resten", "to": {"unit": "gata-park"}}
    with pytest.raises(Invalid, match="document-assignment"):
        catalogue.publish(a_work(lent), a_service(other, first, last))
    case = received(lent, a_service(first, last))
    assert case.unit_key == "trafik"
    assert traces(lent, case) == [("unit_set", "s123")]


def test_a_team_gets_the_case_and_takes_it_itself_where_nobody_is_to_be_chosen(lent):
    authority = an_authority(lent)
    chief, one = staff(lent, authority, Duty.MANAGER), staff(lent, authority)
    document = a_service({"key": "lag", "to": {"team": "Lamplaget", "balance": False}})
    assert traces(lent, received(lent, document)) == []
    team = organisation.add_team(a_work(lent, chief), authority.id, "Lamplaget", [one.person_id])
    lent.flush()
    case = received(lent, document)
    assert case.handler_id is None
    assert [each.team_id for each in case.handlers] == [team.id]
    assert traces(lent, case) == [("team_added", "lag")]


def test_a_status_gives_the_case_to_another_duty_and_only_once(lent):
    authority = an_authority(lent)
    handler, chief = staff(lent, authority), staff(lent, authority, Duty.MANAGER)
    rule = {"key": "chefen", "status": "pagar", "to": {"duty": "manager"}}
    case = received(lent, a_service(rule))
    assert case.handler_id is None
    work = a_work(lent, handler)
    assignment.take(work, case.id)
    commands.set_status(work, case.id, "pagar")
    assert CaseChanged(case.id, "pagar") in work.happened
    for _ in range(2):
        told(lent, case, "pagar")
        assert case.handler_id == chief.person_id
    assert traces(lent, case) == [("assigned", "chefen")]


def test_who_has_the_case_and_is_one_of_them_keeps_it(lent):
    authority = an_authority(lent)
    handler = staff(lent, authority)
    staff(lent, authority)
    case = received(lent, a_service({"key": "alla", "status": "pagar", "to": {"duty": "handler"}}))
    assignment.take(a_work(lent, handler), case.id)
    told(lent, case, "pagar")
    assert case.handler_id == handler.person_id
    assert traces(lent, case) == []


def test_who_is_away_or_has_jav_is_passed_over(lent):
    authority = an_authority(lent)
    chief = staff(lent, authority, Duty.MANAGER)
    away, barred, here = (staff(lent, authority) for _ in range(3))
    chiefs = a_work(lent, chief)
    organisation.be_absent(chiefs, away.person_id, TODAY, TODAY + timedelta(days=9), None)
    document = a_service({"key": "alla", "status": "pagar", "to": {"duty": "handler"}})
    case = received(lent, document)
    assignment.declare_conflict(chiefs, case.id, barred.person_id, "other")
    told(lent, case, "pagar")
    assert case.handler_id == here.person_id
    assignment.declare_conflict(chiefs, case.id, here.person_id, "other")
    told(lent, case, "pagar")
    assert case.handler_id is None


def test_a_duty_that_nobody_holds_lets_the_next_rule_try(lent):
    authority = an_authority(lent)
    handler = staff(lent, authority)
    case = received(
        lent,
        a_service(
            {"key": "chefen", "to": {"duty": "manager"}}, {"key": "alla", "to": {"duty": "handler"}}
        ),
    )
    assert case.handler_id == handler.person_id
    assert traces(lent, case) == [("assigned", "alla")]


def test_the_rules_that_the_department_has_set_come_first(lent):
    authority = an_authority(lent)
    chief = staff(lent, authority, Duty.MANAGER)
    one, idle = staff(lent, authority), staff(lent, authority)
    a_case(lent).handler_id = one.person_id
    lent.flush()
    document = a_service({"key": "alla", "to": {"duty": "handler"}})
    catalogue.publish(a_work(lent), document)
    case = a_case(lent, document=document)
    mine = rules.add(a_work(lent, chief), authority.id, case.service_id, to=one.person_id)
    lent.flush()
    told(lent, case, None)
    assert case.handler_id == one.person_id != idle.person_id
    assert traces(lent, case) == [("assigned", str(mine.id))]


def test_what_is_handed_over_or_closed_goes_by_no_rule_of_the_document(lent):
    authority = an_authority(lent)
    staff(lent, authority)
    elsewhere = an_authority(lent, "SN")
    document = a_service({"key": "alla", "to": {"duty": "handler"}})
    case = a_case(lent, document=document)
    case.authority_id = elsewhere.id
    lent.flush()
    told(lent, case, None)
    assert case.handler_id is None
    closed = a_case(lent, document=document, state=State.CLOSED)
    told(lent, closed, None)
    assert closed.handler_id is None


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"key": "a", "to": {}}, "goes to nobody"),
        ({"key": "a", "to": {"team": "Laget", "duty": "handler"}}, "can be one of them"),
        ({"key": "a", "to": {"duty": "handler", "balance": False}}, "to none of them"),
        ({"key": "a", "status": "x", "to": {"duty": "handler"}}, "unknown status 'x'"),
        ({"key": "a", "when": {"question": "x", "is": 1}, "to": {"unit": "u"}}, "not asked"),
    ],
)
def test_a_rule_that_does_not_hold_together_is_not_published(rule, told):
    with pytest.raises(ValidationError, match=told):
        a_service(rule)


def test_two_rules_with_one_key_are_not_published():
    rule = {"key": "a", "to": {"duty": "handler"}}
    with pytest.raises(ValidationError, match="occurs 2 times"):
        a_service(rule, rule)


def test_services_of_the_library_have_rules():
    assert sum(bool(each.assignment) for each in library.load()) >= 2
