"""Tables for records: the diary, marks of secrecy, legal holds and disposals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE TRIGGER diary_entry_append_only BEFORE UPDATE OR DELETE ON diary_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disposal_append_only BEFORE UPDATE OR DELETE ON disposal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
# What is disposed of is open no more. Each index with its columns and what it had as a condition.
OPEN = "state NOT IN ('draft', 'closed', 'withdrawn')"
OPEN_NOW = "state NOT IN ('draft', 'closed', 'withdrawn', 'disposed')"
NEWEST = "received_at DESC, id DESC"
OPEN_INDEXES = {
    "ix_case_authority_id_open": f"(authority_id, {NEWEST}) WHERE ",
    "ix_case_authority_id_unassigned": f"(authority_id, {NEWEST}) WHERE handler_id IS NULL AND ",
    "ix_case_authority_id_due_on": "(authority_id, due_on, id) WHERE due_on IS NOT NULL AND ",
    "ix_case_unit_key_open": f"(unit_key, {NEWEST}) WHERE ",
    "ix_case_handler_id_open": f"(handler_id, {NEWEST}) WHERE ",
}


def _open_is(condition: str) -> None:
    for name, columns in OPEN_INDEXES.items():
        op.execute(f"DROP INDEX {name}")
        op.execute(f'CREATE INDEX {name} ON "case" {columns}{condition}')


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _open_is(OPEN_NOW)
    ended = sa.text("state IN ('closed', 'withdrawn')")
    op.create_index("ix_case_closed_at", "case", ["closed_at"], postgresql_where=ended)
    _diary()
    _secrecy()
    _holds()
    _disposal()
    op.execute(APPEND_ONLY)


def _diary() -> None:
    op.create_table(
        "diary_series",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_diary_series_authority_id")
        ),
        sa.PrimaryKeyConstraint("authority_id", "year", name=op.f("pk_diary_series")),
    )
    op.create_table(
        "diary_entry",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("designation", sa.Text(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_diary_entry_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_diary_entry_authority_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_diary_entry_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_diary_entry")),
        sa.UniqueConstraint(
            "authority_id", "year", "number", name=op.f("uq_diary_entry_authority_id_year_number")
        ),
        sa.UniqueConstraint("designation", name=op.f("uq_diary_entry_designation")),
    )
    op.create_index(
        "ix_diary_entry_authority_id_entered_on",
        "diary_entry",
        ["authority_id", "entered_on", "number"],
        unique=False,
    )


def _secrecy() -> None:
    op.create_table(
        "secrecy_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("from_party", sa.Boolean(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(what = 'case') = (key = '')", name=op.f("ck_secrecy_mark_says_of_what")
        ),
        sa.CheckConstraint(
            "what IN ('case', 'document', 'answer', 'party')", name=op.f("ck_secrecy_mark_what")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)",
            name=op.f("ck_secrecy_mark_lifted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_secrecy_mark_case_id")),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_secrecy_mark_lifted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_secrecy_mark_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secrecy_mark")),
    )
    op.create_index("ix_secrecy_mark_case_id", "secrecy_mark", ["case_id"], unique=False)
    op.create_index("ix_secrecy_mark_lifted_by_id", "secrecy_mark", ["lifted_by_id"], unique=False)
    op.create_index("ix_secrecy_mark_made_by_id", "secrecy_mark", ["made_by_id"], unique=False)
    op.create_index(
        "ix_secrecy_mark_review_on",
        "secrecy_mark",
        ["review_on"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL AND review_on IS NOT NULL"),
    )
    op.create_index(
        "uq_secrecy_mark_case_id_what_key",
        "secrecy_mark",
        ["case_id", "what", "key", "law"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def _holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ground IN ('request', 'appeal', 'audit', 'dispute')", name=op.f("ck_legal_hold_ground")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)",
            name=op.f("ck_legal_hold_lifted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_legal_hold_case_id")),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_legal_hold_lifted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_legal_hold_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index("ix_legal_hold_case_id", "legal_hold", ["case_id"], unique=False)
    op.create_index("ix_legal_hold_lifted_by_id", "legal_hold", ["lifted_by_id"], unique=False)
    op.create_index("ix_legal_hold_made_by_id", "legal_hold", ["made_by_id"], unique=False)
    op.create_index(
        "uq_legal_hold_case_id_ground",
        "legal_hold",
        ["case_id", "ground"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def _disposal() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("removed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_by_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('disposed', 'redacted')", name=op.f("ck_disposal_kind")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_disposal_authority_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_disposal_case_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_disposal_done_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    op.create_index(
        "ix_disposal_authority_id_done_at", "disposal", ["authority_id", "done_at"], unique=False
    )
    op.create_index("ix_disposal_case_id", "disposal", ["case_id"], unique=False)
    op.create_index("ix_disposal_done_by_id", "disposal", ["done_by_id"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("disposal", "legal_hold", "secrecy_mark", "diary_entry", "diary_series"):
        op.drop_table(table)
    op.drop_index("ix_case_closed_at", table_name="case")
    _open_is(OPEN)
