"""Acting for a child, a principal and an organisation: chosen, limited, and ended."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import SYSTEM, Actor, Duty, Role
from services.people import commands, mandates, queries
from services.people.mandates import Agent, Term
from tests.builders import NOON, a_person, a_resident, a_work

TODAY = date(2026, 11, 24)
OMAR = Agent("189001059808", "Omar Ombudsson")


def session_of(lent, person):
    """An open session of a person: its row and its token."""
    facts = {"assurance": "loa3", "provider": "p", "transaction_id": None, "device": "Mac"}
    token = commands.open_session(a_work(lent), person, entity="invanare", **facts)
    lent.flush()
    return queries.signed_in(lent, token, NOON, commands.IDLE).session, token


def acts(lent, token, now=NOON):
    """Whom a session acts for at a moment, by a mandate."""
    lent.flush()
    lent.expire_all()
    found = queries.signed_in(lent, token, now, {"invanare": timedelta(days=9999)})
    return found.mandate


def test_a_guardian_acts_for_a_child_until_the_day_before_it_is_eighteen(lent):
    guardian, child = a_person(lent), a_person(lent, "Bea")
    held = mandates.add_guardianship(
        a_work(lent, SYSTEM), guardian.id, child.id, date(2008, 11, 26)
    )
    lent.flush()
    assert held.valid_to == date(2026, 11, 25)
    assert [way.subject for way in mandates.ways(lent, guardian.id, TODAY)] == ["child"]
    assert mandates.ways(lent, guardian.id, date(2026, 11, 26)) == []


def test_an_open_session_stops_acting_for_a_child_that_comes_of_age(lent):
    guardian, child = a_person(lent), a_person(lent, "Bea")
    held = mandates.add_guardianship(
        a_work(lent, SYSTEM), guardian.id, child.id, date(2008, 11, 26)
    )
    lent.flush()
    opened, token = session_of(lent, guardian)
    opened.expires_at = NOON + timedelta(days=9)
    mandates.act_by(a_work(lent, Actor(Role.RESIDENT, guardian.id)), opened.id, held.id)
    assert acts(lent, token).id == held.id
    # Midnight in Sweden, not in Greenwich.
    assert acts(lent, token, datetime(2026, 11, 25, 22, 59, tzinfo=UTC)).id == held.id
    assert acts(lent, token, datetime(2026, 11, 25, 23, 1, tzinfo=UTC)) is None


def test_nobody_is_guardian_of_somebody_of_age(lent):
    with pytest.raises(Invalid, match="of-age"):
        mandates.add_guardianship(
            a_work(lent, SYSTEM), a_person(lent).id, a_person(lent, "Bea").id, date(2008, 11, 24)
        )


def test_one_born_on_a_leap_day_comes_of_age_on_the_first_of_march():
    assert mandates.comes_of_age(date(2008, 2, 29)) == date(2026, 3, 1)


def test_a_power_of_attorney_is_given_to_somebody_we_do_not_know(lent):
    giver = a_resident(lent)
    mandates.give(a_work(lent, giver), OMAR, Term(TODAY, None))
    lent.flush()
    agent = queries.person_by_identifier(lent, "pnr", OMAR.number)
    ways = mandates.ways(lent, agent.id, TODAY)
    assert [(way.name, way.subject) for way in ways] == [("Tolvan Tolvansson", "principal")]
    assert [each.named for each in mandates.given(lent, giver.person_id, None)] == [OMAR.name]


def test_giving_tells_nothing_of_who_the_agent_is(lent):
    commands.recognise(a_work(lent), commands.Named("pnr", OMAR.number, "Hemlig", "Hemligsson"))
    lent.flush()
    giver = a_resident(lent)
    mandates.give(a_work(lent, giver), OMAR, Term(TODAY, None))
    lent.flush()
    assert mandates.given(lent, giver.person_id, None)[0].named == OMAR.name
    assert queries.person_by_identifier(lent, "pnr", OMAR.number).given_name == "Hemlig"


def test_what_is_revoked_ends_at_once_in_open_sessions_too(lent):
    giver = a_resident(lent)
    held = mandates.give(a_work(lent, giver), OMAR, Term(TODAY, None))
    lent.flush()
    agent = queries.person_by_identifier(lent, "pnr", OMAR.number)
    opened, token = session_of(lent, agent)
    mandates.act_by(a_work(lent, Actor(Role.RESIDENT, agent.id)), opened.id, held.id)
    assert acts(lent, token).id == held.id
    mandates.revoke(a_work(lent, giver), held.id)
    assert acts(lent, token) is None
    with pytest.raises(Conflict):
        mandates.revoke(a_work(lent, giver), held.id)


def test_only_those_it_concerns_can_revoke(lent):
    held = mandates.give(a_work(lent, a_resident(lent)), OMAR, Term(TODAY, None))
    lent.flush()
    with pytest.raises(NotFound):
        mandates.revoke(a_work(lent, a_resident(lent, given_name="Testa")), held.id)


def test_a_guardianship_is_ended_by_neither_guardian_nor_child(lent):
    guardian, child = a_resident(lent), a_resident(lent, given_name="Bea")
    held = mandates.add_guardianship(
        a_work(lent, SYSTEM), guardian.person_id, child.person_id, date(2015, 1, 1)
    )
    lent.flush()
    for who in (guardian, child):
        with pytest.raises(NotFound):
            mandates.revoke(a_work(lent, who), held.id)


def test_what_is_lent_is_not_lent_on(lent):
    agent = a_resident(lent)
    by_mandate = Actor(
        Role.RESIDENT, agent.person_id, principal_id=a_person(lent, "Hulda").id, mandate_id=None
    )
    with pytest.raises(NotAllowed):
        mandates.give(a_work(lent, by_mandate), OMAR, Term(TODAY, None))


@pytest.mark.parametrize("kind", ["signatory", "agent"])
def test_who_signs_for_an_organisation_can_authorise_others_and_nobody_else(lent, kind):
    signer = a_resident(lent)
    company = commands.add_organisation(a_work(lent), "5599990008", "Exempelbröd AB", "company")
    lent.flush()
    held = commands.add_mandate(a_work(lent), signer.person_id, company.id, kind)
    lent.flush()
    acting = Actor(Role.RESIDENT, signer.person_id, acting_for=company.id, mandate_id=held.id)
    if kind == "agent":
        with pytest.raises(NotAllowed):
            mandates.give(a_work(lent, acting), OMAR, Term(TODAY, None))
        return
    given = mandates.give(a_work(lent, acting), OMAR, Term(TODAY, None))
    lent.flush()
    assert (given.organisation_id, given.principal_id) == (company.id, None)


def test_nobody_gives_a_power_to_oneself(lent):
    person = commands.recognise(a_work(lent), commands.Named("pnr", OMAR.number, "Omar", "O"))
    lent.flush()
    with pytest.raises(Invalid, match="oneself"):
        mandates.give(a_work(lent, Actor(Role.RESIDENT, person.id)), OMAR, Term(TODAY, None))


@pytest.mark.parametrize(
    "term", [Term(TODAY - timedelta(days=1), None), Term(TODAY, TODAY - timedelta(days=1))]
)
def test_a_term_must_make_sense(lent, term):
    with pytest.raises(Invalid):
        mandates.give(a_work(lent, a_resident(lent)), OMAR, term)


def test_acting_by_somebody_elses_mandate_is_refused(lent):
    held = mandates.give(a_work(lent, a_resident(lent)), OMAR, Term(TODAY, None))
    lent.flush()
    other = a_person(lent, "Testa")
    opened, _ = session_of(lent, other)
    with pytest.raises(NotAllowed):
        mandates.act_by(a_work(lent, Actor(Role.RESIDENT, other.id)), opened.id, held.id)


@pytest.mark.parametrize("duty", list(Duty))
def test_only_those_who_register_register_custodians(lent, duty):
    clerk = Actor(Role.STAFF, a_person(lent).id, authorities={new_id(): frozenset({duty})})
    term = Term(TODAY, None)
    who, whom = a_person(lent, "Gudrun").id, a_person(lent, "Henning").id
    if duty not in (Duty.REGISTRAR, Duty.MANAGER):
        with pytest.raises(NotAllowed):
            mandates.register(a_work(lent, clerk), "custodian", who, whom, term)
        return
    held = mandates.register(a_work(lent, clerk), "custodian", who, whom, term)
    lent.flush()
    assert [each for each, _, _ in mandates.registered(lent, clerk.person_id)] == [held]
    mandates.revoke(a_work(lent, clerk), held.id)
    assert mandates.ways(lent, who, TODAY) == []
