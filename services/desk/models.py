"""What the desk sets up for itself: saved views, letter templates, rules; and referrals made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class SavedView(Base):
    """A view of the inbox with a name: its filter, and which attributes are its columns.

    A shared one is for everybody in its authority, or for whoever works in the inbox of its unit.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_owner_id", "owner_id"),
        Index("ix_saved_view_authority_id", "authority_id", postgresql_where=text("shared")),
        Index("ix_saved_view_unit_key", "unit_key",
              postgresql_where=text("shared AND unit_key IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str]
    shared: Mapped[bool]
    unit_key: Mapped[str | None]
    wanted: Mapped[dict[str, Any]]
    columns: Mapped[list[str]]
    made_at: Mapped[datetime]


class TextTemplate(Base):
    """A letter or a message written beforehand, with merge fields, for a service or a whole unit."""

    __tablename__ = "text_template"
    __table_args__ = (
        CheckConstraint("kind IN ('answer', 'completion', 'note')", name="kind"),
        Index("ix_text_template_authority_id", "authority_id"),
        Index("ix_text_template_service_id", "service_id"),
        Index("ix_text_template_changed_by_id", "changed_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))
    unit_key: Mapped[str | None]
    kind: Mapped[str]
    name: Mapped[str]
    body: Mapped[str]
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}


class AssignmentRule(Base):
    """To whom a case goes by itself when it comes in, or when it gets a status."""

    __tablename__ = "assignment_rule"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="person_or_team"),
        Index("ix_assignment_rule_authority_id", "authority_id"),
        Index("ix_assignment_rule_service_id", "service_id", "position"),
        Index("ix_assignment_rule_person_id", "person_id"),
        Index("ix_assignment_rule_team_id", "team_id"),
        Index("ix_assignment_rule_made_by_id", "made_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    position: Mapped[int]
    # None means when the case comes in.
    status: Mapped[str | None]
    # A comparison with an attribute; None fits every case.
    attribute: Mapped[str | None]
    value: Mapped[str | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Referral(Base):
    """A case handed to another authority: what went along, chosen by whom and why (FL 8 §)."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("ix_referral_case_id", "case_id"),
        Index("ix_referral_new_case_id", "new_case_id"),
        Index("ix_referral_authority_id", "authority_id"),
        Index("ix_referral_made_by_id", "made_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    new_case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    reason: Mapped[str]
    answers: Mapped[list[str]]
    files: Mapped[list[str]]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


KEPT = """
CREATE TRIGGER referral_append_only BEFORE UPDATE ON referral
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
