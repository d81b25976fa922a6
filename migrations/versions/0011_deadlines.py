"""Deadlines with their pauses, and what statistics have counted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _statistics()
    _deadlines()


def _statistics() -> None:
    op.create_table(
        "service_month",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("median_days", sa.BigInteger(), nullable=True),
        sa.Column("slow_days", sa.BigInteger(), nullable=True),
        sa.Column("channels", postgresql.JSONB(), nullable=False),
        sa.Column("outcomes", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_service_month_begins_on_the_first")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_service_month_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_month_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", "unit_key", "month", name=op.f("pk_service_month")),
    )
    op.create_index(
        "ix_service_month_authority_id", "service_month", ["authority_id", "month"], unique=False
    )
    op.create_table(
        "service_standing",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_cases", sa.BigInteger(), nullable=False),
        sa.Column("low_days", sa.BigInteger(), nullable=True),
        sa.Column("median_days", sa.BigInteger(), nullable=True),
        sa.Column("high_days", sa.BigInteger(), nullable=True),
        sa.Column("slow_days", sa.BigInteger(), nullable=True),
        sa.Column("open_cases", sa.BigInteger(), nullable=False),
        sa.Column("overdue_cases", sa.BigInteger(), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("handed_in", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_service_standing_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_standing_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_standing")),
    )
    op.create_index(
        "ix_service_standing_authority_id", "service_standing", ["authority_id"], unique=False
    )


def _deadlines() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(), nullable=False),
        sa.Column("source", postgresql.JSONB(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("pauses", sa.Boolean(), nullable=False),
        sa.Column("restarts", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("delay_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ending IS NULL)", name=op.f("ck_deadline_ended_somehow")
        ),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_deadline_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_deadline_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("case_id", "kind", "key", name=op.f("uq_deadline_case_id_kind_key")),
    )
    op.create_index(
        "ix_deadline_due_on_open",
        "deadline",
        ["due_on", "case_id"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "deadline_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_deadline_pause_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_deadline_pause_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_pause")),
    )
    op.create_index("ix_deadline_pause_case_id", "deadline_pause", ["case_id"], unique=False)
    op.create_index(
        "uq_deadline_pause_open",
        "deadline_pause",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("to_on IS NULL"),
    )
    op.add_column("case", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_case_decided_at",
        "case",
        ["decided_at"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.create_index(
        "ix_case_service_id_queued",
        "case",
        ["service_id", "received_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('received', 'in_progress')"),
    )

    # Cases from before have one time, the promise, which ends on the day already told.
    op.execute("""
        INSERT INTO deadline (id, case_id, kind, key, label, source, length, unit, pauses, restarts,
                              starts_on, promised_on, due_on)
        SELECT gen_random_uuid(), id, 'promise', 'promise',
               '{"sv": "Vårt mål", "en": "Our goal"}',
               '{"sv": "Kommunens löfte för tjänsten", "en": "The municipality’s promise"}',
               greatest(due_on - received_at::date, 1), 'days', true, false,
               least(received_at::date, due_on), due_on, due_on
          FROM "case"
         WHERE due_on IS NOT NULL AND state NOT IN ('draft', 'decided', 'closed', 'withdrawn')
    """)
    op.execute("UPDATE \"case\" SET decided_at = closed_at WHERE state = 'closed'")


def downgrade() -> None:
    op.drop_index(
        "ix_case_service_id_queued",
        table_name="case",
        postgresql_where=sa.text("state IN ('received', 'in_progress')"),
    )
    op.drop_index(
        "ix_case_decided_at", table_name="case", postgresql_where=sa.text("decided_at IS NOT NULL")
    )
    op.drop_column("case", "decided_at")
    op.drop_index(
        "uq_deadline_pause_open",
        table_name="deadline_pause",
        postgresql_where=sa.text("to_on IS NULL"),
    )
    op.drop_index("ix_deadline_pause_case_id", table_name="deadline_pause")
    op.drop_table("deadline_pause")
    op.drop_index(
        "ix_deadline_due_on_open",
        table_name="deadline",
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.drop_table("deadline")
    op.drop_index("ix_service_standing_authority_id", table_name="service_standing")
    op.drop_table("service_standing")
    op.drop_index("ix_service_month_authority_id", table_name="service_month")
    op.drop_table("service_month")
