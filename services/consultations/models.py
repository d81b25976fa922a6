"""What was asked of whom before a decision, with what material, what they said, and resting cases."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class Kind(StrEnum):
    """Who is heard: the party (FL 25 §), somebody outside (26 §), or the neighbours (PBL 9 kap.)."""

    PARTY = "party"
    OUTSIDE = "outside"
    NEIGHBOURS = "neighbours"


class Answer(StrEnum):
    """What they say: that they have nothing to say against it, or what they have."""

    NOTHING = "nothing"
    COMMENTS = "comments"


class Consultation(Base):
    """One question in a case, to one or several, with chosen material and a last day to answer.

    `material` are the chosen files and messages of the case, as `file:<id>` and `message:<id>`;
    `despite_secrecy` is why some of it was sent out although it is marked as secret.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_case_id", "case_id", "id"),
        Index("ix_consultation_asked_by_id", "asked_by_id"),
        Index("ix_consultation_answer_by", "answer_by", postgresql_where=text("closed_at IS NULL")),
        CheckConstraint("kind IN ('party', 'outside', 'neighbours')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str]
    question: Mapped[str]
    material: Mapped[list[str]]
    despite_secrecy: Mapped[str] = mapped_column(default="", server_default="")
    answer_by: Mapped[date]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Consulted(Base):
    """One who is asked. Whoever is not a party with an e-ID comes in by a link or a letter's code.

    Neither is kept: both are made anew from the keyring, `id` and `version`. `selector` is the
    part of a code by which its row is found, `tries` how often the rest was wrong, and
    `bound_hash` knows the browser in which it was opened. What was answered stands.
    """

    __tablename__ = "consulted"
    __table_args__ = (
        Index("ix_consulted_consultation_id", "consultation_id", "id"),
        UniqueConstraint("selector"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_somehow"),
        CheckConstraint("answer IN ('nothing', 'comments')", name="answer"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"))
    name: Mapped[str]
    email: Mapped[str | None]
    address: Mapped[str | None]
    property: Mapped[str | None]
    selector: Mapped[str | None]
    version: Mapped[int]
    tries: Mapped[int]
    expires_on: Mapped[date]
    bound_hash: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    body: Mapped[str]
    capacity: Mapped[str]


class Dormancy(Base):
    """Days when a case rests, why, and when it wakes by itself."""

    __tablename__ = "dormancy"
    __table_args__ = (
        Index("ix_dormancy_case_id", "case_id"),
        Index("uq_dormancy_open", "case_id", unique=True, postgresql_where=text("woken_at IS NULL")),
        Index("ix_dormancy_wake_on", "wake_on", postgresql_where=text("woken_at IS NULL")),
        Index("ix_dormancy_set_by_id", "set_by_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    reason: Mapped[str]
    wake_on: Mapped[date]
    set_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    woken_at: Mapped[datetime | None]
