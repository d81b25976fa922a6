"""What somebody does not want mail about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base


class ContactChoice(Base):
    """The kinds of news that a person has said no to; who has no row has said no to nothing."""

    __tablename__ = "contact_choice"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    without: Mapped[list[str]]
    by_sms: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
