"""Founding the municipality: its organisation, its people, and who may act for whom."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.demo import personas
from app.demo.municipality import principals, sources
from app.demo.municipality.sources import key
from app.demo.personas import Assigned, Persona
from app.demo.personas import Mandate as Mandated
from services.kernel.errors import NotFound
from services.kernel.work import Duty, Work
from services.organisation import commands as organisation
from services.organisation import queries as organisations
from services.organisation.models import Assignment, Department
from services.payments import coding
from services.people import commands as people
from services.people import queries
from services.people.commands import Named
from services.people.models import Mandate, Organisation, Person

RESIDENTS = 60


@dataclass
class Town:
    """Everybody and everything by the words that the sources use for them."""

    authorities: dict[str, UUID] = field(default_factory=dict)
    personas: dict[str, UUID] = field(default_factory=dict)
    residents: list[UUID] = field(default_factory=list)
    names: dict[UUID, str] = field(default_factory=dict)
    duties: dict[str, dict[str, list[UUID]]] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    mandates: dict[str, list[tuple[UUID, UUID]]] = field(default_factory=dict)

    def staff(self, authority: str, *duties: str) -> list[UUID]:
        """The staff of an authority who hold any of the duties."""
        held = self.duties.get(authority, {})
        return [person for duty in duties for person in held.get(duty, [])]


def found(work: Work) -> Town:
    """Found the municipality, or find what is there of it already."""
    town = Town()
    coding.lay_out(work)
    first_day = sources.organisation()["valid_from"]
    for told in sources.organisation()["authorities"]:
        town.authorities[told["code"]] = _authority(work, told, first_day)
    _people(work, town, first_day)
    principals.found(work, town.personas)
    _organisations(work, town)
    return town


def _authority(work: Work, told: dict[str, Any], first_day: date) -> UUID:
    try:
        authority_id = organisations.authority_by_code(work.session, told["code"]).id
    except NotFound:
        authority = organisation.add_authority(work, told["code"], told["names"], first_day)
        authority_id = authority.id
        # Each level names the one above by its key only, so the one above must be there first.
        work.session.flush()
        for part in told["departments"]:
            organisation.add_department(work, authority, part["names"])
        work.session.flush()
    for part in told["departments"]:
        _units(work, authority_id, part)
    return authority_id


def _units(work: Work, authority_id: UUID, part: dict[str, Any]) -> None:
    """The units of a department that are not there yet: later releases tell of more."""
    there = organisations.units(work.session)
    missing = [unit for unit in part["units"] if unit["key"] not in there]
    if not missing:
        return
    department = work.session.scalars(
        select(Department)
        .where(Department.authority_id == authority_id, Department.names == part["names"])
        .limit(1)
    ).one()
    for unit in missing:
        organisation.add_unit(
            work, department, unit["key"], unit["names"], unit["phone"], unit["email"]
        )


def _people(work: Work, town: Town, first_day: date) -> None:
    for persona in personas.cast().personas:
        person = _persona(work, persona)
        town.personas[persona.key] = person.id
        _know(town, person)
        for assigned in persona.staff:
            _serve(work, town, person.id, assigned, first_day)
        for elected in persona.elected:
            _appoint(work, town, person.id, (elected.authority, elected.office, True), first_day)
    for told in sources.inhabitants()["staff"]:
        person = _invented(work, told["name"], "staff")
        _know(town, person)
        _serve(
            work,
            town,
            person.id,
            Assigned(authority=told["authority"], duties=told["duties"]),
            first_day,
        )
    for place in range(RESIDENTS):
        person = _invented(work, _resident_name(place), f"resident-{place}")
        town.residents.append(person.id)
        _know(town, person)


def _know(town: Town, person: Person) -> None:
    town.names[person.id] = person.name


def _persona(work: Work, told: Persona) -> Person:
    person = people.recognise(work, Named(told.kind, told.value, told.given_name, told.surname))
    person.protected = person.protected or told.protected
    return person


def _invented(work: Work, name: str, what: str) -> Person:
    person_id = key("person", what, name)
    person = queries.person(work.session, person_id)
    if person is None:
        given_name, _, surname = name.partition(" ")
        person = people.add_person(work, given_name, surname)
        person.id = person_id
    return person


def _resident_name(place: int) -> str:
    told = sources.inhabitants()
    given_names, surnames = told["given_names"], told["surnames"]
    return f"{given_names[place % len(given_names)]} {surnames[(place * 7 + place // 48) % len(surnames)]}"


def _serve(work: Work, town: Town, person_id: UUID, assigned: Assigned, first_day: date) -> None:
    for duty in assigned.duties:
        _appoint(work, town, person_id, (assigned.authority, Duty(duty).value, False), first_day)
        town.duties.setdefault(assigned.authority, {}).setdefault(duty, []).append(person_id)


def _appoint(
    work: Work, town: Town, person_id: UUID, what: tuple[str, str, bool], first_day: date
) -> None:
    code, duty, elected = what
    held = work.session.scalar(
        select(Assignment.id).where(
            Assignment.person_id == person_id,
            Assignment.authority_id == town.authorities[code],
            Assignment.duty == duty,
            Assignment.elected == elected,
        )
    )
    if held is None:
        organisation.appoint(
            work, person_id, town.authorities[code], duty, elected=elected, valid_from=first_day
        )


def _organisations(work: Work, town: Town) -> None:
    told = sources.inhabitants()
    for each in told["organisations"]:
        town.organisations[each["key"]] = _organisation(work, each)
    for mandate in told["mandates"]:
        by_right = Mandated(organisation=mandate["organisation"], kind=mandate["kind"])
        _mandate(work, town, town.residents[mandate["resident"]], by_right)
    for persona in personas.cast().personas:
        for by_right in persona.mandates:
            _mandate(work, town, town.personas[persona.key], by_right)


def _organisation(work: Work, told: dict[str, Any]) -> Organisation:
    number_index = work.resources["keyring"].index("orgnr", told["number"])
    there = work.session.scalar(
        select(Organisation).where(Organisation.number_index == number_index)
    )
    return there or people.add_organisation(work, told["number"], told["name"], told["kind"])


def _mandate(work: Work, town: Town, person_id: UUID, told: Mandated) -> None:
    organisation_id = town.organisations[told.organisation].id
    held = work.session.scalar(
        select(Mandate).where(
            Mandate.person_id == person_id, Mandate.organisation_id == organisation_id
        )
    )
    if held is None:
        held = people.add_mandate(work, person_id, organisation_id, told.kind)
        held.valid_from = sources.organisation()["valid_from"]

    town.mandates.setdefault(told.organisation, []).append((person_id, held.id))
