"""That somebody has proposed to take a mark of protected identity away, and who has answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class ProtectionProposal(Base):
    """A proposal to unmark a person, or a case alone; it stands until another one answers it.

    That nobody confirms their own is a constraint here too (domain reference §1.5).
    """

    __tablename__ = "protection_proposal"
    __table_args__ = (
        CheckConstraint("outcome IN ('confirmed', 'refused', 'withdrawn')", name="outcome"),
        CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided",
        ),
        CheckConstraint(
            "outcome = 'withdrawn' OR decided_by_id <> proposed_by_id", name="four_eyes"
        ),
        Index("ix_protection_proposal_case_id", "case_id"),
        Index("ix_protection_proposal_person_id", "person_id"),
        Index("ix_protection_proposal_proposed_by_id", "proposed_by_id"),
        Index("ix_protection_proposal_decided_by_id", "decided_by_id"),
        Index("uq_protection_proposal_case_id", "case_id", unique=True,
              postgresql_where=text("decided_at IS NULL")),
        Index("uq_protection_proposal_person_id", "person_id", unique=True,
              postgresql_where=text("decided_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    # Whose mark it is; None where nobody known is behind the case, and the case alone is marked.
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
