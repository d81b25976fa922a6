"""Places that are limited: held while somebody pays, kept when paid, or given back."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class HoldState(StrEnum):
    """Held for a payer, kept by the case, or given back."""

    HELD = "held"
    KEPT = "kept"
    FREE = "free"


class PlaceHold(Base):
    """One place of what an order is for: the smallest number that nobody had when it was taken.

    No number is taken twice at a time: the database itself refuses the place after the last one
    to everybody who counts from one.
    """

    __tablename__ = "place_hold"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'kept', 'free')", name="state"),
        CheckConstraint("place >= 1", name="place"),
        CheckConstraint("(state = 'held') = (held_until IS NOT NULL)", name="held_until"),
        Index("uq_place_hold_taken", "service_id", "key", "place", unique=True,
              postgresql_where=text("state IN ('held', 'kept')")),
        Index("ix_place_hold_service_id", "service_id"),
        Index("ix_place_hold_order_id", "order_id"),
        Index("ix_place_hold_case_id", "case_id"),
        Index("ix_place_hold_held_until", "held_until", postgresql_where=text("state = 'held'")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    key: Mapped[str]
    place: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"))
    state: Mapped[str]
    held_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
