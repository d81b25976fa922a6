"""The day on which an appeal reached us, where it was registered later, and how that is known."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("appeal", sa.Column("arrived_on", sa.Date(), nullable=True))
    op.add_column("appeal", sa.Column("arrived_how", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_appeal_arrived_somehow"), "appeal", "(arrived_on IS NULL) = (arrived_how IS NULL)"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_appeal_arrived_somehow"), "appeal")
    op.drop_column("appeal", "arrived_how")
    op.drop_column("appeal", "arrived_on")
