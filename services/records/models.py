"""Numbers in the diary, what may not be disposed of, and what has been."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class DiarySeries(Base):
    """The last number given in an authority's diary of a year; the row is the lock."""

    __tablename__ = "diary_series"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class DiaryEntry(Base):
    """A case's place in its authority's diary. It stays when the case is disposed of."""

    __tablename__ = "diary_entry"
    __table_args__ = (
        UniqueConstraint("authority_id", "year", "number"),
        CheckConstraint("number > 0", name="counts_from_one"),
        Index("ix_diary_entry_authority_id_entered_on", "authority_id", "entered_on", "number"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    year: Mapped[int]
    number: Mapped[int]
    # As it is written: TN 2026/118.
    designation: Mapped[str] = mapped_column(unique=True)
    entered_on: Mapped[date]


class LegalHold(Base):
    """Why nothing of a case may be disposed of now: a request to see it, an audit, a dispute."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("ground IN ('request', 'appeal', 'audit', 'dispute')", name="ground"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by_somebody"),
        Index("ix_legal_hold_case_id", "case_id"),
        Index("ix_legal_hold_made_by_id", "made_by_id"),
        Index("ix_legal_hold_lifted_by_id", "lifted_by_id"),
        Index("uq_legal_hold_case_id_ground", "case_id", "ground", unique=True,
              postgresql_where=text("lifted_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    ground: Mapped[str]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]


class Disposal(Base):
    """What was disposed of or redacted, by which rule and decision, by whom; only ever added.

    `removed` counts what went, by kind; nothing of what it said is kept.
    """

    __tablename__ = "disposal"
    __table_args__ = (
        CheckConstraint("kind IN ('disposed', 'redacted')", name="kind"),
        Index("ix_disposal_case_id", "case_id"),
        Index("ix_disposal_authority_id_done_at", "authority_id", "done_at"),
        Index("ix_disposal_done_by_id", "done_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    kind: Mapped[str]
    rule: Mapped[str]
    decision: Mapped[str]
    removed: Mapped[dict[str, Any]] = mapped_column(JSONB)
    done_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime]


# Needs the function refuse_change(), which services.audit.models creates.
APPEND_ONLY = """
CREATE TRIGGER diary_entry_append_only BEFORE UPDATE OR DELETE ON diary_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disposal_append_only BEFORE UPDATE OR DELETE ON disposal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
