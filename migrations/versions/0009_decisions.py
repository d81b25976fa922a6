"""The delegation order, decisions with their notices, and appeals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STANDS = """
CREATE FUNCTION refuse_redeciding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('salem24.disposing', true) = 'on' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF OLD.decided_at IS NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND
     (NEW.case_id, NEW.number, NEW.status, NEW.outcome, NEW.regime, NEW.law, NEW.says, NEW.reasons,
      NEW.conditions, NEW.dissent, NEW.participants, NEW.immediate, NEW.communication,
      NEW.decided_at, NEW.decided_on)
     IS NOT DISTINCT FROM
     (OLD.case_id, OLD.number, OLD.status, OLD.outcome, OLD.regime, OLD.law, OLD.says, OLD.reasons,
      OLD.conditions, OLD.dissent, OLD.participants, OLD.immediate, OLD.communication,
      OLD.decided_at, OLD.decided_on)
     AND NEW.amount_ore IS NOT DISTINCT FROM OLD.amount_ore
     AND NEW.decided_by_id IS NOT DISTINCT FROM OLD.decided_by_id
     AND NEW.point_id IS NOT DISTINCT FROM OLD.point_id
     AND NEW.valid_from IS NOT DISTINCT FROM OLD.valid_from
     AND NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a decision stands as it was made' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER decision_stands BEFORE UPDATE OR DELETE ON decision
  FOR EACH ROW EXECUTE FUNCTION refuse_redeciding();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _delegation()
    _decisions()
    op.execute(STANDS)


def _delegation() -> None:
    op.create_table(
        "decision_series",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_decision_series_authority_id")
        ),
        sa.PrimaryKeyConstraint("authority_id", "year", name=op.f("pk_decision_series")),
    )
    op.create_table(
        "delegation_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("limit_ore", sa.BigInteger(), nullable=True),
        sa.Column("outcomes", postgresql.JSONB(), nullable=True),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to >= valid_from", name=op.f("ck_delegation_point_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_delegation_point_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_point")),
        sa.UniqueConstraint(
            "authority_id",
            "code",
            "valid_from",
            name=op.f("uq_delegation_point_authority_id_code_valid_from"),
        ),
    )
    op.create_index(
        "ix_delegation_point_authority_id",
        "delegation_point",
        ["authority_id", "code"],
        unique=False,
    )
    op.create_table(
        "delegate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_delegate_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delegate_person_id")),
        sa.ForeignKeyConstraint(
            ["point_id"], ["delegation_point.id"], name=op.f("fk_delegate_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegate")),
    )
    op.create_index("ix_delegate_person_id", "delegate", ["person_id"], unique=False)
    op.create_index("ix_delegate_point_id", "delegate", ["point_id"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=True),
        sa.Column("law", postgresql.JSONB(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column("communication", sa.Text(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=True),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("presenter_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("replacement", sa.Text(), nullable=True),
        sa.Column("letter_checksum", sa.Text(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("legal_force_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(decided_on IS NULL) = (decided_at IS NULL)", name=op.f("ck_decision_dated_when_made")
        ),
        sa.CheckConstraint(
            "(number IS NULL) = (decided_at IS NULL)", name=op.f("ck_decision_numbered_when_made")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_decision_authority_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_decision_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["delegation_point.id"], name=op.f("fk_decision_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["presenter_id"], ["person.id"], name=op.f("fk_decision_presenter_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["decision.id"], name=op.f("fk_decision_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_decision_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("number", name=op.f("uq_decision_number")),
    )
    op.create_index(
        "ix_decision_authority_id_decided_on",
        "decision",
        ["authority_id", "decided_on"],
        unique=False,
    )
    op.create_index("ix_decision_case_id", "decision", ["case_id"], unique=False)
    op.create_index("ix_decision_decided_by_id", "decision", ["decided_by_id"], unique=False)
    op.create_index("ix_decision_point_id", "decision", ["point_id"], unique=False)
    op.create_index("ix_decision_presenter_id", "decision", ["presenter_id"], unique=False)
    op.create_index("ix_decision_replaces_id", "decision", ["replaces_id"], unique=False)
    op.create_index(
        "ix_decision_waiting",
        "decision",
        ["decided_on"],
        unique=False,
        postgresql_where=sa.text("stage = 'decided' AND legal_force_on IS NULL"),
    )
    op.create_index("ix_decision_written_by_id", "decision", ["written_by_id"], unique=False)
    op.create_index(
        "uq_decision_case_id_draft",
        "decision",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("stage IN ('draft', 'proposed')"),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("appellant_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("tested_by_id", sa.Uuid(), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("forwarded_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(in_time IS NULL) = (tested_at IS NULL)", name=op.f("ck_appeal_tested_or_not")
        ),
        sa.ForeignKeyConstraint(
            ["appellant_id"], ["person.id"], name=op.f("fk_appeal_appellant_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["tested_by_id"], ["person.id"], name=op.f("fk_appeal_tested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index("ix_appeal_appellant_id", "appeal", ["appellant_id"], unique=False)
    op.create_index("ix_appeal_decision_id", "appeal", ["decision_id"], unique=False)
    op.create_index("ix_appeal_tested_by_id", "appeal", ["tested_by_id"], unique=False)
    op.create_table(
        "decision_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(received_on IS NULL) = (proof IS NULL)",
            name=op.f("ck_decision_notice_received_by_some_proof"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_decision_notice_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_notice")),
        sa.UniqueConstraint(
            "decision_id", "recipient", name=op.f("uq_decision_notice_decision_id_recipient")
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER decision_stands ON decision")
    op.execute("DROP FUNCTION refuse_redeciding()")
    op.drop_table("decision_notice")
    op.drop_index("ix_appeal_tested_by_id", table_name="appeal")
    op.drop_index("ix_appeal_decision_id", table_name="appeal")
    op.drop_index("ix_appeal_appellant_id", table_name="appeal")
    op.drop_table("appeal")
    op.drop_index(
        "uq_decision_case_id_draft",
        table_name="decision",
        postgresql_where=sa.text("stage IN ('draft', 'proposed')"),
    )
    op.drop_index("ix_decision_written_by_id", table_name="decision")
    op.drop_index(
        "ix_decision_waiting",
        table_name="decision",
        postgresql_where=sa.text("stage = 'decided' AND legal_force_on IS NULL"),
    )
    op.drop_index("ix_decision_replaces_id", table_name="decision")
    op.drop_index("ix_decision_presenter_id", table_name="decision")
    op.drop_index("ix_decision_point_id", table_name="decision")
    op.drop_index("ix_decision_decided_by_id", table_name="decision")
    op.drop_index("ix_decision_case_id", table_name="decision")
    op.drop_index("ix_decision_authority_id_decided_on", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_delegate_point_id", table_name="delegate")
    op.drop_index("ix_delegate_person_id", table_name="delegate")
    op.drop_table("delegate")
    op.drop_index("ix_delegation_point_authority_id", table_name="delegation_point")
    op.drop_table("delegation_point")
    op.drop_table("decision_series")
