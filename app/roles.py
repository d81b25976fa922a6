"""As what somebody is at work: staff or elected, one at a time, each in a session of its own.

Both come from assignments with a first and a last day, and end with them in open sessions too.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import g

from app.transactions import work
from services.kernel.calendar import local_day
from services.kernel.work import Actor, Role
from services.organisation import queries as organisation
from services.people.models import LoginSession


def held(person_id: UUID) -> tuple[Role, ...]:
    """The roles that a person has by an assignment today."""
    current = work()
    today = local_day(current.now)
    duties = organisation.duties(current.session, person_id, today)
    offices = organisation.offices(current.session, person_id, today)
    return ((Role.STAFF,) if duties else ()) + ((Role.ELECTED,) if offices else ())


def only_one(person_id: UUID) -> Role | None:
    """The role of somebody who has no choice."""
    found = held(person_id)
    return found[0] if len(found) == 1 else None


def actor_of(session: LoginSession) -> Actor:
    """Who acts in a session at work. Nothing is open to whose assignment has ended, or to who
    has more than one role until there is a choice (`must_choose`)."""
    nobody = Actor(Role.STAFF, session.person_id, assurance=session.assurance)
    role = session.role
    if role is None:
        roles = held(session.person_id)
        g.must_choose_role = len(roles) > 1
        role = roles[0] if len(roles) == 1 else None
    if role == Role.ELECTED:
        return replace(nobody, role=Role.ELECTED) if _offices(session) else nobody
    return replace(nobody, authorities=_duties(session)) if role == Role.STAFF else nobody


def _duties(session: LoginSession) -> dict[UUID, Any]:
    return organisation.duties(work().session, session.person_id, local_day(work().now))


def _offices(session: LoginSession) -> list[Any]:
    return organisation.offices(work().session, session.person_id, local_day(work().now))


def must_choose() -> bool:
    """Whether this visitor has signed in to work, and has not said yet as what."""
    return bool(g.get("must_choose_role"))
