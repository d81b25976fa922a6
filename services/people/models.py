"""Persons, organisations and mandates; log-ins under way and sessions that can be ended."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class Person(Base):
    """Somebody we know. The key is our own: identity numbers change and are reused (domain §1.1)."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_merged_into_id", "merged_into_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    given_name: Mapped[str]
    surname: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="sv")
    protected: Mapped[bool] = mapped_column(default=False)
    # Known by what promises nothing beyond one session (prid of class C): nobody comes back as them.
    session_only: Mapped[bool] = mapped_column(default=False)
    # Another account that turned out to be the same person's, and that this one went into.
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """Given name and surname, as one says it."""
        return f"{self.given_name} {self.surname}".strip()


class PersonIdentifier(Base):
    """What an e-ID knows a person by: (kind, value) is the account key (identity ID-10)."""

    __tablename__ = "person_identifier"
    __table_args__ = (
        UniqueConstraint("kind", "blind_index"),
        Index("ix_person_identifier_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    sealed: Mapped[str]
    blind_index: Mapped[str]
    # A number that somebody had before: still findable, no longer theirs.
    ended_at: Mapped[datetime | None]


class Organisation(Base):
    """A company or an association. A sole trader's number is a personal number: sealed (§1.4)."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    kind: Mapped[str]
    number_sealed: Mapped[str]
    number_index: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Mandate(Base):
    """The right to act for an organisation or for another person, from a day to a day."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint(
            "(organisation_id IS NULL) <> (principal_id IS NULL)", name="one_principal"
        ),
        Index("ix_mandate_person_id", "person_id"),
        Index("ix_mandate_organisation_id", "organisation_id"),
        Index("ix_mandate_principal_id", "principal_id"),
        Index("ix_mandate_granted_by_id", "granted_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    principal_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    # The keys of the services that it is for; none named means all of them.
    services: Mapped[list[str] | None]
    # The representative as the one who gave the mandate calls them: we tell nobody more.
    named: Mapped[str | None]
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PendingLogin(Base):
    """A log-in that we have sent to a provider; used once, within fifteen minutes (ID-03)."""

    __tablename__ = "pending_login"
    __table_args__ = (Index("ix_pending_login_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cookie_hash: Mapped[str] = mapped_column(unique=True)
    request_id: Mapped[str]
    entity: Mapped[str]
    provider: Mapped[str]
    levels: Mapped[list[str]]
    force: Mapped[bool]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    return_to: Mapped[str]
    same_person_id: Mapped[UUID | None]
    replaces_session_id: Mapped[UUID | None]


class SeenAssertion(Base):
    """An assertion that has been used; it stays until it could not be used anyway (ID-05)."""

    __tablename__ = "seen_assertion"
    __table_args__ = (Index("ix_seen_assertion_until", "until"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    assertion_id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


class LoginSession(Base):
    """A signed-in session. The cookie holds a random token; we hold its digest."""

    __tablename__ = "login_session"
    __table_args__ = (
        Index("ix_login_session_person_id", "person_id"),
        Index("ix_login_session_expires_at", "expires_at"),
        Index("ix_login_session_acting_for_id", "acting_for_id"),
        Index("ix_login_session_mandate_id", "mandate_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entity: Mapped[str]
    assurance: Mapped[str]
    provider: Mapped[str]
    transaction_id: Mapped[str | None]
    device: Mapped[str]
    acting_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    mandate_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandate.id"))
    # As what somebody came who is both staff and elected; None until there is a choice to make.
    role: Mapped[str | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class InterruptedForm(Base):
    """What somebody sent just when their session had run out: sealed, theirs, kept for a day.

    Its files are attachments whose owner it is.
    """

    __tablename__ = "interrupted_form"
    __table_args__ = (
        Index("ix_interrupted_form_person_id", "person_id"),
        Index("ix_interrupted_form_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entity: Mapped[str]
    sealed: Mapped[str]
    created_at: Mapped[datetime]
