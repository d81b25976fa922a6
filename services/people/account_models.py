"""What ties accounts together: sessions at providers, log-outs under way, and who may be the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class ProviderSession(Base):
    """How a provider knows a session of ours: found by keyed hashes, told back from the sealed text."""

    __tablename__ = "provider_session"
    __table_args__ = (Index("ix_provider_session_name_index", "provider", "name_index"),)

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("login_session.id", ondelete="CASCADE"), primary_key=True
    )
    provider: Mapped[str]
    name_index: Mapped[str]
    session_index: Mapped[str | None]
    sealed: Mapped[str]


class PendingLogout(Base):
    """A local session that has ended, and whose provider may be asked to end its own (ID-23)."""

    __tablename__ = "pending_logout"
    __table_args__ = (Index("ix_pending_logout_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cookie_hash: Mapped[str] = mapped_column(unique=True)
    request_id: Mapped[str | None] = mapped_column(unique=True)
    entity: Mapped[str]
    provider: Mapped[str]
    language: Mapped[str]
    sealed: Mapped[str]
    expires_at: Mapped[datetime]


class SamePerson(Base):
    """A suggestion that two accounts are one person's. A case handler decides, never a message."""

    __tablename__ = "same_person"
    __table_args__ = (
        UniqueConstraint("earlier_id", "later_id"),
        CheckConstraint("earlier_id <> later_id", name="two_persons"),
        Index("ix_same_person_later_id", "later_id"),
        Index("ix_same_person_decided_by_id", "decided_by_id"),
        Index("ix_same_person_state", "state", "suggested_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    earlier_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    later_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    state: Mapped[str]
    suggested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
