"""Rooms, their members, invitations and log; cases that are shared with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE TRIGGER room_event_append_only BEFORE UPDATE ON room_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "room",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'household') = (organisation_id IS NULL)", name=op.f("ck_room_of_whom")
        ),
        sa.CheckConstraint(
            "kind IN ('household', 'company', 'association')", name=op.f("ck_room_kind")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_room_made_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_room_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
    )
    op.create_index(
        "ix_room_closed_at",
        "room",
        ["closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index("ix_room_made_by_id", "room", ["made_by_id"], unique=False)
    op.create_index("ix_room_organisation_id", "room", ["organisation_id"], unique=False)
    op.create_index(
        "uq_room_organisation_id",
        "room",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "room_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_room_event_actor_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_event_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_event")),
    )
    op.create_index("ix_room_event_actor_id", "room_event", ["actor_id"], unique=False)
    op.create_index("ix_room_event_room_id_id", "room_event", ["room_id", "id"], unique=False)
    _members()
    op.execute(APPEND_ONLY)
    _shares()


def _members() -> None:
    op.create_table(
        "room_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answer IN ('accepted', 'declined', 'withdrawn')",
            name=op.f("ck_room_invitation_answer"),
        ),
        sa.CheckConstraint(
            "role IN ('owner', 'sender', 'reader')", name=op.f("ck_room_invitation_role")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_room_invitation_answered")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_room_invitation_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_room_invitation_person_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_invitation_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_room_invitation_code_hash")),
    )
    op.create_index(
        "ix_room_invitation_expires_at", "room_invitation", ["expires_at"], unique=False
    )
    op.create_index(
        "ix_room_invitation_made_by_id", "room_invitation", ["made_by_id"], unique=False
    )
    op.create_index("ix_room_invitation_person_id", "room_invitation", ["person_id"], unique=False)
    op.create_index("ix_room_invitation_room_id", "room_invitation", ["room_id"], unique=False)
    op.create_table(
        "room_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'sender', 'reader')", name=op.f("ck_room_member_role")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_room_member_person_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_member_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_member")),
    )
    op.create_index(
        "ix_room_member_person_id",
        "room_member",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index("ix_room_member_room_id", "room_member", ["room_id"], unique=False)
    op.create_index(
        "uq_room_member_room_id_person_id",
        "room_member",
        ["room_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )


def _shares() -> None:
    op.create_table(
        "case_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("shared_by_id", sa.Uuid(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_share_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_case_share_ended_by_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_case_share_room_id")),
        sa.ForeignKeyConstraint(
            ["shared_by_id"], ["person.id"], name=op.f("fk_case_share_shared_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_share")),
    )
    op.create_index("ix_case_share_case_id", "case_share", ["case_id"], unique=False)
    op.create_index("ix_case_share_ended_by_id", "case_share", ["ended_by_id"], unique=False)
    op.create_index(
        "ix_case_share_room_id",
        "case_share",
        ["room_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_case_share_shared_by_id", "case_share", ["shared_by_id"], unique=False)
    op.create_index(
        "uq_case_share_case_id_room_id",
        "case_share",
        ["case_id", "room_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index(
        "uq_case_share_case_id_room_id",
        table_name="case_share",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_case_share_shared_by_id", table_name="case_share")
    op.drop_index(
        "ix_case_share_room_id",
        table_name="case_share",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_case_share_ended_by_id", table_name="case_share")
    op.drop_index("ix_case_share_case_id", table_name="case_share")
    op.drop_table("case_share")
    op.drop_index(
        "uq_room_member_room_id_person_id",
        table_name="room_member",
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.drop_index("ix_room_member_room_id", table_name="room_member")
    op.drop_index(
        "ix_room_member_person_id",
        table_name="room_member",
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.drop_table("room_member")
    op.drop_index("ix_room_invitation_room_id", table_name="room_invitation")
    op.drop_index("ix_room_invitation_person_id", table_name="room_invitation")
    op.drop_index("ix_room_invitation_made_by_id", table_name="room_invitation")
    op.drop_index("ix_room_invitation_expires_at", table_name="room_invitation")
    op.drop_table("room_invitation")
    op.drop_index("ix_room_event_room_id_id", table_name="room_event")
    op.drop_index("ix_room_event_actor_id", table_name="room_event")
    op.drop_table("room_event")
    op.drop_index(
        "uq_room_organisation_id", table_name="room", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_index("ix_room_organisation_id", table_name="room")
    op.drop_index("ix_room_made_by_id", table_name="room")
    op.drop_index(
        "ix_room_closed_at", table_name="room", postgresql_where=sa.text("closed_at IS NOT NULL")
    )
    op.drop_table("room")
