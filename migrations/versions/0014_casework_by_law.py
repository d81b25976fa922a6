"""What the law asks of casework: needs of an interpreter, investigation, secrecy, redaction."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Who of the party did something goes with the rest of a case that is disposed of; all else stands.
EVENTS_STAND = """
CREATE FUNCTION refuse_rewriting_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('salem24.disposing', true) = 'on' AND NEW.actor_id IS NULL AND
     (NEW.id, NEW.case_id, NEW.at, NEW.kind, NEW.actor_role, NEW.public, NEW.details)
     IS NOT DISTINCT FROM
     (OLD.id, OLD.case_id, OLD.at, OLD.kind, OLD.actor_role, OLD.public, OLD.details) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'case_event is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER case_event_append_only ON case_event;
CREATE TRIGGER case_event_append_only BEFORE UPDATE ON case_event
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_events();
"""
AS_IT_WAS = """
DROP TRIGGER case_event_append_only ON case_event;
DROP FUNCTION refuse_rewriting_events();
CREATE TRIGGER case_event_append_only BEFORE UPDATE ON case_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# How an appeal was tested, and that it was looked at again before it was sent on.
CHECKS = {
    "excuse": "excuse IN ('wrong_information', 'higher_instance')",
    "reconsidered": "reconsidered IN ('stands', 'changed')",
    "reconsidered_or_not": "(reconsidered IS NULL) = (reconsidered_at IS NULL)",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(EVENTS_STAND)
    _decisions()
    _investigation()
    op.add_column(
        "consultation", sa.Column("despite_secrecy", sa.Text(), server_default="", nullable=False)
    )


def _decisions() -> None:
    op.add_column("decision", sa.Column("replacement_ground", sa.Text(), nullable=True))
    for column in (
        sa.Column("appellant_name", sa.Text(), server_default="", nullable=False),
        sa.Column("excuse", sa.Text(), nullable=True),
        sa.Column("reconsidered", sa.Text(), nullable=True),
        sa.Column("reconsidered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enclosed", postgresql.JSONB(), server_default="[]", nullable=False),
    ):
        op.add_column("appeal", column)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_appeal_{name}"), "appeal", rule)


def _investigation() -> None:
    op.create_table(
        "case_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("finding IN ('done', 'not_needed')", name=op.f("ck_case_check_finding")),
        sa.CheckConstraint(
            "finding = 'done' OR note <> ''", name=op.f("ck_case_check_says_why_not")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_check_case_id")),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["person.id"], name=op.f("fk_case_check_checked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_check")),
    )
    op.create_index("uq_case_check_case_id_key", "case_check", ["case_id", "key"], unique=True)
    op.create_index("ix_case_check_checked_by_id", "case_check", ["checked_by_id"])
    op.create_table(
        "case_need",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("noted_by_id", sa.Uuid(), nullable=True),
        sa.Column("noted_by_role", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "help IN ('interpreter', 'sign_language', 'deafblind', 'translation', 'reading')",
            name=op.f("ck_case_need_help"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_need_case_id")),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["person.id"], name=op.f("fk_case_need_noted_by_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_need")),
    )
    op.create_index("ix_case_need_noted_by_id", "case_need", ["noted_by_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("consultation", "despite_secrecy")
    op.drop_table("case_need")
    op.drop_table("case_check")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_appeal_{name}"), "appeal")
    for column in ("enclosed", "reconsidered_at", "reconsidered", "excuse", "appellant_name"):
        op.drop_column("appeal", column)
    op.drop_column("decision", "replacement_ground")
    op.execute(AS_IT_WAS)
