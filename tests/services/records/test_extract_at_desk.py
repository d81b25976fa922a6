"""An extract of one person's data, taken out by an authority (dataskyddsförordningen, article 15)."""

import pytest
from sqlalchemy import select

from services.audit.models import AuditEntry
from services.cases import assignment
from services.cases.models import State
from services.kernel.errors import Invalid, NotAllowed, NotFound
from services.kernel.work import Duty
from services.people import commands as people
from services.records import extract
from tests.builders import a_case, a_document, a_handler, a_resident, a_work, an_authority

# One of Skatteverket's test numbers.
NUMBER = "189001019802"


@pytest.fixture
def authority(lent):
    """Where the cases are."""
    return an_authority(lent)


@pytest.fixture
def resident(lent, authority):
    """Whose data it is."""
    resident = a_resident(lent)
    people.add_identifier(a_work(lent), resident.person_id, "pnr", NUMBER)
    return resident


def taken(lent, authority, *duties, reason="person", number=NUMBER):
    """What somebody takes out."""
    work = a_work(lent, a_handler(lent, authority, *(duties or (Duty.REGISTRAR,))))
    return extract.at_desk(work, number, authority.id, "sv", reason)


@pytest.mark.parametrize("duty", [Duty.REGISTRAR, Duty.MANAGER])
def test_it_is_what_the_person_gets(lent, authority, resident, duty):
    case = a_case(lent, by=resident)
    a_case(lent, by=a_resident(lent, given_name="Testa"))
    a_case(lent, by=resident, state=State.DRAFT)
    person, told = taken(lent, authority, duty)
    assert person.id == resident.person_id
    assert [each["number"] for each in told] == [case.number]
    assert told == extract.of(a_work(lent, resident), authority.id, "sv")


@pytest.mark.parametrize("duty", sorted(set(Duty) - {Duty.REGISTRAR, Duty.MANAGER}))
def test_others_take_nothing_out(lent, authority, resident, duty):
    a_case(lent, by=resident)
    with pytest.raises(NotAllowed):
        taken(lent, authority, duty)


def test_it_holds_one_authority_only(lent, authority, resident):
    a_case(lent, by=resident)
    other = an_authority(lent, "SN")
    theirs = a_document(slug="hos-sn", authority="SN")
    of_other = a_case(lent, by=resident, document=theirs)
    assert of_other.authority_id == other.id
    assert [each["number"] for each in taken(lent, other)[1]] == [of_other.number]
    chief = a_work(lent, a_handler(lent, other, Duty.MANAGER))
    with pytest.raises(NotAllowed):
        extract.at_desk(chief, NUMBER, authority.id, "sv", "person")


def test_a_case_in_which_one_is_javig_is_not_in_it(lent, authority, resident):
    case = a_case(lent, by=resident)
    registrar = a_handler(lent, authority, Duty.REGISTRAR)
    assignment.declare_conflict(a_work(lent, registrar), case.id, registrar.person_id, "other")
    lent.flush()
    with pytest.raises(NotFound):
        extract.at_desk(a_work(lent, registrar), NUMBER, authority.id, "sv", "person")


def test_the_person_is_found_by_the_whole_number_only_and_a_reason_is_asked_for(
    lent, authority, resident
):
    a_case(lent, by=resident)
    for number in ("189001019801", NUMBER[:8], ""):
        with pytest.raises(NotFound):
            taken(lent, authority, number=number)
    with pytest.raises(Invalid):
        taken(lent, authority, reason="curious")


def test_it_is_logged_of_whom_and_why_and_also_that_nothing_was_found(lent, authority, resident):
    case = a_case(lent, by=resident)
    registrar = a_handler(lent, authority, Duty.REGISTRAR)
    work = a_work(lent, registrar)
    extract.at_desk(work, NUMBER, authority.id, "sv", "oversight")
    with pytest.raises(NotFound):
        extract.at_desk(work, "189001029819", authority.id, "sv", "person")
    lent.commit()
    entries = lent.scalars(
        select(AuditEntry).where(AuditEntry.actor_id == registrar.person_id).order_by(AuditEntry.id)
    ).all()
    assert [(each.action, each.subject_id, each.details) for each in entries] == [
        ("person:extract", resident.person_id, {"reason": "oversight", "cases": 1}),
        ("case:extract-at-desk", case.id, {"reason": "oversight"}),
        ("person:extract", None, {"reason": "person", "cases": 0}),
    ]
