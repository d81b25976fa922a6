"""The case and what belongs to it: timeline, messages, notes, requests for completion."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.db import Base, new_id
from services.rooms.models import RoomMember


class State(StrEnum):
    """The few states that the machine knows; each service's own statuses map to one of them."""

    DRAFT = "draft"
    AWAITING_SIGNATURE = "awaiting_signature"
    AWAITING_PAYMENT = "awaiting_payment"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    AWAITING_COMPLETION = "awaiting_completion"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    # Its number and what was done with it are left; nothing of what it said.
    DISPOSED = "disposed"


# Nothing has come in yet: only those who write it and sign it know of it.
NOT_RECEIVED = (State.DRAFT, State.AWAITING_SIGNATURE)
OPEN = (
    State.AWAITING_PAYMENT,
    State.RECEIVED,
    State.IN_PROGRESS,
    State.AWAITING_COMPLETION,
    State.DECIDED,
)
# Plain words of the case that a handler searches; personal answers are never among them.
SEARCHED = (
    "to_tsvector('swedish', coalesce(number, '') || ' ' || headline || ' ' || search_text"
    " || ' ' || party_text)"
)
# As the partial indexes say it, word for word, so that the planner sees that they fit.
STILL_OPEN = "state NOT IN ('draft', 'closed', 'withdrawn', 'disposed')"
WAITING = "state IN ('awaiting_completion', 'awaiting_payment')"
ENDED = "state IN ('closed', 'withdrawn')"
# What everybody at the desk may see, the contact centre included.
UNMARKED = "NOT secrecy AND NOT protected"


