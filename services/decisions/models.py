"""The delegation order as data, decisions, whom they reached, and appeals against them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id

Words = dict[str, str]


class Stage(StrEnum):
    """How far a decision has come: written, before the committee, made, or replaced by another."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    DECIDED = "decided"
    REPLACED = "replaced"
    DROPPED = "dropped"


class About(StrEnum):
    """What a decision is about: the case itself, or the request that it be decided (12 §)."""

    CASE = "case"
    REQUEST = "request"


class Communication(StrEnum):
    """Why the party was, or need not be, heard before the decision (förvaltningslagen 25 §)."""

    DONE = "done"
    OWN_MATERIAL = "own_material"
    UNNECESSARY = "unnecessary"
    URGENT = "urgent"
    FAVOURABLE = "favourable"


class DelegationPoint(Base):
    """A point of an authority's delegation order: who may decide what, how much, and from when.

    `limit_ore` is the largest sum that may be decided by it, in öre. A point that is not
    `reported` to the committee is announced on the notice board instead (KL 8 kap. 10 §).
    """

    __tablename__ = "delegation_point"
    __table_args__ = (
        Index("ix_delegation_point_authority_id", "authority_id", "code"),
        UniqueConstraint("authority_id", "code", "valid_from"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_starts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    code: Mapped[str]
    words: Mapped[Words] = mapped_column(JSONB)
    duty: Mapped[str]
    limit_ore: Mapped[int | None]
    outcomes: Mapped[list[str] | None]
    reported: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Delegate(Base):
    """Somebody who holds a point by name. Where there is one, the duty alone is not enough."""

    __tablename__ = "delegate"
    __table_args__ = (
        Index("ix_delegate_point_id", "point_id"),
        Index("ix_delegate_person_id", "person_id"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_starts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    point_id: Mapped[UUID] = mapped_column(ForeignKey("delegation_point.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class DecisionSeries(Base):
    """The last number given in an authority's series of decisions for a year."""

    __tablename__ = "decision_series"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Decision(Base):
    """What was decided in a case. Once it is made, only what happens to it afterwards changes.

    `status` is the service's status that it leads to; `outcome` what that means. A correction
    (FL 36 §) or change (37–39 §§) is a new decision that points at the one it replaces. One
    about a request refuses to decide the case yet (12 §), and leaves the case as it is.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("(number IS NULL) = (decided_at IS NULL)", name="numbered_when_made"),
        CheckConstraint("(decided_on IS NULL) = (decided_at IS NULL)", name="dated_when_made"),
        CheckConstraint("about IN ('case', 'request')", name="about"),
        Index("ix_decision_case_id", "case_id"),
        Index("ix_decision_authority_id_decided_on", "authority_id", "decided_on"),
        Index("ix_decision_waiting", "decided_on", postgresql_where=text("stage = 'decided' AND legal_force_on IS NULL")),
        Index("ix_decision_point_id", "point_id"),
        Index("ix_decision_written_by_id", "written_by_id"),
        Index("ix_decision_decided_by_id", "decided_by_id"),
        Index("ix_decision_presenter_id", "presenter_id"),
        Index("ix_decision_replaces_id", "replaces_id"),
        Index("uq_decision_case_id_draft", "case_id", "about", unique=True, postgresql_where=text("stage IN ('draft', 'proposed')")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    about: Mapped[str] = mapped_column(default=About.CASE, server_default="case")
    stage: Mapped[str]
    number: Mapped[str | None]
    status: Mapped[str]
    outcome: Mapped[str]
    regime: Mapped[str]
    instance: Mapped[str | None]
    law: Mapped[Words] = mapped_column(JSONB)
    says: Mapped[str]
    reasons: Mapped[str]
    conditions: Mapped[str]
    dissent: Mapped[str]
    participants: Mapped[str]
    amount_ore: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    immediate: Mapped[bool]
    communication: Mapped[str]
    point_id: Mapped[UUID | None] = mapped_column(ForeignKey("delegation_point.id"))
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    presenter_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_on: Mapped[date | None]
    minutes: Mapped[str | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"))
    replacement: Mapped[str | None]
    # Why it may go against the party (FL 37 § second paragraph).
    replacement_ground: Mapped[str | None]
    letter_checksum: Mapped[str | None]
    reported_on: Mapped[date | None]
    posted_on: Mapped[date | None]
    legal_force_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}

    @property
    def is_made(self) -> bool:
        """Decided, whatever has happened to it since."""
        return self.decided_at is not None


class Notice(Base):
    """That a decision was sent to a party, how, and when it is known to have arrived (FL 33 §)."""

    __tablename__ = "decision_notice"
    __table_args__ = (
        UniqueConstraint("decision_id", "recipient"),
        CheckConstraint("(received_on IS NULL) = (proof IS NULL)", name="received_by_some_proof"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    recipient: Mapped[str]
    way: Mapped[str]
    sent_at: Mapped[datetime]
    received_on: Mapped[date | None]
    proof: Mapped[str | None]


class Appeal(Base):
    """An appeal as it came in, whether it came in time, and what was done with it (FL 43–47 §§).

    `appellant_name` is of somebody who is not the party that we know. `excuse` is why one that
    came here late is in time all the same. `enclosed` are the documents that went with it, as
    the case names them. `arrived_on` is the day on which one that was registered later came in
    (FL 22 §), and `arrived_how` how that is known.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        Index("ix_appeal_decision_id", "decision_id"),
        Index("ix_appeal_appellant_id", "appellant_id"),
        Index("ix_appeal_tested_by_id", "tested_by_id"),
        CheckConstraint("(arrived_on IS NULL) = (arrived_how IS NULL)", name="arrived_somehow"),
        CheckConstraint("(in_time IS NULL) = (tested_at IS NULL)", name="tested_or_not"),
        CheckConstraint("excuse IN ('wrong_information', 'higher_instance')", name="excuse"),
        CheckConstraint("reconsidered IN ('stands', 'changed')", name="reconsidered"),
        CheckConstraint(
            "(reconsidered IS NULL) = (reconsidered_at IS NULL)", name="reconsidered_or_not"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    appellant_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    appellant_name: Mapped[str] = mapped_column(default="", server_default="")
    channel: Mapped[str]
    body: Mapped[str]
    received_at: Mapped[datetime]
    arrived_on: Mapped[date | None]
    arrived_how: Mapped[str | None]
    last_day: Mapped[date | None]
    in_time: Mapped[bool | None]
    tested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    tested_at: Mapped[datetime | None]
    reason: Mapped[str]
    excuse: Mapped[str | None]
    reconsidered: Mapped[str | None]
    reconsidered_at: Mapped[datetime | None]
    forwarded_on: Mapped[date | None]
    enclosed: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    result: Mapped[str | None]
    settled_on: Mapped[date | None]

    @property
    def is_open(self) -> bool:
        """Neither rejected as too late nor settled by a higher instance."""
        return self.settled_on is None and self.in_time is not False
