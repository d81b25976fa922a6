"""Work: the four things that travel together through every command."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session


class Role(StrEnum):
    """As whom somebody acts. One session is one role: a resident is never staff by the way.

    SCHOOL is a pupil, or somebody else who has signed in with a school's account.
    """

    ANYONE = "anyone"
    RESIDENT = "resident"
    STAFF = "staff"
    ELECTED = "elected"
    SCHOOL = "school"
    SYSTEM = "system"


class Duty(StrEnum):
    """What a staff member is set to do within an authority (domain reference §2.2)."""

    HANDLER = "handler"
    REGISTRAR = "registrar"
    CLERK = "clerk"
    MANAGER = "manager"
    SYSTEM_OWNER = "system_owner"
    ECONOMIST = "economist"
    ATTESTER = "attester"


@dataclass(frozen=True)
class Actor:
    """Who acts, as what, and how surely we know it.

    `authorities` maps each authority that the actor works in today to the duties held
    there; it is empty for everybody who is not staff. `acting_for` is the organisation, or
    `principal_id` the person, that a resident has chosen to act for, by a mandate that holds
    now. `services` are those that the mandate is for, by their keys; None means all of them.
    """

    role: Role = Role.ANYONE
    person_id: UUID | None = None
    authorities: dict[UUID, frozenset[Duty]] = field(default_factory=dict)
    acting_for: UUID | None = None
    mandate_id: UUID | None = None
    assurance: str | None = None
    principal_id: UUID | None = None
    is_guardian: bool = False
    services: frozenset[UUID] | None = None

    @property
    def subject(self) -> str:
        """Whom the actor acts for, as a case says it: self, organisation, child or principal."""
        if self.acting_for is not None:
            return "organisation"
        if self.principal_id is not None:
            return "child" if self.is_guardian else "principal"
        return "self"

    @property
    def is_staff(self) -> bool:
        """Whether the actor works in some authority today."""
        return self.role is Role.STAFF and bool(self.authorities)

    def works_in(self, authority_id: UUID) -> bool:
        """Whether the actor is staff of this very authority today."""
        return self.role is Role.STAFF and authority_id in self.authorities


SYSTEM = Actor(role=Role.SYSTEM)
ANYONE = Actor()


@dataclass(frozen=True)
class Event:
    """Something that has happened in a slice, told upwards to whoever listens."""


@dataclass
class Work:
    """One unit of work: the session, who acts, when, and what has happened so far.

    Commands take Work, queries take Session: the signature tells what may change.
    """

    session: Session
    actor: Actor
    now: datetime
    happened: list[Event] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        """Note that something has happened; listeners hear it before the commit."""
        self.happened.append(event)

    @property
    def resources(self) -> dict[Any, Any]:
        """What the entry point lends to the work: the keyring, the store, the settings."""
        return self.session.info
