"""Consultations, cases that rest, contact choices, and what residents think of their cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STANDS = """
CREATE FUNCTION refuse_reanswering() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.answered_at IS NULL OR current_setting('salem24.disposing', true) = 'on' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND
     (NEW.consultation_id, NEW.name, NEW.answered_at, NEW.answer, NEW.body, NEW.capacity)
     IS NOT DISTINCT FROM
     (OLD.consultation_id, OLD.name, OLD.answered_at, OLD.answer, OLD.body, OLD.capacity) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what was answered stands' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER consulted_stands BEFORE UPDATE OR DELETE ON consulted
  FOR EACH ROW EXECUTE FUNCTION refuse_reanswering();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _consultation()
    _consulted()
    _dormancy()
    _residents()
    op.execute(STANDS)


def _consultation() -> None:
    op.create_table(
        "consultation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("material", postgresql.JSONB(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('party', 'outside', 'neighbours')", name=op.f("ck_consultation_kind")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_consultation_case_id")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_consultation_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_index("ix_consultation_case_id", "consultation", ["case_id", "id"])
    op.create_index("ix_consultation_asked_by_id", "consultation", ["asked_by_id"])
    op.create_index(
        "ix_consultation_answer_by",
        "consultation",
        ["answer_by"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _consulted() -> None:
    op.create_table(
        "consulted",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("property", sa.Text(), nullable=True),
        sa.Column("selector", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("bound_hash", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_consulted_answered_somehow")
        ),
        sa.CheckConstraint("answer IN ('nothing', 'comments')", name=op.f("ck_consulted_answer")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consulted_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consulted")),
        sa.UniqueConstraint("selector", name=op.f("uq_consulted_selector")),
    )
    op.create_index("ix_consulted_consultation_id", "consulted", ["consultation_id", "id"])


def _dormancy() -> None:
    op.create_table(
        "dormancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wake_on", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_dormancy_case_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_dormancy_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dormancy")),
    )
    op.create_index("ix_dormancy_case_id", "dormancy", ["case_id"])
    op.create_index("ix_dormancy_set_by_id", "dormancy", ["set_by_id"])
    open_only = sa.text("woken_at IS NULL")
    op.create_index(
        "uq_dormancy_open", "dormancy", ["case_id"], unique=True, postgresql_where=open_only
    )
    op.create_index("ix_dormancy_wake_on", "dormancy", ["wake_on"], postgresql_where=open_only)


def _residents() -> None:
    op.create_table(
        "contact_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("without", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_choice_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contact_choice")),
    )
    op.create_table(
        "case_rated",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_rated_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_rated")),
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_rating_score")),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_rating_begins_on_the_first")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_rating_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
    )
    op.create_index("ix_rating_service_id", "rating", ["service_id", "month"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    tables = ("rating", "case_rated", "contact_choice", "dormancy", "consulted", "consultation")
    for table in tables:
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_reanswering()")
