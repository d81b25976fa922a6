"""Authorities, departments, units and the assignments that people hold in them, dated.

Each nämnd is an authority of its own (domain golden rule 1); the organisation changes at
every election, so everything here has a first and a last day.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id

Words = dict[str, str]


class Authority(Base):
    """A nämnd: its own diary, secrecy border and staff."""

    __tablename__ = "authority"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[Words] = mapped_column(JSONB)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Department(Base):
    """A förvaltning, which prepares and carries out for an authority."""

    __tablename__ = "department"
    __table_args__ = (Index("ix_department_authority_id", "authority_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    names: Mapped[Words] = mapped_column(JSONB)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Unit(Base):
    """An enhet of a department; services name their unit by its key."""

    __tablename__ = "unit"
    __table_args__ = (Index("ix_unit_department_id", "department_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"))
    key: Mapped[str] = mapped_column(unique=True)
    names: Mapped[Words] = mapped_column(JSONB)
    phone: Mapped[str | None]
    email: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Assignment(Base):
    """What somebody is set to do in an authority: a duty for staff, an office for the elected."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_person_id", "person_id"),
        Index("ix_assignment_authority_id", "authority_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    elected: Mapped[bool]
    duty: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
