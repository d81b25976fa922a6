"""Recognising people, and opening and closing their sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from services.audit.log import record
from services.kernel.db import new_id
from services.kernel.errors import Conflict, NotFound
from services.kernel.numbers import digest, new_secret
from services.kernel.work import Work
from services.people import queries
from services.people.models import (
    LoginSession,
    Mandate,
    Organisation,
    PendingLogin,
    Person,
    PersonIdentifier,
    SeenAssertion,
)
from services.people.secrets import Keyring

PENDING = timedelta(minutes=15)
# NIST SP 800-63B rev. 4 AAL2: at most 24 hours; staff shorter than residents.
LONGEST = {
    "invanare": timedelta(hours=12),
    "medarbetare": timedelta(hours=9),
    "skola": timedelta(hours=9),
}
IDLE = {
    "invanare": timedelta(hours=2),
    "medarbetare": timedelta(hours=1),
    "skola": timedelta(hours=1),
}
# Writing the time of every request would make every page a write.
SEEN_GRAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Named:
    """What an identity provider has told of somebody: the account key and the names."""

    kind: str
    value: str
    given_name: str
    surname: str


def recognise(work: Work, named: Named) -> Person:
    """The person with this (kind, value), made known if new; names follow the provider's."""
    person = queries.person_by_identifier(work.session, named.kind, named.value)
    if person is None:
        person = add_person(work, named.given_name, named.surname)
        add_identifier(work, person.id, named.kind, named.value)
    elif (person.given_name, person.surname) != (named.given_name, named.surname):
        person.given_name, person.surname = named.given_name, named.surname
    return person


def add_person(work: Work, given_name: str, surname: str, *, protected: bool = False) -> Person:
    """Make a person known, without any way in."""
    person = Person(
        id=new_id(),
        given_name=given_name,
        surname=surname,
        protected=protected,
        created_at=work.now,
    )
    work.session.add(person)
    return person


def add_identifier(work: Work, person_id: UUID, kind: str, value: str) -> None:
    """Tie an identifier to a person. Raises Conflict when it belongs to somebody else."""
    keyring: Keyring = work.resources["keyring"]
    identifier = PersonIdentifier(
        id=new_id(),
        person_id=person_id,
        kind=kind,
        sealed=keyring.seal(value, f"person_identifier:{person_id}"),
        blind_index=keyring.index(kind, value),
    )
    try:
        with work.session.begin_nested():
            work.session.add(identifier)
    except IntegrityError as fault:
        raise Conflict("identifier-taken", kind=kind) from fault


def add_organisation(work: Work, number: str, name: str, kind: str) -> Organisation:
    """Make an organisation known by its number: ten digits, without hyphen."""
    keyring: Keyring = work.resources["keyring"]
    organisation = Organisation(id=new_id(), name=name, kind=kind, created_at=work.now)
    organisation.number_sealed = keyring.seal(number, f"organisation:{organisation.id}")
    organisation.number_index = keyring.index("orgnr", number)
    work.session.add(organisation)
    return organisation


def add_mandate(work: Work, person_id: UUID, organisation_id: UUID, kind: str) -> Mandate:
    """Let a person act for an organisation from today."""
    mandate = Mandate(
        id=new_id(),
        person_id=person_id,
        organisation_id=organisation_id,
        principal_id=None,
        kind=kind,
        valid_from=work.now.date(),
        valid_to=None,
    )
    work.session.add(mandate)
    return mandate


def begin_login(
    work: Work,
    *,
    request_id: str,
    entity: str,
    provider: str,
    levels: list[str],
    force: bool,
    return_to: str,
    stepped_up: LoginSession | None = None,
    timed_out: LoginSession | None = None,
) -> str:
    """Remember a log-in that is sent to a provider; returns the secret for its cookie.

    A session that is stepped up stays open until the same person has come back. One that has
    timed out tells for whom and as what the same person goes on; anybody may come, though.
    """
    replaced = stepped_up or timed_out
    secret = new_secret()
    work.session.add(
        PendingLogin(
            cookie_hash=digest(secret),
            request_id=request_id,
            entity=entity,
            provider=provider,
            levels=levels,
            force=force,
            sent_at=work.now,
            expires_at=work.now + PENDING,
            return_to=return_to,
            same_person_id=stepped_up.person_id if stepped_up else None,
            replaces_session_id=replaced.id if replaced else None,
        )
    )
    return secret