class Case(Base):
    """One matter, from the first answer of a draft until it is closed.

    Who acts (`acting_person_id`), for whom (`subject_*`), by what right (`mandate_id`), how
    surely (`assurance`) and who wrote it in (`registered_by_id`) are five different facts.
    """

    __tablename__ = "case"
    __table_args__ = (
        CheckConstraint("(state IN ('draft', 'awaiting_signature')) = (number IS NULL)",
                        name="numbered_when_received"),
        CheckConstraint("(state IN ('draft', 'awaiting_signature')) = (received_at IS NULL)",
                        name="dated_when_received"),
        Index("ix_case_authority_id_received_at", "authority_id", text("received_at DESC"), text("id DESC"),
              postgresql_where=text("state <> 'draft'")),
        Index("ix_case_authority_id_open", "authority_id", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(STILL_OPEN)),
        Index("ix_case_authority_id_unassigned", "authority_id", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(f"handler_id IS NULL AND {STILL_OPEN}")),
        Index("ix_case_authority_id_waiting", "authority_id", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(WAITING)),
        Index("ix_case_authority_id_ended", "authority_id", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(ENDED)),
        Index("ix_case_authority_id_due_on", "authority_id", "due_on", "id",
              postgresql_where=text(f"due_on IS NOT NULL AND {STILL_OPEN}")),
        Index("ix_case_authority_id_unmarked", "authority_id", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(f"state <> 'draft' AND {UNMARKED}")),
        # The authority stands first here too, or they are read whole where it alone is asked for.
        Index("ix_case_unit_open", "authority_id", "unit_key", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(STILL_OPEN)),
        Index("ix_case_unit_unassigned", "authority_id", "unit_key", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(f"handler_id IS NULL AND {STILL_OPEN}")),
        Index("ix_case_unit_due_on", "authority_id", "unit_key", "due_on", "id",
              postgresql_where=text(f"due_on IS NOT NULL AND {STILL_OPEN}")),
        Index("ix_case_unit_received_at", "authority_id", "unit_key", text("received_at DESC"), text("id DESC"),
              postgresql_where=text("state <> 'draft'")),
        Index("ix_case_handler_id_open", "handler_id", text("received_at DESC"), text("id DESC"),
              postgresql_where=text(STILL_OPEN)),
        Index("ix_case_acting_person_id", "acting_person_id", text("changed_at DESC")),
        Index("ix_case_subject_person_id", "subject_person_id"),
        Index("ix_case_subject_organisation_id", "subject_organisation_id", text("changed_at DESC")),
        Index("ix_case_mandate_id", "mandate_id"),
        Index("ix_case_registered_by_id", "registered_by_id", text("changed_at DESC"),
              postgresql_where=text("state = 'draft'")),
        Index("ix_case_service_id_received_at", "service_id", text("received_at DESC")),
        Index("ix_case_service_id_queued", "service_id", "received_at",
              postgresql_where=text("state IN ('received', 'in_progress')")),
        Index("ix_case_closed_at", "closed_at", postgresql_where=text(ENDED)),
        Index("ix_case_decided_at", "decided_at", postgresql_where=text("decided_at IS NOT NULL")),
        Index("ix_case_version_id", "version_id"),
        Index("ix_case_draft_changed_at", "changed_at", postgresql_where=text("state = 'draft'")),
        Index("ix_case_searched", "searched", postgresql_using="gin"),
        # Names as they are written, unstemmed, so that the beginning of one finds it.
        Index("ix_case_party_names", text("to_tsvector('simple', party_text)"), postgresql_using="gin"),
        Index("ix_case_authority_id_protected", "authority_id", postgresql_where=text("protected")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str]
    status: Mapped[str]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("service_version.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    unit_key: Mapped[str]
    channel: Mapped[str]
    language: Mapped[str]

    acting_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    subject_kind: Mapped[str]
    subject_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    subject_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    mandate_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandate.id"))
    assurance: Mapped[str | None]
    registered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    draft_secret_hash: Mapped[str | None] = mapped_column(index=True)

    answers: Mapped[dict[str, Any]]
    typed: Mapped[dict[str, Any]]
    attributes: Mapped[dict[str, Any]]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    headline: Mapped[str]
    search_text: Mapped[str]
    searched: Mapped[str] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True))
    # The names of the parties; empty where one of them is protected.
    party_text: Mapped[str] = mapped_column(default="", server_default="")
    # Stands on a form printed for this case, so that the letter finds its way here.
    paper_code: Mapped[str | None] = mapped_column(unique=True)

    secrecy: Mapped[bool]
    protected: Mapped[bool]
    handler_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    unread_by_desk: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    outcome: Mapped[str | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    handlers: Mapped[list["CaseHandler"]] = relationship(
        viewonly=True,
        primaryjoin="and_(Case.id == CaseHandler.case_id, CaseHandler.removed_at.is_(None))",
        order_by="CaseHandler.id",
    )
    conflicts: Mapped[list["CaseConflict"]] = relationship(
        viewonly=True,
        primaryjoin="and_(Case.id == CaseConflict.case_id, CaseConflict.lifted_at.is_(None))",
        order_by="CaseConflict.id",
    )
    # Those who see the case because it is shared with a room that they are in.
    room_members: Mapped[list[RoomMember]] = relationship(
        viewonly=True,
        secondary="case_share",
        primaryjoin="and_(Case.id == CaseShare.case_id, CaseShare.ended_at.is_(None))",
        secondaryjoin="and_(CaseShare.room_id == RoomMember.room_id, RoomMember.left_at.is_(None))",
        order_by="RoomMember.id",
    )

    __mapper_args__ = {"version_id_col": revision}

    @property
    def is_draft(self) -> bool:
        """Not received: only the one who writes can see it."""
        return self.state in NOT_RECEIVED

    @property
    def is_open(self) -> bool:
        """Received and not yet closed or withdrawn."""
        return self.state in OPEN


class CaseEvent(Base):
    """One thing on the timeline; the resident sees those that are public."""

    __tablename__ = "case_event"
    __table_args__ = (
        Index("ix_case_event_case_id_id", "case_id", "id"),
        Index("ix_case_event_actor_id", "actor_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    actor_role: Mapped[str]
    public: Mapped[bool]
    details: Mapped[dict[str, Any]]


class CaseMessage(Base):
    """A message between the resident and the desk, in either direction, or a note of the desk."""

    __tablename__ = "case_message"
    __table_args__ = (
        Index("ix_case_message_case_id_at", "case_id", "at"),
        Index("ix_case_message_author_id", "author_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str]
    at: Mapped[datetime]
    answer_by: Mapped[date | None]
    read_at: Mapped[datetime | None]


class CaseHandler(Base):
    """Somebody, or a team, who works on a case beside its lead handler, `Case.handler_id`.

    `ended` follows the case's state by a trigger: what is closed is nobody's work any more, and
    must not be looked through for what is.
    """

    __tablename__ = "case_handler"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="person_or_team"),
        Index("ix_case_handler_case_id", "case_id"),
        Index("ix_case_handler_person_id", "person_id", postgresql_where=text("removed_at IS NULL")),
        Index("ix_case_handler_person_id_open", "person_id",
              postgresql_where=text("removed_at IS NULL AND ended IS FALSE")),
        Index("ix_case_handler_team_id", "team_id",
              postgresql_where=text("removed_at IS NULL AND ended IS FALSE")),
        Index("ix_case_handler_added_by_id", "added_by_id"),
        Index("uq_case_handler_case_id_person_id", "case_id", "person_id", unique=True,
              postgresql_where=text("removed_at IS NULL")),
        Index("uq_case_handler_case_id_team_id", "case_id", "team_id", unique=True,
              postgresql_where=text("removed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    ended: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class CaseConflict(Base):
    """That somebody is jävig in a case (förvaltningslagen 16 §), and therefore kept out of it."""

    __tablename__ = "case_conflict"
    __table_args__ = (
        Index("ix_case_conflict_case_id", "case_id"),
        Index("ix_case_conflict_person_id", "person_id", postgresql_where=text("lifted_at IS NULL")),
        Index("ix_case_conflict_declared_by_id", "declared_by_id"),
        Index("ix_case_conflict_lifted_by_id", "lifted_by_id"),
        Index("uq_case_conflict_case_id_person_id", "case_id", "person_id", unique=True,
              postgresql_where=text("lifted_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ground: Mapped[str]
    declared_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime]
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]


class CaseShare(Base):
    """That the one who made a case or a draft lets the members of a room see it, until they do not."""

    __tablename__ = "case_share"
    __table_args__ = (
        Index("ix_case_share_case_id", "case_id"),
        Index("ix_case_share_room_id", "room_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_case_share_shared_by_id", "shared_by_id"),
        Index("ix_case_share_ended_by_id", "ended_by_id"),
        Index("uq_case_share_case_id_room_id", "case_id", "room_id", unique=True,
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.id"))
    shared_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    shared_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


# Messages by kind: who wrote it, and to whom it is shown.
FROM_RESIDENT = "from_resident"
FROM_DESK = "from_desk"
COMPLETION = "completion"
NOTE = "note"
ORAL = "oral"
INTERNAL = (NOTE, ORAL)

HANDLERS_FOLLOW = """
CREATE FUNCTION case_handlers_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE case_handler SET ended = NEW.state IN ('closed', 'withdrawn', 'disposed')
   WHERE case_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER case_handlers_follow AFTER UPDATE OF state ON "case" FOR EACH ROW
  WHEN ((OLD.state IN ('closed', 'withdrawn', 'disposed'))
        <> (NEW.state IN ('closed', 'withdrawn', 'disposed')))
  EXECUTE FUNCTION case_handlers_follow();
"""
APPEND_ONLY = """
CREATE TRIGGER case_event_append_only BEFORE UPDATE ON case_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
