"""Authorities, departments, units and the assignments that people hold in them, dated.

Each nämnd is an authority of its own (domain golden rule 1); the organisation changes at
every election, so everything here has a first and a last day.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
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


class Team(Base):
    """A group of handlers who share cases in an authority."""

    __tablename__ = "team"
    __table_args__ = (Index("ix_team_authority_id", "authority_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str]
    made_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]


class TeamMember(Base):
    """That somebody is in a team."""

    __tablename__ = "team_member"
    __table_args__ = (Index("ix_team_member_person_id", "person_id"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Absence(Base):
    """That somebody is away from one day to another, for all services, and who stands in."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint("substitute_id <> person_id", name="somebody_else"),
        Index("ix_absence_person_id", "person_id", "last_day"),
        Index("ix_absence_substitute_id", "substitute_id", "last_day"),
        Index("ix_absence_made_by_id", "made_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
