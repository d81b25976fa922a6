"""Acting for persons, choosing a role, and keeping what was interrupted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MANDATE = {
    "services": postgresql.JSONB(astext_type=sa.Text()),
    "named": sa.Text(),
    "granted_by_id": sa.Uuid(),
    "created_at": sa.DateTime(timezone=True),
    "revoked_at": sa.DateTime(timezone=True),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, kind in MANDATE.items():
        op.add_column("mandate", sa.Column(name, kind, nullable=True))
    op.add_column("login_session", sa.Column("role", sa.Text(), nullable=True))
    op.create_foreign_key(
        "fk_mandate_granted_by_id", "mandate", "person", ["granted_by_id"], ["id"]
    )
    op.create_index("ix_mandate_granted_by_id", "mandate", ["granted_by_id"])
    op.create_table(
        "interrupted_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_interrupted_form_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_interrupted_form"),
    )
    op.create_index("ix_interrupted_form_person_id", "interrupted_form", ["person_id"])
    op.create_index("ix_interrupted_form_created_at", "interrupted_form", ["created_at"])


def downgrade() -> None:
    op.drop_table("interrupted_form")
    op.drop_index("ix_mandate_granted_by_id", "mandate")
    op.drop_constraint("fk_mandate_granted_by_id", "mandate")
    op.drop_column("login_session", "role")
    for name in MANDATE:
        op.drop_column("mandate", name)
