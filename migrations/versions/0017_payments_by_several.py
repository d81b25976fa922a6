"""Bank files by the browser, money that goes back, several orders in one payment, instalments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _bank_files()


def _bank_files() -> None:
    op.add_column(
        "incoming_file", sa.Column("state", sa.Text(), server_default="done", nullable=False)
    )
    op.add_column("incoming_file", sa.Column("name", sa.Text(), nullable=True))
    op.add_column(
        "incoming_file",
        sa.Column("accounts", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.add_column("incoming_file", sa.Column("first_on", sa.Date(), nullable=True))
    op.add_column("incoming_file", sa.Column("last_on", sa.Date(), nullable=True))
    op.add_column("incoming_file", sa.Column("fault", sa.Text(), nullable=True))
    op.add_column("incoming_file", sa.Column("fault_line", sa.BigInteger(), nullable=True))
    op.add_column(
        "incoming_file", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("incoming_file", sa.Column("confirmed_by_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE incoming_file SET state = 'reading' WHERE done < rows")
    op.create_check_constraint(
        op.f("ck_incoming_file_state"),
        "incoming_file",
        "state IN ('waiting', 'reading', 'done', 'refused')",
    )
    op.create_check_constraint(
        op.f("ck_incoming_file_fault"), "incoming_file", "(state = 'refused') = (fault IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_incoming_file_all_done"), "incoming_file", "state <> 'done' OR done = rows"
    )
    op.create_foreign_key(
        op.f("fk_incoming_file_confirmed_by_id"),
        "incoming_file",
        "person",
        ["confirmed_by_id"],
        ["id"],
    )
    op.create_index("ix_incoming_file_confirmed_by_id", "incoming_file", ["confirmed_by_id"])
    op.create_index(
        "ix_incoming_file_read_at", "incoming_file", [sa.text("read_at DESC"), sa.text("id DESC")]
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM incoming_file WHERE state IN ('waiting', 'refused') AND done = 0")
    for column in (
        *("state", "name", "accounts", "first_on", "last_on", "fault", "fault_line"),
        *("confirmed_at", "confirmed_by_id"),
    ):
        op.drop_column("incoming_file", column)
