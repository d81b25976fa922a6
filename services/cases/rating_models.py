"""What residents think of how their cases went: without a trace of whose it is."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class Rated(Base):
    """That the question has been answered in a case; not what was answered, nor when."""

    __tablename__ = "case_rated"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)


class Rating(Base):
    """One answer, of a service and a month. Its id is drawn by lot: it tells no order."""

    __tablename__ = "rating"
    __table_args__ = (
        Index("ix_rating_service_id", "service_id", "month"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        CheckConstraint("extract(day FROM month) = 1", name="begins_on_the_first"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    month: Mapped[date]
    score: Mapped[int]
    words: Mapped[str]
