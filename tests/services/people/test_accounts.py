"""Accounts that may be one person's: suggested by an e-ID, decided by somebody who handles it (ID-10)."""

from datetime import date

import pytest
from sqlalchemy import select

from services.audit.log import write
from services.audit.models import AuditEntry
from services.cases import merged
from services.kernel.errors import Conflict, NotFound
from services.kernel.numbers import day_of_birth
from services.people import accounts, commands, queries
from services.people.accounts import Ties
from services.people.commands import Named
from services.people.events import PersonsMerged
from services.people.models import LoginSession, PersonIdentifier
from tests.builders import a_case, a_resident, a_work, an_authority

OLD, NEW, COORDINATION = "189001019802", "189001029819", "189001619809"
PRID, EIDAS = "NO:5068907693", "NO/SE/05068907693"


def came_in(work, value: str = NEW, kind: str = "pnr", **ties):
    found = accounts.recognise(work, Named(kind, value, "Tolvan", "Tolvansson"), Ties(**ties))
    work.session.flush()
    return found


def test_a_number_that_was_somebodys_before_is_a_suggestion_and_no_way_in(lent) -> None:
    work = a_work(lent)
    earlier, later = came_in(work, OLD), came_in(work, previous_number=OLD)
    assert earlier.id != later.id
    [suggested] = accounts.suggestions(lent)
    assert (suggested.earlier.id, suggested.later.id) == (earlier.id, later.id)
    came_in(work, previous_number=OLD)
    assert len(accounts.suggestions(lent)) == 1


def test_an_unknown_number_before_suggests_nothing(lent) -> None:
    came_in(a_work(lent), previous_number=OLD)
    assert accounts.suggestions(lent) == []


def test_merging_keeps_both_ways_in_and_the_old_number_findable(lent) -> None:
    work = a_work(lent)
    earlier, later = came_in(work, OLD), came_in(work, previous_number=OLD)
    commands.open_session(
        work,
        later,
        entity="invanare",
        assurance="loa3",
        provider="https://idp.example",
        transaction_id=None,
        device="Linux",
    )
    [suggested] = accounts.suggestions(lent)
    kept = accounts.merge(work, suggested.id)
    lent.flush()
    assert kept.id == earlier.id
    assert later.merged_into_id == earlier.id
    for number in (OLD, NEW):
        found = queries.person_by_identifier(lent, "pnr", number)
        assert found is not None
        assert found.id == earlier.id
    assert queries.identifier(lent, earlier.id, "pnr") == NEW
    assert work.happened == [PersonsMerged(earlier.id, later.id)]
    mine = LoginSession.person_id.in_((earlier.id, later.id))
    ended = lent.scalars(select(LoginSession.revoked_at).where(mine)).all()
    assert all(ended)
    assert accounts.suggestions(lent) == []


def test_what_was_decided_stands_in_the_log_without_any_number(lent) -> None:
    work = a_work(lent)
    came_in(work, OLD)
    came_in(work, previous_number=OLD)
    [suggested] = accounts.suggestions(lent)
    accounts.merge(work, suggested.id)
    write(lent)
    entries = lent.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = [entry.action for entry in entries]
    assert "person:may-be-same" in told
    assert "person:merge" in told
    assert OLD not in str([entry.details for entry in entries])


def test_a_suggestion_is_decided_once(lent) -> None:
    work = a_work(lent)
    came_in(work, OLD)
    came_in(work, previous_number=OLD)
    [suggested] = accounts.suggestions(lent)
    accounts.dismiss(work, suggested.id)
    with pytest.raises(NotFound):
        accounts.merge(work, suggested.id)
    came_in(work, previous_number=OLD)
    assert accounts.suggestions(lent) == []


def test_a_foreigner_with_a_new_prid_is_suggested_by_the_identifier_that_is_kept(lent) -> None:
    work = a_work(lent)
    first = came_in(work, PRID, "prid", eidas_identifier=EIDAS)
    second = came_in(work, "NO:1111111111", "prid", eidas_identifier=EIDAS)
    [suggested] = accounts.suggestions(lent)
    assert (suggested.earlier.id, suggested.later.id) == (first.id, second.id)
    assert queries.identifier(lent, first.id, "eidasPersonIdentifier") == EIDAS
    sealed = lent.scalars(select(PersonIdentifier.sealed)).all()
    assert all("05068907693" not in text for text in sealed)


def test_a_key_that_does_not_last_gives_no_account(lent) -> None:
    work = a_work(lent)
    first = came_in(work, PRID, "prid", eidas_identifier=EIDAS, lasting=False)
    second = came_in(work, PRID, "prid", eidas_identifier=EIDAS, lasting=False)
    assert first.id != second.id
    assert first.session_only
    assert queries.person_by_identifier(lent, "prid", PRID) is None


def test_a_pupil_and_a_resident_are_never_merged(lent) -> None:
    work = a_work(lent)
    resident = came_in(work, OLD)
    pupil = came_in(work, "elin01@skola.example", "eppn")
    accounts._suggest(work, resident, pupil, "by-hand")
    [suggested] = accounts.suggestions(lent)
    with pytest.raises(Conflict):
        accounts.merge(work, suggested.id)


def test_the_same_number_at_two_schools_is_a_suggestion(lent) -> None:
    work = a_work(lent)
    came_in(work, "elin01@one.example", "eppn", school_number=OLD)
    came_in(work, "elin@two.example", "eppn", school_number=OLD)
    assert len(accounts.suggestions(lent)) == 1
    # And the number is no way in, neither to a resident's account nor from it.
    assert queries.person_by_identifier(lent, "pnr", OLD) is None


@pytest.mark.parametrize(
    ("number", "born"), [(OLD, date(1890, 1, 1)), (COORDINATION, date(1890, 1, 1))]
)
def test_the_day_of_birth_is_told_and_nothing_more(lent, number: str, born: date) -> None:
    person = came_in(a_work(lent), number)
    assert accounts.birth_date(lent, person.id) == born


def test_who_has_no_swedish_number_has_no_day_of_birth_here(lent) -> None:
    person = came_in(a_work(lent), PRID, "prid", eidas_identifier=EIDAS)
    assert accounts.birth_date(lent, person.id) is None
    assert day_of_birth("189002301234") is None


def test_cases_follow_whoever_stays(lent) -> None:
    an_authority(lent)
    gone, kept = a_resident(lent), a_resident(lent)
    case = a_case(lent, by=gone)
    lent.flush()
    assert gone.person_id is not None
    assert kept.person_id is not None
    merged.follow(a_work(lent), PersonsMerged(kept.person_id, gone.person_id))
    lent.expire_all()
    assert {case.acting_person_id, case.subject_person_id} == {kept.person_id}
