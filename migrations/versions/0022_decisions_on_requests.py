"""Decisions on a request to decide: one draft of each kind in a case (förvaltningslagen 12 §)."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
DRAFT = sa.text("stage IN ('draft', 'proposed')")
NAME = "uq_decision_case_id_draft"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("decision", sa.Column("about", sa.Text(), server_default="case", nullable=False))
    op.create_check_constraint(
        op.f("ck_decision_about"), "decision", "about IN ('case', 'request')"
    )
    op.drop_index(NAME, table_name="decision")
    op.create_index(NAME, "decision", ["case_id", "about"], unique=True, postgresql_where=DRAFT)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index(NAME, table_name="decision")
    op.create_index(NAME, "decision", ["case_id"], unique=True, postgresql_where=DRAFT)
    op.drop_constraint(op.f("ck_decision_about"), "decision")
    op.drop_column("decision", "about")
