"""Proposals to unmark the protected, names of parties by their beginning, tasks kept by key."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "protection_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome = 'withdrawn' OR decided_by_id <> proposed_by_id",
            name=op.f("ck_protection_proposal_four_eyes"),
        ),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'refused', 'withdrawn')",
            name=op.f("ck_protection_proposal_outcome"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_protection_proposal_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_protection_proposal_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_protection_proposal_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_protection_proposal_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_protection_proposal_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_proposal")),
    )
    op.create_index(
        "ix_protection_proposal_case_id", "protection_proposal", ["case_id"], unique=False
    )
    op.create_index(
        "ix_protection_proposal_decided_by_id",
        "protection_proposal",
        ["decided_by_id"],
        unique=False,
    )
    op.create_index(
        "ix_protection_proposal_person_id", "protection_proposal", ["person_id"], unique=False
    )
    op.create_index(
        "ix_protection_proposal_proposed_by_id",
        "protection_proposal",
        ["proposed_by_id"],
        unique=False,
    )
    op.create_index(
        "uq_protection_proposal_case_id",
        "protection_proposal",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "uq_protection_proposal_person_id",
        "protection_proposal",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "ix_case_authority_id_protected",
        "case",
        ["authority_id"],
        unique=False,
        postgresql_where=sa.text("protected"),
    )
    op.create_index(
        "ix_case_party_names",
        "case",
        [sa.literal_column("to_tsvector('simple', party_text)")],
        unique=False,
        postgresql_using="gin",
    )
    op.add_column("case_task", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column(
        "case_task",
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )

    op.create_check_constraint(
        op.f("ck_case_task_said_or_known"), "case_task", "(kind IS NULL) = (what <> '')"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_case_task_said_or_known"), "case_task")
    op.drop_column("case_task", "facts")
    op.drop_column("case_task", "kind")
    op.drop_index("ix_case_party_names", table_name="case", postgresql_using="gin")
    op.drop_index(
        "ix_case_authority_id_protected", table_name="case", postgresql_where=sa.text("protected")
    )
    op.drop_index(
        "uq_protection_proposal_person_id",
        table_name="protection_proposal",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index(
        "uq_protection_proposal_case_id",
        table_name="protection_proposal",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index("ix_protection_proposal_proposed_by_id", table_name="protection_proposal")
    op.drop_index("ix_protection_proposal_person_id", table_name="protection_proposal")
    op.drop_index("ix_protection_proposal_decided_by_id", table_name="protection_proposal")
    op.drop_index("ix_protection_proposal_case_id", table_name="protection_proposal")
    op.drop_table("protection_proposal")
