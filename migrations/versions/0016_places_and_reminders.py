"""Places that are held while somebody pays; where an invoice goes; reminders and disputes."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TAKEN = "state IN ('held', 'kept')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _places()


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


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("place_hold")
