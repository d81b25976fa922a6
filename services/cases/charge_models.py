"""What a case has been charged: the order, and what was answered when it was placed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base


class Charge(Base):
    """An order of a case, and the fee's counting as it was then: answers, given facts, tariff day.

    `answers` are kept where one pays before the case is received: what was checked and paid for
    is what comes in, whatever somebody writes in the draft meanwhile.
    """

    __tablename__ = "case_charge"
    __table_args__ = (
        CheckConstraint("reminders >= 0", name="reminders"),
        CheckConstraint("(stuck_at IS NULL) = (stuck_code IS NULL)", name="stuck"),
        Index("ix_case_charge_case_id", "case_id"),
        Index("ix_case_charge_stuck_at", "stuck_at", postgresql_where=text("stuck_at IS NOT NULL")),
        Index(
            "ix_case_charge_remind_on", "remind_on", postgresql_where=text("remind_on IS NOT NULL")
        ),
        Index(
            "ix_case_charge_handed_over_at",
            text("handed_over_at DESC"),
            text("order_id DESC"),
            postgresql_where=text("handed_over_at IS NOT NULL"),
        ),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)
    placed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    # Paid, but the case refused to go on: since when, and why.
    stuck_at: Mapped[datetime | None]
    stuck_code: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    # The day of the next reminder, or of handing over; None when there is nothing more to do.
    remind_on: Mapped[date | None]
    handed_over_at: Mapped[datetime | None]
