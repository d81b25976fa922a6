"""Cases found by the beginning of a party's name, within the border of the desk."""

import pytest
from sqlalchemy import select, text

from services.audit.models import AuditEntry
from services.cases import assignment, names, parties
from services.cases.models import CaseHandler
from services.kernel.errors import Invalid
from services.kernel.work import Duty
from tests.builders import a_case, a_handler, a_resident, a_work, an_authority


@pytest.fixture
def authority(lent):
    """Where the cases are."""
    return an_authority(lent)


def found(lent, authority, words, *duties):
    """What somebody finds."""
    work = a_work(lent, a_handler(lent, authority, *duties))
    return [each.case for each in names.by_name(work, words)]


def test_the_beginning_of_each_part_of_a_name_finds_its_cases(lent, authority):
    case = a_case(lent, by=a_resident(lent, given_name="Quintilla", surname="Åkerström-Öd"))
    for words in ("quin", "QUINTILLA", "åker", "quin åkers", "öd", "  Åkerström   Q  "):
        assert found(lent, authority, words) == [case], words
    for words in ("uintilla", "quin testo", "xyzzy"):
        assert found(lent, authority, words) == [], words


@pytest.mark.parametrize("words", ["", "a", "' & :", "|!", "x y z"])
def test_less_than_two_letters_is_no_name(lent, authority, words):
    with pytest.raises(Invalid):
        found(lent, authority, words)


@pytest.mark.parametrize("words", ["quin':*", "quin) | (a", "quin & !x", "quin\\"])
def test_what_means_something_to_the_database_means_nothing_here(lent, authority, words):
    a_case(lent, by=a_resident(lent, given_name="Quintus"))
    found(lent, authority, words)


def test_other_parties_are_found_with_what_they_are_until_they_are_removed(lent, authority):
    case = a_case(lent, by=a_resident(lent))
    work = a_work(lent, a_handler(lent, authority))
    row = parties.add(work, case.id, "neighbour", "Quirina Grannberg")
    (only,) = names.by_name(work, "quirina")
    assert [(each.name, each.role) for each in only.names] == [
        ("Tolvan Tolvansson", names.SUBJECT),
        ("Quirina Grannberg", "neighbour"),
    ]
    parties.remove(work, case.id, row.id)
    assert names.by_name(work, "quirina") == []


def test_nothing_is_found_outside_ones_authority_nor_with_jav(lent, authority):
    case = a_case(lent, by=a_resident(lent, given_name="Quintilla"))
    assert found(lent, an_authority(lent, "SN"), "quintilla", Duty.MANAGER) == []
    handler = a_handler(lent, authority)
    assignment.declare_conflict(a_work(lent, handler), case.id, handler.person_id, "other")
    lent.flush()
    assert names.by_name(a_work(lent, handler), "quintilla") == []
    assert found(lent, authority, "quintilla", Duty.ECONOMIST) == []


def test_somebody_protected_is_found_only_by_those_who_may_see_the_case(lent, authority):
    case = a_case(lent, by=a_resident(lent, given_name="Quiet", protected=True))
    assert case.protected
    assert found(lent, authority, "quiet") == []
    assert found(lent, authority, "quiet", Duty.CLERK) == []
    assert found(lent, authority, "quiet", Duty.REGISTRAR) == [case]
    handler = a_handler(lent, authority)
    lent.add(CaseHandler(case_id=case.id, person_id=handler.person_id, added_at=case.created_at))
    lent.flush()
    assert [each.case for each in names.by_name(a_work(lent, handler), "quiet")] == [case]


def test_a_secret_case_is_not_found_by_the_contact_centre(lent, authority):
    case = a_case(lent, by=a_resident(lent, given_name="Quintilla"))
    case.secrecy = True
    lent.flush()
    assert found(lent, authority, "quintilla", Duty.CLERK) == []
    assert found(lent, authority, "quintilla") == [case]


def test_a_search_is_logged_with_what_it_told_of_and_not_what_was_written(lent, authority):
    case = a_case(lent, by=a_resident(lent, given_name="Quintilla"))
    work = a_work(lent, a_handler(lent, authority))
    names.by_name(work, "quintilla")
    lent.commit()
    mine = AuditEntry.actor_id == work.actor.person_id
    entry = lent.scalars(select(AuditEntry).where(mine)).one()
    assert (entry.action, entry.details) == ("party:search", {"found": [str(case.id)]})


def test_the_index_answers(lent):
    lent.execute(text("SET LOCAL enable_seqscan = off"))
    asked = "to_tsvector('simple', party_text) @@ to_tsquery('simple', '''quin'':*')"
    plan = lent.scalars(text(f'EXPLAIN SELECT id FROM "case" WHERE {asked}')).all()
    assert any("ix_case_party_names" in line for line in plan), plan
