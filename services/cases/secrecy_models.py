"""Marks of secrecy on a case or something in it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id

WHAT = "what IN ('case', 'document', 'answer', 'party')"


class SecrecyMark(Base):
    """A warning that something may be secret: by which provision, who says so, since when (OSL 5:5).

    `key` names what in the case it is about: a document's, a question's or a party's key.
    """

    __tablename__ = "secrecy_mark"
    __table_args__ = (
        CheckConstraint(WHAT, name="what"),
        CheckConstraint("(what = 'case') = (key = '')", name="says_of_what"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by_somebody"),
        Index("ix_secrecy_mark_case_id", "case_id"),
        Index("ix_secrecy_mark_made_by_id", "made_by_id"),
        Index("ix_secrecy_mark_lifted_by_id", "lifted_by_id"),
        Index("ix_secrecy_mark_review_on", "review_on",
              postgresql_where=text("lifted_at IS NULL AND review_on IS NOT NULL")),
        Index("uq_secrecy_mark_case_id_what_key", "case_id", "what", "key", "law", unique=True,
              postgresql_where=text("lifted_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    what: Mapped[str]
    key: Mapped[str]
    law: Mapped[str]
    from_party: Mapped[bool]
    review_on: Mapped[date | None]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[str]
