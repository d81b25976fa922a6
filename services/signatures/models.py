"""A document that is to be signed, each person's signature on it, and the ways to the service."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class State(StrEnum):
    """Of a request and of each signature in it: asked for, or what came of it."""

    REQUESTED = "requested"
    SIGNED = "signed"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


STATES = "state IN ('requested', 'signed', 'refused', 'expired', 'withdrawn')"


class SignatureRequest(Base):
    """One PDF, and who is to sign it. All must sign, each on top of those before.

    `checksum` is of the document as it was shown, `signed_checksum` of it with the signatures
    so far; both lie in the store, kept there by attachments of this request. `bound_to` is
    what the owner wants the signatures to hold for: when that changes they mean nothing.
    """

    __tablename__ = "signature_request"
    __table_args__ = (
        Index("ix_signature_request_owner_id", "owner_id", "created_at"),
        Index("ix_signature_request_asked_by_id", "asked_by_id"),
        Index("ix_signature_request_open", "expires_at", postgresql_where=text("state = 'requested'")),
        CheckConstraint(STATES, name="state"),
        CheckConstraint("(state = 'requested') = (settled_at IS NULL)", name="settled"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_kind: Mapped[str]
    owner_id: Mapped[UUID]
    title: Mapped[dict[str, Any]]
    language: Mapped[str]
    checksum: Mapped[str]
    signed_checksum: Mapped[str | None]
    bound_to: Mapped[str]
    state: Mapped[str]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Somebody has yet to sign."""
        return self.state == State.REQUESTED

    @property
    def latest(self) -> str:
        """The checksum of the document with the signatures that are on it now."""
        return self.signed_checksum or self.checksum


class Signature(Base):
    """One person's signature, asked for or made.

    `report` tells how it was checked when it came, so that nobody has to do it again against
    certificates that have run out; `evidence` is the whole conversation with the service, sealed.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("request_id", "person_id"),
        Index("ix_signature_person_id", "person_id", "asked_at"),
        CheckConstraint(STATES, name="state"),
        CheckConstraint(
            "(state = 'signed') = (report IS NOT NULL AND evidence IS NOT NULL"
            " AND signed_at IS NOT NULL AND assurance IS NOT NULL)",
            name="proven_when_signed",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("signature_request.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int]
    # As whoever asked wrote it: what we know of a person is not told to whoever knows the number.
    name: Mapped[str]
    capacity: Mapped[dict[str, Any]]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    assurance: Mapped[str | None]
    provider: Mapped[str | None]
    service: Mapped[str | None]
    report: Mapped[dict[str, Any] | None]
    evidence: Mapped[str | None]

    @property
    def is_open(self) -> bool:
        """This person has yet to sign."""
        return self.state == State.REQUESTED


class SigningAttempt(Base):
    """A request on its way to the signature service; used once, within fifteen minutes.

    `increment` is what was put behind the document to make room for the signature.
    """

    __tablename__ = "signing_attempt"
    __table_args__ = (
        Index("ix_signing_attempt_signature_id", "signature_id"),
        Index("ix_signing_attempt_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signature.id"))
    cookie_hash: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    based_on: Mapped[str]
    increment: Mapped[bytes] = mapped_column(LargeBinary)
    reserved_from: Mapped[int]
    reserved_to: Mapped[int]
    document_digest: Mapped[str]
    attributes: Mapped[str]
    attribute: Mapped[str]
    identifier_sealed: Mapped[str]
    provider: Mapped[str]
    service: Mapped[str]
    levels: Mapped[list[str]]
    entity: Mapped[str]
    return_to: Mapped[str]
    message: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
