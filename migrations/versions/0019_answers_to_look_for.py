"""The answers that a case can be looked for by, each as a row that is read in order."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in with the table."""


def downgrade() -> None:
    """Filled in with the table."""
