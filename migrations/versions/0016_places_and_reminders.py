"""Places that are held while somebody pays; where an invoice goes; reminders and disputes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Six days after the last day, then twenty: as reminders were sent until now.
NEXT_STEP = """
UPDATE case_charge AS charge
   SET remind_on = due_on + CASE charge.reminders WHEN 0 THEN 6 WHEN 1 THEN 20 ELSE 40 END
  FROM payment_order WHERE payment_order.id = order_id AND charge.settled_at IS NULL
"""
TAKEN = "state IN ('held', 'kept')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _places()
    _invoices()
    _reminders()
    _text_messages()


def _places() -> None:
    op.create_table(
        "place_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('held', 'kept', 'free')", name=op.f("ck_place_hold_state")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_place_hold_place")),
        sa.CheckConstraint(
            "(state = 'held') = (held_until IS NOT NULL)", name=op.f("ck_place_hold_held_until")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_place_hold_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_place_hold_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_place_hold_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_hold")),
    )
    op.create_index(
        "uq_place_hold_taken",
        "place_hold",
        ["service_id", "key", "place"],
        unique=True,
        postgresql_where=sa.text(TAKEN),
    )
    for column in ("service_id", "order_id", "case_id"):
        op.create_index(f"ix_place_hold_{column}", "place_hold", [column])
    op.create_index(
        "ix_place_hold_held_until",
        "place_hold",
        ["held_until"],
        postgresql_where=sa.text("state = 'held'"),
    )


def _invoices() -> None:
    op.add_column("payment_order", sa.Column("payer_name", sa.Text(), nullable=True))
    op.add_column("payment_order", sa.Column("payer_address", postgresql.JSONB(), nullable=True))
    none_yet = sa.Column("access_codes", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("payment_order", none_yet)


def _reminders() -> None:
    op.add_column(
        "payment_order", sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("payment_order", sa.Column("dispute_reason", sa.Text(), nullable=True))
    op.add_column("case_charge", sa.Column("remind_on", sa.Date(), nullable=True))
    handed_over = sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("case_charge", handed_over)
    op.execute(NEXT_STEP)
    op.drop_index("ix_case_charge_unpaid", "case_charge")
    op.create_index(
        "ix_case_charge_remind_on",
        "case_charge",
        ["remind_on"],
        postgresql_where=sa.text("remind_on IS NOT NULL"),
    )


def _text_messages() -> None:
    by_sms = sa.Column("by_sms", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("contact_choice", by_sms)
    op.add_column("notification", sa.Column("to_phone", sa.Text(), nullable=True))
    op.alter_column("notification", "to_email", nullable=True)
    one_address = "(to_email IS NULL) <> (to_phone IS NULL)"
    op.create_check_constraint(op.f("ck_notification_one_address"), "notification", one_address)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM notification WHERE to_email IS NULL")
    op.drop_constraint(op.f("ck_notification_one_address"), "notification")
    op.alter_column("notification", "to_email", nullable=False)
    op.drop_column("notification", "to_phone")
    op.drop_column("contact_choice", "by_sms")
    op.create_index(
        "ix_case_charge_unpaid",
        "case_charge",
        ["reminded_at"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index("ix_case_charge_remind_on", "case_charge")
    for name in ("remind_on", "handed_over_at"):
        op.drop_column("case_charge", name)
    for name in ("disputed_at", "dispute_reason"):
        op.drop_column("payment_order", name)
    for name in ("payer_name", "payer_address", "access_codes"):
        op.drop_column("payment_order", name)
    op.drop_table("place_hold")
