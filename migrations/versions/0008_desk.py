"""The desk: handlers and conflicts, parties, tasks, completions, help by telephone, views and rules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

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
CREATE TRIGGER referral_append_only BEFORE UPDATE ON referral
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

BEFORE = "to_tsvector('swedish', coalesce(number, '') || ' ' || headline || ' ' || search_text)"
AFTER = (
    "to_tsvector('swedish', coalesce(number, '') || ' ' || headline || ' ' || search_text"
    " || ' ' || party_text)"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _add_to_case()
    _create_tables()
    op.execute(KEPT)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER case_message_stands ON case_message")
    op.drop_constraint(op.f("uq_case_paper_code"), "case", type_="unique")
    op.drop_index(
        "ix_case_unit_key_open",
        table_name="case",
        postgresql_where=sa.text("state NOT IN ('draft', 'closed', 'withdrawn')"),
    )
    op.drop_index(
        "ix_case_authority_id_waiting",
        table_name="case",
        postgresql_where=sa.text("state IN ('awaiting_completion', 'awaiting_payment')"),
    )
    op.drop_index(
        "ix_case_authority_id_unassigned",
        table_name="case",
        postgresql_where=sa.text(
            "handler_id IS NULL AND state NOT IN ('draft', 'closed', 'withdrawn')"
        ),
    )
    op.drop_index(
        "ix_case_authority_id_ended",
        table_name="case",
        postgresql_where=sa.text("state IN ('closed', 'withdrawn')"),
    )
    op.drop_index(
        "ix_case_authority_id_due_on",
        table_name="case",
        postgresql_where=sa.text(
            "due_on IS NOT NULL AND state NOT IN ('draft', 'closed', 'withdrawn')"
        ),
    )
    op.drop_index(
        "ix_case_attributes",
        table_name="case",
        postgresql_using="gin",
        postgresql_ops={"attributes": "jsonb_path_ops"},
    )
    op.drop_column("case", "paper_code")
    _search(BEFORE)
    op.drop_column("case", "party_text")
    op.drop_table("answer_change")
    op.drop_table("completion")
    op.drop_table("case_mention")
    op.drop_table("referral")
    op.drop_table("case_task")
    op.drop_table("case_party")
    op.drop_table("case_link")
    op.drop_table("case_handler")
    op.drop_table("case_conflict")
    op.drop_table("assistance")
    op.drop_table("team_member")
    op.drop_table("assignment_rule")
    op.drop_table("text_template")
    op.drop_table("team")
    op.drop_table("saved_view")
    op.drop_table("absence")
    op.execute("DROP FUNCTION refuse_rewriting()")


def _add_to_case() -> None:
    op.add_column("case", sa.Column("party_text", sa.Text(), server_default="", nullable=False))
    _search(AFTER)
    op.add_column("case", sa.Column("paper_code", sa.Text(), nullable=True))
    op.create_index(
        "ix_case_attributes",
        "case",
        ["attributes"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"attributes": "jsonb_path_ops"},
    )
    op.create_index(
        "ix_case_authority_id_due_on",
        "case",
        ["authority_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text(
            "due_on IS NOT NULL AND state NOT IN ('draft', 'closed', 'withdrawn')"
        ),
    )
    op.create_index(
        "ix_case_authority_id_ended",
        "case",
        ["authority_id", sa.literal_column("received_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("state IN ('closed', 'withdrawn')"),
    )
    op.create_index(
        "ix_case_authority_id_unassigned",
        "case",
        ["authority_id", sa.literal_column("received_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text(
            "handler_id IS NULL AND state NOT IN ('draft', 'closed', 'withdrawn')"
        ),
    )
    op.create_index(
        "ix_case_authority_id_waiting",
        "case",
        ["authority_id", sa.literal_column("received_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("state IN ('awaiting_completion', 'awaiting_payment')"),
    )
    op.create_index(
        "ix_case_unit_key_open",
        "case",
        ["unit_key", sa.literal_column("received_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('draft', 'closed', 'withdrawn')"),
    )
    op.create_unique_constraint(op.f("uq_case_paper_code"), "case", ["paper_code"])


def _create_tables() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_in_order")),
        sa.CheckConstraint("substitute_id <> person_id", name=op.f("ck_absence_somebody_else")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_absence_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name=op.f("fk_absence_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_made_by_id", "absence", ["made_by_id"], unique=False)
    op.create_index("ix_absence_person_id", "absence", ["person_id", "last_day"], unique=False)
    op.create_index(
        "ix_absence_substitute_id", "absence", ["substitute_id", "last_day"], unique=False
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_saved_view_authority_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_saved_view_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(
        "ix_saved_view_authority_id",
        "saved_view",
        ["authority_id"],
        unique=False,
        postgresql_where=sa.text("shared"),
    )
    op.create_index("ix_saved_view_owner_id", "saved_view", ["owner_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dissolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_team_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_index("ix_team_authority_id", "team", ["authority_id"], unique=False)
    op.create_table(
        "text_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("unit_key", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('answer', 'completion', 'note')", name=op.f("ck_text_template_kind")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_text_template_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_text_template_changed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_text_template_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_template")),
    )
    op.create_index(
        "ix_text_template_authority_id", "text_template", ["authority_id"], unique=False
    )
    op.create_index(
        "ix_text_template_changed_by_id", "text_template", ["changed_by_id"], unique=False
    )
    op.create_index("ix_text_template_service_id", "text_template", ["service_id"], unique=False)
    op.create_table(
        "assignment_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("attribute", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (team_id IS NULL)",
            name=op.f("ck_assignment_rule_person_or_team"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_assignment_rule_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_assignment_rule_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assignment_rule_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_assignment_rule_service_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_assignment_rule_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule")),
    )
    op.create_index(
        "ix_assignment_rule_authority_id", "assignment_rule", ["authority_id"], unique=False
    )
    op.create_index(
        "ix_assignment_rule_made_by_id", "assignment_rule", ["made_by_id"], unique=False
    )
    op.create_index("ix_assignment_rule_person_id", "assignment_rule", ["person_id"], unique=False)
    op.create_index(
        "ix_assignment_rule_service_id", "assignment_rule", ["service_id", "position"], unique=False
    )
    op.create_index("ix_assignment_rule_team_id", "assignment_rule", ["team_id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_member_person_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id")),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_person_id", "team_member", ["person_id"], unique=False)
    op.create_table(
        "assistance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("may_fill_in", sa.Boolean(), nullable=False),
        sa.Column("at_page", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clerk_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_assistance_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["clerk_id"], ["person.id"], name=op.f("fk_assistance_clerk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance")),
    )
    op.create_index("ix_assistance_case_id", "assistance", ["case_id"], unique=False)
    op.create_index("ix_assistance_clerk_id", "assistance", ["clerk_id"], unique=False)
    op.create_index(
        "uq_assistance_code_hash",
        "assistance",
        ["code_hash"],
        unique=True,
        postgresql_where=sa.text("begun_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "case_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("declared_by_id", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_conflict_case_id")),
        sa.ForeignKeyConstraint(
            ["declared_by_id"], ["person.id"], name=op.f("fk_case_conflict_declared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_case_conflict_lifted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_conflict_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_conflict")),
    )
    op.create_index("ix_case_conflict_case_id", "case_conflict", ["case_id"], unique=False)
    op.create_index(
        "ix_case_conflict_declared_by_id", "case_conflict", ["declared_by_id"], unique=False
    )
    op.create_index(
        "ix_case_conflict_lifted_by_id", "case_conflict", ["lifted_by_id"], unique=False
    )
    op.create_index(
        "ix_case_conflict_person_id",
        "case_conflict",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index(
        "uq_case_conflict_case_id_person_id",
        "case_conflict",
        ["case_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "case_handler",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("added_by_id", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_case_handler_person_or_team")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_case_handler_added_by_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_handler_case_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_handler_person_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_case_handler_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_handler")),
    )
    op.create_index("ix_case_handler_added_by_id", "case_handler", ["added_by_id"], unique=False)
    op.create_index("ix_case_handler_case_id", "case_handler", ["case_id"], unique=False)
    op.create_index(
        "ix_case_handler_person_id",
        "case_handler",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_case_handler_team_id",
        "case_handler",
        ["team_id"],
        unique=False,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_case_handler_case_id_person_id",
        "case_handler",
        ["case_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_case_handler_case_id_team_id",
        "case_handler",
        ["case_id", "team_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("case_id <> other_id", name=op.f("ck_case_link_two_cases")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_link_case_id")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_case_link_made_by_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["case.id"], name=op.f("fk_case_link_other_id")),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_case_link")),
    )
    op.create_index("ix_case_link_made_by_id", "case_link", ["made_by_id"], unique=False)
    op.create_index("ix_case_link_other_id", "case_link", ["other_id"], unique=False)
    op.create_table(
        "case_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("added_by_id", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_case_party_added_by_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_party_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_party_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_party_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_party")),
    )
    op.create_index("ix_case_party_added_by_id", "case_party", ["added_by_id"], unique=False)
    op.create_index("ix_case_party_case_id", "case_party", ["case_id"], unique=False)
    op.create_index(
        "ix_case_party_organisation_id", "case_party", ["organisation_id"], unique=False
    )
    op.create_index("ix_case_party_person_id", "case_party", ["person_id"], unique=False)
    op.create_table(
        "case_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_task_case_id")),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name=op.f("fk_case_task_done_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_case_task_made_by_id")
        ),
        sa.ForeignKeyConstraint(["who_id"], ["person.id"], name=op.f("fk_case_task_who_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_task")),
    )
    op.create_index("ix_case_task_case_id", "case_task", ["case_id"], unique=False)
    op.create_index("ix_case_task_done_by_id", "case_task", ["done_by_id"], unique=False)
    op.create_index("ix_case_task_made_by_id", "case_task", ["made_by_id"], unique=False)
    op.create_index(
        "ix_case_task_who_id",
        "case_task",
        ["who_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("new_case_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_referral_authority_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_referral_case_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_referral_made_by_id")),
        sa.ForeignKeyConstraint(["new_case_id"], ["case.id"], name=op.f("fk_referral_new_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index("ix_referral_authority_id", "referral", ["authority_id"], unique=False)
    op.create_index("ix_referral_case_id", "referral", ["case_id"], unique=False)
    op.create_index("ix_referral_made_by_id", "referral", ["made_by_id"], unique=False)
    op.create_index("ix_referral_new_case_id", "referral", ["new_case_id"], unique=False)
    op.create_table(
        "case_mention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_mention_case_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["case_message.id"], name=op.f("fk_case_mention_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_mention_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_mention")),
    )
    op.create_index("ix_case_mention_case_id", "case_mention", ["case_id"], unique=False)
    op.create_index("ix_case_mention_message_id", "case_mention", ["message_id"], unique=False)
    op.create_index(
        "ix_case_mention_person_id",
        "case_mention",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "completion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "next_step IN ('go_on', 'dismiss')", name=op.f("ck_completion_next_step")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_completion_case_id")),
        sa.ForeignKeyConstraint(["id"], ["case_message.id"], name=op.f("fk_completion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion")),
    )
    op.create_index(
        "ix_completion_answer_by",
        "completion",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL AND expired_at IS NULL"),
    )
    op.create_index("ix_completion_case_id", "completion", ["case_id"], unique=False)
    op.create_table(
        "answer_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("completion_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_answer_change_actor_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_answer_change_case_id")),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name=op.f("fk_answer_change_completion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_change")),
    )
    op.create_index("ix_answer_change_actor_id", "answer_change", ["actor_id"], unique=False)
    op.create_index("ix_answer_change_case_id", "answer_change", ["case_id", "id"], unique=False)
    op.create_index(
        "ix_answer_change_completion_id", "answer_change", ["completion_id"], unique=False
    )


def _search(words: str) -> None:
    # What is computed cannot be computed otherwise without being made anew.
    op.drop_index("ix_case_searched", table_name="case")
    op.drop_column("case", "searched")
    column = sa.Column("searched", postgresql.TSVECTOR(), sa.Computed(words, persisted=True))
    column.nullable = False
    op.add_column("case", column)
    op.create_index("ix_case_searched", "case", ["searched"], postgresql_using="gin")
