"""A room, who is in it and as what, who has been asked to come, and what has happened there."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class RoomRole(StrEnum):
    """What a member may do with what is shared: read, also send in, also look after the room."""

    OWNER = "owner"
    SENDER = "sender"
    READER = "reader"


HOUSEHOLD = "household"
# Those who may go on with a draft, complete, pay and write.
SENDS_IN = (RoomRole.OWNER, RoomRole.SENDER)


class Room(Base):
    """A household that a resident has made, or an organisation that there already is."""

    __tablename__ = "room"
    __table_args__ = (
        CheckConstraint("(kind = 'household') = (organisation_id IS NULL)", name="of_whom"),
        CheckConstraint("kind IN ('household', 'company', 'association')", name="kind"),
        Index("uq_room_organisation_id", "organisation_id", unique=True,
              postgresql_where=text("closed_at IS NULL")),
        Index("ix_room_organisation_id", "organisation_id"),
        Index("ix_room_made_by_id", "made_by_id"),
        Index("ix_room_closed_at", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    name: Mapped[str]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class RoomMember(Base):
    """Somebody in a room, from a moment to a moment. Who comes back gets a new row."""

    __tablename__ = "room_member"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'sender', 'reader')", name="role"),
        Index("ix_room_member_room_id", "room_id"),
        Index("ix_room_member_person_id", "person_id", postgresql_where=text("left_at IS NULL")),
        Index("uq_room_member_room_id_person_id", "room_id", "person_id", unique=True,
              postgresql_where=text("left_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class RoomInvitation(Base):
    """That somebody may come in, by a code that is used once or by the personal number.

    We keep only the code's digest. Whoever has opened it is the only one who can answer.
    """

    __tablename__ = "room_invitation"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'sender', 'reader')", name="role"),
        CheckConstraint("answer IN ('accepted', 'declined', 'withdrawn')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        Index("ix_room_invitation_room_id", "room_id"),
        Index("ix_room_invitation_person_id", "person_id"),
        Index("ix_room_invitation_made_by_id", "made_by_id"),
        Index("ix_room_invitation_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.id"))
    role: Mapped[str]
    # As the one who invites calls them: we tell nobody more.
    named: Mapped[str]
    code_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class RoomEvent(Base):
    """One line of the log that the members see: codes and keys, never names or free text."""

    __tablename__ = "room_event"
    __table_args__ = (
        Index("ix_room_event_room_id_id", "room_id", "id"),
        Index("ix_room_event_actor_id", "actor_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    details: Mapped[dict[str, Any]]


APPEND_ONLY = """
CREATE TRIGGER room_event_append_only BEFORE UPDATE ON room_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
