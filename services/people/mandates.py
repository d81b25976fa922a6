"""Acting for somebody: who may, by what right, for which services, and from when to when.

A guardian acts for a child until the day before it turns eighteen (föräldrabalken 6 kap. 2 §);
a custodian or an administrator for a principal, as long as the court's decision says; whoever
holds a power of attorney for the one who gave it, until it is revoked.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, aliased

from services.audit.log import record
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Actor, Duty, Role, Work
from services.people import commands, queries
from services.people.models import LoginSession, Mandate, Organisation, Person

GUARDIAN, POWER = "guardian", "power_of_attorney"
CUSTODIAN, ADMINISTRATOR = "custodian", "administrator"
# What staff register from decisions that they have been shown.
REGISTERED = (GUARDIAN, CUSTODIAN, ADMINISTRATOR)
REGISTRARS = frozenset({Duty.REGISTRAR, Duty.MANAGER})
SIGNATORY = "signatory"
OF_AGE = 18
MOST = 200


@dataclass(frozen=True)
class Way:
    """One way to act: by which mandate, for whom, and what they are to the one who acts."""

    mandate: Mandate
    name: str
    subject: str


@dataclass(frozen=True)
class Agent:
    """Who is to act for somebody: by personal number, and named as the giver names them."""

    number: str
    name: str


@dataclass(frozen=True)
class Term:
    """From when to when, and for which services: by their keys, or for all of them."""

    valid_from: date
    valid_to: date | None
    services: tuple[UUID, ...] = ()


def subject_of(mandate: Mandate) -> str:
    """What the one acted for is called on a case: organisation, child or principal."""
    if mandate.organisation_id is not None:
        return "organisation"
    return "child" if mandate.kind == GUARDIAN else "principal"


def ways(session: Session, person_id: UUID, today: date) -> list[Way]:
    """Everyone that a person may act for today: children first, then principals, organisations."""
    principal = aliased(Person)
    rows = session.execute(
        select(Mandate, Organisation.name, principal)
        .outerjoin(Organisation, Organisation.id == Mandate.organisation_id)
        .outerjoin(principal, principal.id == Mandate.principal_id)
        .where(Mandate.person_id == person_id, *queries.in_force(today))
        .order_by(Mandate.created_at.nulls_first(), Mandate.id)
        .limit(MOST)
    )
    found = [Way(held, name or person.name, subject_of(held)) for held, name, person in rows]
    order = ("child", "principal", "organisation")
    return sorted(found, key=lambda way: (order.index(way.subject), way.name))


def act_by(work: Work, session_id: UUID, mandate_id: UUID | None) -> None:
    """Choose by which mandate this session acts; None is for oneself. Raises NotAllowed when
    the mandate is not one's own, or does not hold today."""
    mandate = None
    if mandate_id is not None:
        mandate = work.session.scalar(
            select(Mandate).where(
                Mandate.id == mandate_id,
                Mandate.person_id == work.actor.person_id,
                *queries.in_force(local_day(work.now)),
            )
        )
        if mandate is None:
            raise NotAllowed("no-mandate")
    work.session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id)
        .values(
            mandate_id=mandate.id if mandate else None,
            acting_for_id=mandate.organisation_id if mandate else None,
        )
    )
    record(work, "session:act-for", mandate_id, subject=subject_of(mandate) if mandate else "self")


def add_guardianship(work: Work, guardian_id: UUID, child_id: UUID, born_on: date) -> Mandate:
    """Let a guardian act for a child until it comes of age. Raises Invalid when it is of age,
    and NotAllowed for others than those who are set to register such things."""
    require_registrar(work)
    last = comes_of_age(born_on) - timedelta(days=1)
    if last < local_day(work.now):
        raise Invalid("of-age")
    term = Term(local_day(work.now), last)
    return _added(work, guardian_id, GUARDIAN, term, principal_id=child_id)


def comes_of_age(born_on: date) -> date:
    """The day on which somebody turns eighteen; one born on a leap day does so on 1 March."""
    try:
        return born_on.replace(year=born_on.year + OF_AGE)
    except ValueError:
        return date(born_on.year + OF_AGE, 3, 1)


def register(work: Work, kind: str, person_id: UUID, principal_id: UUID, term: Term) -> Mandate:
    """Register a custodian or an administrator by a decision. Raises Invalid for a wrong term,
    and NotAllowed for others than those who are set to register such things."""
    require_registrar(work)
    if kind not in REGISTERED:
        raise Invalid("mandate-kind")
    if person_id == principal_id:
        raise Invalid("mandate-to-oneself")
    _sound(work, term)
    return _added(work, person_id, kind, term, principal_id=principal_id)


def may_register(actor: Actor) -> bool:
    """Whether somebody is set to register whom others act for."""
    held = frozenset().union(*actor.authorities.values())
    return actor.role is Role.SYSTEM or bool(held & REGISTRARS)


