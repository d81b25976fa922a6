"""A file that somebody has handed in, and what has become of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class FileState(StrEnum):
    """Nothing but a clean file is ever given out."""

    QUARANTINED = "quarantined"
    CLEAN = "clean"
    REFUSED = "refused"


class Attachment(Base):
    """A file by its checksum in the store.

    `name`, `media_type` are those of what is given out: the rendition, without metadata and
    active content, for kinds of files that have one (`shown_checksum`), else the bytes as
    they came (`checksum`, of the type `original_media_type`). `size` is of what came.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_owner_id", "owner_id", "id"),
        Index("ix_attachment_checksum", "checksum"),
        Index("ix_attachment_shown_checksum", "shown_checksum"),
        CheckConstraint("owner_kind IN ('draft', 'case', 'message')", name="owner_kind"),
        CheckConstraint("state IN ('quarantined', 'clean', 'refused')", name="state"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_kind: Mapped[str]
    owner_id: Mapped[UUID]
    name: Mapped[str]
    kind: Mapped[str]
    media_type: Mapped[str]
    original_media_type: Mapped[str]
    size: Mapped[int]
    checksum: Mapped[str]
    shown_checksum: Mapped[str | None]
    state: Mapped[str]
    refusal: Mapped[str | None]
    created_at: Mapped[datetime]

    @property
    def is_clean(self) -> bool:
        """Whether the file may be given out."""
        return self.state == FileState.CLEAN
