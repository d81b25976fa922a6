"""Places that are held while somebody pays; where an invoice goes; reminders and disputes."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What follows is added here."""


def downgrade() -> None:
    """What was added here is taken away."""
