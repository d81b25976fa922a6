"""The answers that a case can be looked for by: what a list by an answer is read from, in order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base

# As the partial index says it, word for word, so that the planner sees that it fits.
NOT_ENDED = "ended IS FALSE"


class CaseAttribute(Base):
    """One answer of a received case, with what the list is narrowed and ordered by beside it.

    The rows follow `Case.attributes` by a trigger, and are never written otherwise. There is one
    for each text, several for an answer of several; texts of more than 200 characters have none.
    """

    __tablename__ = "case_attribute"
    __table_args__ = (
        Index("ix_case_attribute_received_at", "authority_id", "key", "value",
              text("received_at DESC"), text("case_id DESC")),
        Index("ix_case_attribute_open", "authority_id", "key", "value",
              text("received_at DESC"), text("case_id DESC"), postgresql_where=text(NOT_ENDED)),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    authority_id: Mapped[UUID]
    received_at: Mapped[datetime]
    ended: Mapped[bool]
