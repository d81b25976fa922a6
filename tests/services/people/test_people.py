"""Recognising people, sealed identifiers, sessions that end."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from services.kernel.db import new_id
from services.kernel.errors import Conflict, NotAllowed, NotFound
from services.kernel.work import Actor, Role
from services.people import commands, mandates, queries
from tests.builders import KEYRING, NOON, a_person, a_work

TOLVAN = commands.Named("pnr", "191212121212", "Tolvan", "Tolvansson")


def test_the_same_identifier_is_the_same_person(lent):
    first = commands.recognise(a_work(lent), TOLVAN)
    lent.flush()

    assert commands.recognise(a_work(lent), TOLVAN).id == first.id


def test_a_number_is_never_stored_in_the_clear(lent):
    commands.recognise(a_work(lent), TOLVAN)
    lent.flush()

    stored = (
        lent.execute(text("SELECT sealed || blind_index FROM person_identifier")).scalars().all()
    )
    assert not any("1212121212" in value for value in stored)


def test_a_sealed_value_cannot_be_moved_to_another_row():
    sealed = KEYRING.seal("191212121212", "person_identifier:a")

    with pytest.raises(InvalidTag):
        KEYRING.open(sealed, "person_identifier:b")


def test_an_identifier_belongs_to_one_person(lent):
    commands.recognise(a_work(lent), TOLVAN)
    lent.flush()

    with pytest.raises(Conflict):
        commands.add_identifier(a_work(lent), a_person(lent).id, "pnr", "191212121212")


def _session(lent, entity="invanare"):
    return commands.open_session(
        a_work(lent),
        a_person(lent),
        entity=entity,
        assurance="loa3",
        provider="demo",
        transaction_id=None,
        device="Mac",
    )


def test_a_session_ends_by_time_and_by_hand(lent):
    token = _session(lent)
    lent.flush()

    found = queries.signed_in(lent, token, NOON, commands.IDLE)
    assert found is not None
    assert queries.signed_in(lent, token, NOON + timedelta(hours=3), commands.IDLE) is None
    commands.close_session(a_work(lent), found.session.id)
    assert queries.signed_in(lent, token, NOON, commands.IDLE) is None


def test_a_pending_login_is_used_once(lent):
    facts = {
        "request_id": "_1",
        "entity": "invanare",
        "provider": "p",
        "levels": ["loa3"],
        "force": True,
    }
    secret = commands.begin_login(a_work(lent), **facts, return_to="/")
    lent.flush()

    assert commands.take_pending(a_work(lent), secret).request_id == "_1"
    with pytest.raises(NotFound):
        commands.take_pending(a_work(lent), secret)


def test_an_assertion_is_used_once(lent):
    until = NOON + timedelta(minutes=5)
    commands.guard_replay(a_work(lent), "idp", "_a", until)

    with pytest.raises(Conflict):
        commands.guard_replay(a_work(lent), "idp", "_a", until)


def test_acting_for_an_organisation_needs_a_mandate(lent):
    token = _session(lent)
    lent.flush()
    found = queries.signed_in(lent, token, NOON, commands.IDLE)
    organisation = commands.add_organisation(
        a_work(lent), "5599990008", "Exempelbolaget AB", "company"
    )
    lent.flush()
    work = a_work(lent, Actor(Role.RESIDENT, found.person.id))

    with pytest.raises(NotAllowed):
        mandates.act_by(work, found.session.id, new_id())
    mandate = commands.add_mandate(work, found.person.id, organisation.id, "signatory")
    lent.flush()
    mandates.act_by(work, found.session.id, mandate.id)
    lent.expire_all()
    assert queries.signed_in(lent, token, NOON, commands.IDLE).acting_for.id == organisation.id