def require_registrar(work: Work) -> None:
    """Go on only for registrars and managers, or by ourselves. Raises NotAllowed."""
    if not may_register(work.actor):
        raise NotAllowed("not-allowed", action="mandate:register")


def give(work: Work, agent: Agent, term: Term) -> Mandate:
    """Give a power of attorney for oneself, or for the organisation that one signs for.

    The agent need not be known to us. Raises Invalid for a wrong term or for oneself, and
    NotAllowed when one acts by somebody else's mandate: what is lent cannot be lent on.
    """
    actor = work.actor
    _sound(work, term)
    if actor.person_id is None or actor.principal_id is not None:
        raise NotAllowed("mandate-not-ones-own")
    if actor.acting_for is not None and not _signs(work):
        raise NotAllowed("mandate-not-ones-own")
    given_name, _, surname = agent.name.strip().partition(" ")
    person = known_person(work, agent.number, given_name, surname)
    if person.id == actor.person_id:
        raise Invalid("mandate-to-oneself")
    whose = (
        {"organisation_id": actor.acting_for}
        if actor.acting_for
        else {"principal_id": actor.person_id}
    )
    return _added(work, person.id, POWER, term, named=agent.name.strip(), **whose)


def _signs(work: Work) -> bool:
    mandate = work.session.get(Mandate, work.actor.mandate_id)
    return mandate is not None and mandate.kind == SIGNATORY


def known_person(work: Work, number: str, given_name: str, surname: str) -> Person:
    """The person with a personal number, made known under the given name if new to us."""
    person = queries.person_by_identifier(work.session, "pnr", number)
    if person is None:
        person = commands.add_person(work, given_name, surname)
        commands.add_identifier(work, person.id, "pnr", number)
    return person


def _sound(work: Work, term: Term) -> None:
    if term.valid_from < local_day(work.now):
        raise Invalid("mandate-begins-in-the-past")
    if term.valid_to is not None and term.valid_to < term.valid_from:
        raise Invalid("mandate-ends-before-it-begins")


def _added(work: Work, person_id: UUID, kind: str, term: Term, **whose: Any) -> Mandate:
    mandate = Mandate(
        id=new_id(),
        person_id=person_id,
        kind=kind,
        valid_from=term.valid_from,
        valid_to=term.valid_to,
        services=[str(key) for key in term.services] or None,
        granted_by_id=work.actor.person_id,
        created_at=work.now,
        **whose,
    )
    work.session.add(mandate)
    record(work, "mandate:give", mandate.id, kind=kind)
    return mandate


def revoke(work: Work, mandate_id: UUID) -> None:
    """End a mandate at once, in open sessions too: by whoever gave or registered it, by who
    it acts for, or by whoever holds it. Raises NotFound for others, Conflict when it has ended.

    A guardianship is no gift: neither side can end it here.
    """
    me = work.actor.person_id
    mandate = work.session.scalar(
        select(Mandate)
        .where(
            Mandate.id == mandate_id,
            or_(
                Mandate.granted_by_id == me,
                (Mandate.kind == POWER) & or_(Mandate.principal_id == me, Mandate.person_id == me),
            ),
        )
        .with_for_update()
    )
    if mandate is None:
        raise NotFound("mandate")
    if mandate.revoked_at is not None:
        raise Conflict("mandate-ended")
    mandate.revoked_at = work.now
    record(work, "mandate:revoke", mandate.id, kind=mandate.kind)


def given(session: Session, person_id: UUID, acting_for: UUID | None) -> list[Mandate]:
    """The powers of attorney that a person, or the organisation acted for, has given; newest first."""
    whose = (
        Mandate.organisation_id == acting_for if acting_for else Mandate.principal_id == person_id
    )
    rows = session.scalars(
        select(Mandate)
        .where(whose, Mandate.kind == POWER)
        .order_by(Mandate.created_at.desc(), Mandate.id)
        .limit(MOST)
    )
    return list(rows)


def registered(session: Session, by_id: UUID) -> list[tuple[Mandate, Person, Person]]:
    """What a clerk has registered, with who acts and for whom; newest first."""
    principal = aliased(Person)
    rows = session.execute(
        select(Mandate, Person, principal)
        .join(Person, Person.id == Mandate.person_id)
        .join(principal, principal.id == Mandate.principal_id)
        .where(Mandate.granted_by_id == by_id, Mandate.kind.in_(REGISTERED))
        .order_by(Mandate.created_at.desc(), Mandate.id)
        .limit(MOST)
    )
    return [(held, person, whom) for held, person, whom in rows]


def holds(mandate: Mandate, now: datetime) -> bool:
    """Whether a mandate is in force at this moment."""
    today = local_day(now)
    ended = mandate.valid_to is not None and mandate.valid_to < today
    return mandate.revoked_at is None and mandate.valid_from <= today and not ended
