"""A letter that shall be sent, and how it went."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class NotificationState(StrEnum):
    """Planned until the mail server has taken it or will never take it."""

    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"


class Notification(Base):
    """One letter to one address, or one text message to one number.

    It holds the letter's name and values, not its text. The values go when it is sent: a
    follow link among them is a secret, of which we keep nothing.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_case_number", "case_number", "id"),
        Index("ix_notification_created_at", "created_at"),
        CheckConstraint("state IN ('planned', 'sent', 'failed')", name="state"),
        CheckConstraint("(to_email IS NULL) <> (to_phone IS NULL)", name="one_address"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    to_email: Mapped[str | None]
    to_phone: Mapped[str | None]
    template: Mapped[str]
    language: Mapped[str]
    values: Mapped[dict[str, Any]]
    case_number: Mapped[str | None]
    state: Mapped[str]
    attempts: Mapped[int]
    fault: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
