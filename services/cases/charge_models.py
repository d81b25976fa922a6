"""What a case has been charged: the order, and what was answered when it was placed."""

from datetime import datetime
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
        Index("ix_case_charge_case_id", "case_id"),
        Index("ix_case_charge_unpaid", "reminded_at", postgresql_where=text("settled_at IS NULL")),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)
    placed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
