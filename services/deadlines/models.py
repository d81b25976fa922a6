"""Deadlines of cases, each with its source, and the pauses in which the clock stands still."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id

Words = dict[str, str]


class Kind(StrEnum):
    """What sort of time runs: a promise, a law for the service, or one for every case."""

    PROMISE = "promise"
    LIMIT = "limit"
    SIX_MONTHS = "six_months"
    FOUR_WEEKS = "four_weeks"


class Ending(StrEnum):
    """How a time ended: in time, too late, by a refusal, or without mattering any more."""

    MET = "met"
    LATE = "late"
    LAPSED = "lapsed"
    REFUSED = "refused"


class Deadline(Base):
    """One time that runs in a case. `promised_on` is the day first told, `due_on` the present one.

    `length` and `unit` say how it is counted; `label` and `source` say in words what it is and
    which law or promise it comes from, as they were when it began.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "key"),
        CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name="ended_somehow"),
        CheckConstraint("due_on >= starts_on", name="ends_after_it_starts"),
        Index("ix_deadline_due_on_open", "due_on", "case_id", postgresql_where=text("ended_on IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str]
    key: Mapped[str]
    label: Mapped[Words] = mapped_column(JSONB)
    source: Mapped[Words] = mapped_column(JSONB)
    length: Mapped[int]
    unit: Mapped[str]
    pauses: Mapped[bool]
    restarts: Mapped[bool]
    starts_on: Mapped[date]
    promised_on: Mapped[date]
    due_on: Mapped[date]
    delay_told_at: Mapped[datetime | None]
    ended_on: Mapped[date | None]
    ending: Mapped[str | None]


class Pause(Base):
    """Days when a case waits for its party, so that the promised time stands still."""

    __tablename__ = "deadline_pause"
    __table_args__ = (
        Index("ix_deadline_pause_case_id", "case_id"),
        Index("uq_deadline_pause_open", "case_id", unique=True, postgresql_where=text("to_on IS NULL")),
        CheckConstraint("to_on >= from_on", name="ends_after_it_starts"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    reason: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
