"""Whom the demonstration's people act for: children, a principal, and one who has given a power."""

from uuid import UUID

from sqlalchemy import select

from app.demo import personas
from app.demo.municipality.sources import key
from app.demo.personas import Principal
from services.kernel.calendar import local_day
from services.kernel.work import Work
from services.people import commands as people
from services.people import mandates, queries
from services.people.mandates import Term
from services.people.models import Mandate


def found(work: Work, known: dict[str, UUID]) -> None:
    """Let each of the cast's principals be acted for, by the personas' keys; done once."""
    for told in personas.cast().principals:
        principal_id = known.get(told.key) or _principal(work, told)
        known[told.key] = principal_id
        for agent in told.by:
            if not _acts(work, known[agent], principal_id):
                _let_act(work, told, known[agent], principal_id)


def _principal(work: Work, told: Principal) -> UUID:
    person_id = key("person", "principal", told.key)
    if queries.person(work.session, person_id) is None:
        person = people.add_person(work, told.given_name, told.surname)
        person.id = person_id
        work.session.flush()
        if told.number:
            people.add_identifier(work, person_id, "pnr", told.number)
    return person_id


def _acts(work: Work, person_id: UUID, principal_id: UUID) -> bool:
    query = select(Mandate.id).where(
        Mandate.person_id == person_id, Mandate.principal_id == principal_id
    )
    return work.session.scalar(query) is not None


def _let_act(work: Work, told: Principal, agent_id: UUID, principal_id: UUID) -> None:
    if told.born_on is not None:
        mandates.add_guardianship(work, agent_id, principal_id, told.born_on)
        return
    mandate = mandates.register(
        work, mandates.CUSTODIAN, agent_id, principal_id, Term(local_day(work.now), None)
    )
    if told.kind == mandates.POWER:
        agent = queries.person(work.session, agent_id)
        mandate.kind, mandate.granted_by_id = mandates.POWER, principal_id
        mandate.named = agent.name if agent else None
