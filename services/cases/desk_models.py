"""What the desk keeps with a case: parties, tasks, links, mentions, completions and corrections."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class CaseParty(Base):
    """Somebody with a part in a case: applicant, agent, owner of the property, neighbour."""

    __tablename__ = "case_party"
    __table_args__ = (
        Index("ix_case_party_case_id", "case_id"),
        Index("ix_case_party_person_id", "person_id"),
        Index("ix_case_party_organisation_id", "organisation_id"),
        Index("ix_case_party_added_by_id", "added_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    role: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class CaseTask(Base):
    """Something to be done in a case: by whom, by when."""

    __tablename__ = "case_task"
    __table_args__ = (
        CheckConstraint("(kind IS NULL) = (what <> '')", name="said_or_known"),
        Index("ix_case_task_case_id", "case_id"),
        Index("ix_case_task_who_id", "who_id", "due_on", postgresql_where=text("done_at IS NULL")),
        Index("ix_case_task_made_by_id", "made_by_id"),
        Index("ix_case_task_done_by_id", "done_by_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    what: Mapped[str]
    # What we ask for ourselves is kept by key and facts, and said in the reader's language.
    kind: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    who_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None]


class CaseLink(Base):
    """That two cases belong together; told on both."""

    __tablename__ = "case_link"
    __table_args__ = (
        CheckConstraint("case_id <> other_id", name="two_cases"),
        Index("ix_case_link_other_id", "other_id"),
        Index("ix_case_link_made_by_id", "made_by_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    kind: Mapped[str]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class CaseMention(Base):
    """That a colleague is named in an internal note, and whether they have seen it."""

    __tablename__ = "case_mention"
    __table_args__ = (
        Index("ix_case_mention_case_id", "case_id"),
        Index("ix_case_mention_message_id", "message_id"),
        Index("ix_case_mention_person_id", "person_id", postgresql_where=text("seen_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("case_message.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class Completion(Base):
    """A request for completion: which answers fail and why, until when, and what follows then."""

    __tablename__ = "completion"
    __table_args__ = (
        CheckConstraint("next_step IN ('go_on', 'dismiss')", name="next_step"),
        Index("ix_completion_case_id", "case_id"),
        Index("ix_completion_answer_by", "answer_by",
              postgresql_where=text("answered_at IS NULL AND expired_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(ForeignKey("case_message.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    # In the order of the form: {"question": key, "why": text}.
    asked: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    next_step: Mapped[str]
    answer_by: Mapped[date | None]
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]


class AnswerChange(Base):
    """An answer as it was and as it became; only ever added."""

    __tablename__ = "answer_change"
    __table_args__ = (
        Index("ix_answer_change_case_id", "case_id", "id"),
        Index("ix_answer_change_completion_id", "completion_id"),
        Index("ix_answer_change_actor_id", "actor_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    completion_id: Mapped[UUID | None] = mapped_column(ForeignKey("completion.id"))
    question: Mapped[str]
    before: Mapped[Any | None] = mapped_column(JSONB)
    after: Mapped[Any | None] = mapped_column(JSONB)
    reason: Mapped[str | None]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    actor_role: Mapped[str]


class Assistance(Base):
    """That a clerk sees a resident's draft on the telephone, by a code that the resident reads out."""

    __tablename__ = "assistance"
    __table_args__ = (
        Index("ix_assistance_case_id", "case_id"),
        Index("ix_assistance_clerk_id", "clerk_id"),
        Index("uq_assistance_code_hash", "code_hash", unique=True,
              postgresql_where=text("begun_at IS NULL AND ended_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    code_hash: Mapped[str]
    may_fill_in: Mapped[bool]
    # The page of the form that the resident looked at last.
    at_page: Mapped[str | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    clerk_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


# What was said and noted stands (förvaltningslagen 27 §), until it is disposed of by rule.
KEPT = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('salem24.disposing', true) = 'on' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.body = OLD.body AND NEW.kind = OLD.kind AND NEW.at = OLD.at
     AND NEW.author_id IS NOT DISTINCT FROM OLD.author_id AND NEW.case_id = OLD.case_id THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what is written in a case stands' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_message_stands BEFORE UPDATE OR DELETE ON case_message
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER answer_change_append_only BEFORE UPDATE ON answer_change
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
