"""A file that somebody has handed in, and what has become of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.attachments import names
from services.kernel.db import Base, new_id


class FileState(StrEnum):
    """Nothing but a clean file is ever given out."""

    QUARANTINED = "quarantined"
    CLEAN = "clean"
    REFUSED = "refused"


class Attachment(Base):
    """A file by its checksum in the store.

    `checksum` is of the bytes as they came; `shown_checksum` of the rendition that people
    see, without metadata and active content, for kinds of files that have one.
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
    size: Mapped[int]
    checksum: Mapped[str]
    shown_media_type: Mapped[str | None]
    shown_checksum: Mapped[str | None]
    state: Mapped[str]
    refusal: Mapped[str | None]
    created_at: Mapped[datetime]

    @property
    def is_clean(self) -> bool:
        """Whether the file may be given out."""
        return self.state == FileState.CLEAN

    @property
    def given_media_type(self) -> str:
        """The media type of the bytes that `opened` gives."""
        return self.shown_media_type or self.media_type

    @property
    def given_name(self) -> str:
        """A name that fits the bytes that `opened` gives."""
        return names.fitting(self.name, self.given_media_type)
