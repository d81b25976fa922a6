"""Who somebody is, and for whom they may act."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Date, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from services.kernel.calendar import local_day
from services.kernel.numbers import digest
from services.people.models import LoginSession, Mandate, Organisation, Person, PersonIdentifier
from services.people.secrets import Keyring

RECENT = timedelta(days=1)


@dataclass(frozen=True)
class SignedIn:
    """A session that is open now, with its person and whom it acts for, by a mandate."""

    session: LoginSession
    person: Person
    acting_for: Organisation | None
    principal: Person | None = None
    mandate: Mandate | None = None


def in_force(today: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """Conditions for a mandate that is valid today."""
    return (
        Mandate.valid_from <= today,
        or_(Mandate.valid_to.is_(None), Mandate.valid_to >= today),
        Mandate.revoked_at.is_(None),
    )


def person_by_identifier(session: Session, kind: str, value: str) -> Person | None:
    """The person whom an e-ID knows by this kind and value."""
    keyring: Keyring = session.info["keyring"]
    return session.scalar(
        select(Person)
        .join(PersonIdentifier, PersonIdentifier.person_id == Person.id)
        .where(
            PersonIdentifier.kind == kind,
            PersonIdentifier.blind_index == keyring.index(kind, value),
        )
    )


def person(session: Session, person_id: UUID) -> Person | None:
    """A person by our own key."""
    return session.get(Person, person_id)


def names(session: Session, person_ids: set[UUID]) -> dict[UUID, str]:
    """The names of several persons at once, for a list."""
    if not person_ids:
        return {}
    rows = session.execute(select(Person).where(Person.id.in_(person_ids)).limit(len(person_ids)))
    return {found.id: found.name for found in rows.scalars()}


def identifier(session: Session, person_id: UUID, kind: str) -> str | None:
    """A person's identifier of a kind, opened; only where the law gives us reason to show it."""
    keyring: Keyring = session.info["keyring"]
    sealed = session.scalar(
        select(PersonIdentifier.sealed).where(
            PersonIdentifier.person_id == person_id,
            PersonIdentifier.kind == kind,
            PersonIdentifier.ended_at.is_(None),
        )
    )
    return keyring.open(sealed, f"person_identifier:{person_id}") if sealed else None


def organisation_number(session: Session, organisation: Organisation) -> str:
    """An organisation's number, ten digits."""
    keyring: Keyring = session.info["keyring"]
    return keyring.open(organisation.number_sealed, f"organisation:{organisation.id}")


def organisation(session: Session, organisation_id: UUID) -> Organisation | None:
    """An organisation by our own key."""
    return session.get(Organisation, organisation_id)


def signed_in(session: Session, token: str, now: datetime, idle: dict[str, Any]) -> SignedIn | None:
    """The open session of a cookie's token, or None when it has ended by itself or by hand.

    A mandate that has run out since it was chosen leaves the session acting for oneself.
    """
    found = _of_token(session, token, now)
    if found is None or found.session.expires_at <= now:
        return None
    return None if found.session.last_seen_at + idle[found.session.entity] < now else found


def timed_out(session: Session, token: str, now: datetime) -> SignedIn | None:
    """The session of a token that has ended, but by itself, and within the last day.

    It opens nothing: it only says for whom to keep what they were writing just then.
    """
    found = _of_token(session, token, now)
    return found if found and found.session.last_seen_at > now - RECENT else None


def _of_token(session: Session, token: str, now: datetime) -> SignedIn | None:
    facts = {"token_hash": digest(token), "today": local_day(now)}
    row = session.execute(_by_token(), facts).one_or_none()
    return SignedIn(*row) if row else None


@cache
def _by_token() -> Select[LoginSession, Person, Organisation, Person, Mandate]:
    """Put together once, since every page of somebody who has signed in asks for it."""
    principal = aliased(Person)
    return (
        select(LoginSession, Person, Organisation, principal, Mandate)
        .join(Person, Person.id == LoginSession.person_id)
        .outerjoin(
            Mandate,
            and_(
                Mandate.id == LoginSession.mandate_id,
                Mandate.person_id == LoginSession.person_id,
                *in_force(bindparam("today", type_=Date)),
            ),
        )
        .outerjoin(Organisation, Organisation.id == Mandate.organisation_id)
        .outerjoin(principal, principal.id == Mandate.principal_id)
        .where(
            LoginSession.token_hash == bindparam("token_hash"),
            LoginSession.revoked_at.is_(None),
        )
    )


def open_sessions(session: Session, person_id: UUID, now: datetime) -> list[LoginSession]:
    """A person's own open sessions, newest first."""
    rows = session.scalars(
        select(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now,
        )
        .order_by(LoginSession.created_at.desc())
        .limit(50)
    )
    return list(rows)
