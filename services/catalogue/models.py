"""Services and their published versions. A version never changes; cases point at it for ever."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class Service(Base):
    """An e-service: its address, and the version that new cases begin with."""

    __tablename__ = "service"
    __table_args__ = (
        Index("ix_service_current_version_id", "current_version_id"),
        Index("ix_service_authority_code", "authority_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    authority_code: Mapped[str]
    category: Mapped[str]
    # The version points at its service, so this one is filled in after both exist.
    current_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("service_version.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    hidden: Mapped[bool] = mapped_column(default=False)


class ServiceVersion(Base):
    """A document as it was published, with its number and checksum."""

    __tablename__ = "service_version"
    __table_args__ = (
        UniqueConstraint("service_id", "number"),
        CheckConstraint("number > 0", name="number_counts"),
        CheckConstraint("length(checksum) = 64", name="checksum_is_sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    checksum: Mapped[str]
    published_at: Mapped[datetime]


# Needs the function refuse_change(), which services.audit.models creates.
IMMUTABLE = """
CREATE TRIGGER service_version_immutable BEFORE UPDATE OR DELETE ON service_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER service_version_no_truncate BEFORE TRUNCATE ON service_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
