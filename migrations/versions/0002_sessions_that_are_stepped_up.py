"""A log-in that steps a session up ends the session that it replaces."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pending_login", sa.Column("replaces_session_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("pending_login", "replaces_session_id")
