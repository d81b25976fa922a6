"""Fees that were handed over for collection, found by when."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_case_charge_handed_over_at",
        "case_charge",
        [sa.text("handed_over_at DESC"), sa.text("order_id DESC")],
        postgresql_where=sa.text("handed_over_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_case_charge_handed_over_at", "case_charge")
