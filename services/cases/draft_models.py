"""Who has answered what last in a draft: more than one may write in it at the same time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base


class DraftAnswer(Base):
    """That a question of a draft was last answered by somebody then. Gone when it is handed in.

    `saved_by_id` is empty for somebody who has not signed in. The answer itself is the draft's.
    """

    __tablename__ = "draft_answer"
    __table_args__ = (Index("ix_draft_answer_saved_by_id", "saved_by_id"),)

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id", ondelete="CASCADE"), primary_key=True
    )
    question_key: Mapped[str] = mapped_column(primary_key=True)
    saved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_staff: Mapped[bool]
    saved_at: Mapped[datetime]
