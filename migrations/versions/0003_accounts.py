"""Accounts that may be one person's, and sessions as providers know them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # The release before this one writes persons without knowing of it.
    op.add_column(
        "person",
        sa.Column("session_only", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("person", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_person_merged_into_id", "person", "person", ["merged_into_id"], ["id"]
    )
    op.create_index("ix_person_merged_into_id", "person", ["merged_into_id"])
    op.add_column("person_identifier", sa.Column("ended_at", sa.DateTime(timezone=True)))
    _create_same_person()
    _create_provider_session()
    _create_pending_logout()


def _create_same_person() -> None:
    op.create_table(
        "same_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("later_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("earlier_id <> later_id", name="ck_same_person_two_persons"),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name="fk_same_person_decided_by_id"
        ),
        sa.ForeignKeyConstraint(["earlier_id"], ["person.id"], name="fk_same_person_earlier_id"),
        sa.ForeignKeyConstraint(["later_id"], ["person.id"], name="fk_same_person_later_id"),
        sa.PrimaryKeyConstraint("id", name="pk_same_person"),
        sa.UniqueConstraint("earlier_id", "later_id", name="uq_same_person_earlier_id_later_id"),
    )
    op.create_index("ix_same_person_decided_by_id", "same_person", ["decided_by_id"])
    op.create_index("ix_same_person_later_id", "same_person", ["later_id"])
    op.create_index("ix_same_person_state", "same_person", ["state", "suggested_at"])


def _create_provider_session() -> None:
    op.create_table(
        "provider_session",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("name_index", sa.Text(), nullable=False),
        sa.Column("session_index", sa.Text(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["login_session.id"],
            name="fk_provider_session_session_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name="pk_provider_session"),
    )
    op.create_index(
        "ix_provider_session_name_index", "provider_session", ["provider", "name_index"]
    )


def _create_pending_logout() -> None:
    op.create_table(
        "pending_logout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cookie_hash", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pending_logout"),
        sa.UniqueConstraint("cookie_hash", name="uq_pending_logout_cookie_hash"),
        sa.UniqueConstraint("request_id", name="uq_pending_logout_request_id"),
    )
    op.create_index("ix_pending_logout_expires_at", "pending_logout", ["expires_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("pending_logout", "provider_session", "same_person"):
        op.drop_table(table)
    op.drop_column("person_identifier", "ended_at")
    op.drop_constraint("fk_person_merged_into_id", "person", type_="foreignkey")
    op.drop_index("ix_person_merged_into_id", "person")
    op.drop_column("person", "merged_into_id")
    op.drop_column("person", "session_only")
