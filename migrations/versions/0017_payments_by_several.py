"""Bank files by the browser, money that goes back, several orders in one payment, instalments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PARTS = {
    "parts": "parts IS NULL OR (takes_parts AND parts BETWEEN 2 AND 12)",
    "least_part_ore": (
        "least_part_ore IS NULL OR (takes_parts AND parts IS NULL AND least_part_ore > 0)"
    ),
    "part_days": "part_days > 0",
}
ADJUSTMENTS_BEFORE = {
    "kind": "kind IN ('write_off', 'correction', 'payout')",
    "state": "state IN ('requested', 'refused', 'booked')",
    "attested": "state <> 'booked' OR attested_by_id IS NOT NULL",
}
ADJUSTMENTS = {
    "kind": "kind IN ('write_off', 'correction', 'payout', 'return')",
    "state": "state IN ('requested', 'refused', 'attested', 'booked')",
    "attested": "state NOT IN ('attested', 'booked') OR attested_by_id IS NOT NULL",
    "to_pay_out": "state <> 'attested' OR kind = 'return'",
    "return": "(kind = 'return') = (incoming_row_id IS NOT NULL AND receiver_sealed IS NOT NULL)",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _bank_files()
    _returns()
    _together()
    _parts()
    _stuck()


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


def _returns() -> None:
    table = "ledger_adjustment"
    op.add_column(table, sa.Column("incoming_row_id", sa.Uuid(), nullable=True))
    op.add_column(table, sa.Column("receiver_sealed", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_ledger_adjustment_incoming_row_id"),
        table,
        "incoming_row",
        ["incoming_row_id"],
        ["id"],
    )
    op.create_index("ix_ledger_adjustment_incoming_row_id", table, ["incoming_row_id"])
    op.create_index(
        "uq_ledger_adjustment_return",
        table,
        ["incoming_row_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'attested')"),
    )
    for name in ("kind", "state", "attested"):
        op.drop_constraint(op.f(f"ck_ledger_adjustment_{name}"), table)
    for name, holds in ADJUSTMENTS.items():
        op.create_check_constraint(op.f(f"ck_ledger_adjustment_{name}"), table, holds)


def _together() -> None:
    op.add_column("payment", sa.Column("together_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_payment_together_id"), "payment", "payment_order", ["together_id"], ["id"]
    )
    op.create_index("ix_payment_together_id", "payment", ["together_id"])
    op.create_check_constraint(
        op.f("ck_payment_together"),
        "payment",
        "(provider = 'together') = (together_id IS NOT NULL)",
    )
    op.alter_column("payment_order_line", "responsibility", nullable=True)
    op.alter_column("payment_order_line", "activity", nullable=True)


def _parts() -> None:
    op.add_column("payment_order", sa.Column("parts", sa.BigInteger(), nullable=True))
    op.add_column("payment_order", sa.Column("least_part_ore", sa.BigInteger(), nullable=True))
    op.add_column("payment_order", sa.Column("part_days", sa.BigInteger(), nullable=True))
    for name, holds in PARTS.items():
        op.create_check_constraint(op.f(f"ck_payment_order_{name}"), "payment_order", holds)


def _stuck() -> None:
    op.add_column("case_charge", sa.Column("stuck_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("case_charge", sa.Column("stuck_code", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_case_charge_stuck"), "case_charge", "(stuck_at IS NULL) = (stuck_code IS NULL)"
    )
    op.create_index(
        "ix_case_charge_stuck_at",
        "case_charge",
        ["stuck_at"],
        postgresql_where=sa.text("stuck_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Money that has gone back or was shared stays booked: then there is no way back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.alter_column("payment_order_line", "responsibility", nullable=False)
    op.alter_column("payment_order_line", "activity", nullable=False)
    op.drop_column("case_charge", "stuck_at")
    op.drop_column("case_charge", "stuck_code")
    op.drop_column("payment", "together_id")
    for column in ("parts", "least_part_ore", "part_days"):
        op.drop_column("payment_order", column)
    op.execute("DELETE FROM ledger_adjustment WHERE kind = 'return' AND state <> 'booked'")
    for name in ADJUSTMENTS:
        op.drop_constraint(op.f(f"ck_ledger_adjustment_{name}"), "ledger_adjustment")
    for name, held in ADJUSTMENTS_BEFORE.items():
        op.create_check_constraint(op.f(f"ck_ledger_adjustment_{name}"), "ledger_adjustment", held)
    op.drop_column("ledger_adjustment", "incoming_row_id")
    op.drop_column("ledger_adjustment", "receiver_sealed")
    op.execute("DELETE FROM incoming_file WHERE state IN ('waiting', 'refused') AND done = 0")
    for column in (
        *("state", "name", "accounts", "first_on", "last_on", "fault", "fault_line"),
        *("confirmed_at", "confirmed_by_id"),
    ):
        op.drop_column("incoming_file", column)
