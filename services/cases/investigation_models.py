"""What a case needs to be tried well: what was looked into, and by which language it is understood."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class Finding(StrEnum):
    """That something has been looked into, or why it need not be in this case."""

    DONE = "done"
    NOT_NEEDED = "not_needed"


class Help(StrEnum):
    """What makes it possible to understand and be understood (förvaltningslagen 13 §)."""

    INTERPRETER = "interpreter"
    SIGN_LANGUAGE = "sign_language"
    DEAFBLIND = "deafblind"
    TRANSLATION = "translation"
    READING = "reading"


class CaseCheck(Base):
    """One thing on the service's checklist, ticked in a case: by whom, when, and what was found."""

    __tablename__ = "case_check"
    __table_args__ = (
        CheckConstraint("finding IN ('done', 'not_needed')", name="finding"),
        CheckConstraint("finding = 'done' OR note <> ''", name="says_why_not"),
        Index("uq_case_check_case_id_key", "case_id", "key", unique=True),
        Index("ix_case_check_checked_by_id", "checked_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    key: Mapped[str]
    finding: Mapped[str]
    note: Mapped[str]
    checked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime]


class CaseNeed(Base):
    """How the party of a case can understand and be understood; said by the party or the desk."""

    __tablename__ = "case_need"
    __table_args__ = (
        CheckConstraint(
            "help IN ('interpreter', 'sign_language', 'deafblind', 'translation', 'reading')",
            name="help",
        ),
        Index("ix_case_need_noted_by_id", "noted_by_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    help: Mapped[str]
    language: Mapped[str]
    noted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    noted_by_role: Mapped[str]
    noted_at: Mapped[datetime]
