"""What has been counted: how each service stands, and its figures month by month.

Nothing is counted by handler: how single employees work is no matter for statistics
(docs/decisions/0033-statistics.md).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base


class Standing(Base):
    """How a service stands when it was last counted.

    The times are whole days from receipt to decision, over the cases decided in the last
    twelve months: half of them took between `low_days` and `high_days`. They are None when
    too few were decided to tell.
    """

    __tablename__ = "service_standing"
    __table_args__ = (Index("ix_service_standing_authority_id", "authority_id"),)

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    computed_at: Mapped[datetime]
    decided_cases: Mapped[int]
    low_days: Mapped[int | None]
    median_days: Mapped[int | None]
    high_days: Mapped[int | None]
    slow_days: Mapped[int | None]
    open_cases: Mapped[int]
    overdue_cases: Mapped[int]
    begun: Mapped[int]
    handed_in: Mapped[int]


class Month(Base):
    """A service's figures for one month, by the unit that had the cases."""

    __tablename__ = "service_month"
    __table_args__ = (
        Index("ix_service_month_authority_id", "authority_id", "month"),
        CheckConstraint("extract(day FROM month) = 1", name="begins_on_the_first"),
    )

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    unit_key: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    received: Mapped[int]
    decided: Mapped[int]
    late: Mapped[int]
    median_days: Mapped[int | None]
    slow_days: Mapped[int | None]
    channels: Mapped[dict[str, int]] = mapped_column(JSONB)
    outcomes: Mapped[dict[str, int]] = mapped_column(JSONB)