def take_pending(work: Work, secret: str) -> PendingLogin:
    """The pending log-in of a cookie, deleted as it is taken: it can be used once (ID-03).

    Raises NotFound when there is none, or its fifteen minutes have passed.
    """
    taken = work.session.execute(
        delete(PendingLogin)
        .where(PendingLogin.cookie_hash == digest(secret))
        .returning(PendingLogin)
    ).scalar_one_or_none()
    if taken is None or taken.expires_at < work.now:
        raise NotFound("pending-login")
    work.session.expunge(taken)
    return taken


def guard_replay(work: Work, issuer: str, assertion_id: str, until: datetime) -> None:
    """Use an assertion once: one INSERT decides, also between processes. Raises Conflict."""
    inserted = work.session.execute(
        insert(SeenAssertion)
        .values(issuer=issuer, assertion_id=assertion_id, until=until)
        .on_conflict_do_nothing()
        .returning(SeenAssertion.assertion_id)
    ).scalar_one_or_none()
    if inserted is None:
        raise Conflict("assertion-used")


def open_session(
    work: Work,
    person: Person,
    *,
    entity: str,
    assurance: str,
    provider: str,
    transaction_id: str | None,
    device: str,
    role: str | None = None,
) -> str:
    """Open a session of a person with one entity; returns the token for the cookie."""
    token = new_secret()
    opened = LoginSession(
        id=new_id(),
        token_hash=digest(token),
        person_id=person.id,
        entity=entity,
        assurance=assurance,
        provider=provider,
        transaction_id=transaction_id,
        device=device[:200],
        role=role,
        created_at=work.now,
        last_seen_at=work.now,
        expires_at=work.now + LONGEST[entity],
    )
    work.session.add(opened)
    record(work, "session:open", person.id, entity=entity, assurance=assurance)
    return token


def ends_at(session: LoginSession) -> datetime:
    """When a session runs out by itself, if nothing is done with it from now on."""
    return min(session.last_seen_at + IDLE[session.entity], session.expires_at)


def extend(work: Work, session: LoginSession) -> datetime:
    """Let somebody stay, as if they had opened a page just now; returns when it runs out then."""
    session.last_seen_at = work.now
    return ends_at(session)


def in_role(work: Work, current: LoginSession, role: str) -> str:
    """Go on in a session of one role, as surely as in the one that ends; returns its token."""
    person = work.session.get_one(Person, current.person_id)
    token = open_session(
        work,
        person,
        entity=current.entity,
        assurance=current.assurance,
        provider=current.provider,
        transaction_id=current.transaction_id,
        device=current.device,
        role=role,
    )
    work.session.flush()
    opened = work.session.scalars(
        select(LoginSession).where(LoginSession.token_hash == digest(token))
    ).one()
    # Choosing a role makes no session last longer.
    opened.expires_at = current.expires_at
    close_session(work, current.id)
    return token


def close_session(work: Work, session_id: UUID) -> None:
    """End a session on the server, whatever cookies are still about."""
    work.session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    record(work, "session:close", session_id)


def replace_session(work: Work, replaced_id: UUID, token: str) -> None:
    """End a session that was stepped up, or has timed out. The one with this token acts for
    whom and as what it acted, if it is the same person's at the same entrance."""
    replaced = aliased(LoginSession)
    acted = work.session.execute(
        select(LoginSession, replaced)
        .join(replaced, replaced.person_id == LoginSession.person_id)
        .where(
            LoginSession.token_hash == digest(token),
            replaced.id == replaced_id,
            replaced.entity == LoginSession.entity,
            replaced.revoked_at.is_(None),
        )
    ).one_or_none()
    if acted is not None:
        opened, before = acted
        opened.acting_for_id, opened.mandate_id = before.acting_for_id, before.mandate_id
        opened.role = before.role
    close_session(work, replaced_id)


def save_contact(work: Work, person_id: UUID, *, email: str | None, phone: str | None) -> None:
    """Keep how a person wants to be reached, so that it need not be asked again (WCAG 3.3.7).

    What was not asked this time stays as it was.
    """
    told = {name: value for name, value in (("email", email), ("phone", phone)) if value}
    work.session.execute(update(Person).where(Person.id == person_id).values(**told))


def purge(work: Work) -> None:
    """Remove log-ins that were never finished and sessions that ended long ago."""
    work.session.execute(delete(PendingLogin).where(PendingLogin.expires_at < work.now))
    work.session.execute(delete(SeenAssertion).where(SeenAssertion.until < work.now))
    long_ago = work.now - timedelta(days=90)
    work.session.execute(delete(LoginSession).where(LoginSession.expires_at < long_ago))
