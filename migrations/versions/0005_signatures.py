"""Tables for signatures, and cases that wait for one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "state IN ('requested', 'signed', 'refused', 'expired', 'withdrawn')"
# A signature that has been made is proof: nothing about it is written over.
KEPT = """
CREATE TRIGGER signature_kept BEFORE UPDATE ON signature
  FOR EACH ROW WHEN (OLD.state = 'signed') EXECUTE FUNCTION refuse_change();
"""
NOT_RECEIVED = "(state IN ('draft', 'awaiting_signature'))"
RECEIVED = {"numbered_when_received": "number", "dated_when_received": "received_at"}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_requests()
    _create_signatures()
    _create_attempts()
    op.execute(KEPT)
    _check_cases(NOT_RECEIVED)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "UPDATE \"case\" SET state = 'draft', status = 'draft' WHERE state = 'awaiting_signature'"
    )
    _check_cases("(state = 'draft')")
    op.drop_table("signing_attempt")
    op.drop_table("signature")
    op.drop_table("signature_request")


def _check_cases(condition: str) -> None:
    for name, column in RECEIVED.items():
        op.execute(f'ALTER TABLE "case" DROP CONSTRAINT ck_case_{name}')
        op.execute(
            f'ALTER TABLE "case" ADD CONSTRAINT ck_case_{name}'
            f" CHECK ({condition} = ({column} IS NULL))"
        )


def _create_requests() -> None:
    op.create_table(
        "signature_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("signed_checksum", sa.Text(), nullable=True),
        sa.Column("bound_to", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(STATES, name="ck_signature_request_state"),
        sa.CheckConstraint(
            "(state = 'requested') = (settled_at IS NULL)", name="ck_signature_request_settled"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name="fk_signature_request_asked_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_signature_request"),
    )
    op.create_index(
        "ix_signature_request_owner_id", "signature_request", ["owner_id", "created_at"]
    )
    op.create_index("ix_signature_request_asked_by_id", "signature_request", ["asked_by_id"])
    op.create_index(
        "ix_signature_request_open",
        "signature_request",
        ["expires_at"],
        postgresql_where=sa.text("state = 'requested'"),
    )


def _create_signatures() -> None:
    op.create_table(
        "signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("capacity", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assurance", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint(STATES, name="ck_signature_state"),
        sa.CheckConstraint(
            "(state = 'signed') = (report IS NOT NULL AND evidence IS NOT NULL"
            " AND signed_at IS NOT NULL AND assurance IS NOT NULL)",
            name="ck_signature_proven_when_signed",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["signature_request.id"], name="fk_signature_request_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_signature_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signature"),
        sa.UniqueConstraint("request_id", "person_id", name="uq_signature_request_id_person_id"),
    )
    op.create_index("ix_signature_person_id", "signature", ["person_id", "asked_at"])


def _create_attempts() -> None:
    op.create_table(
        "signing_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("cookie_hash", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("increment", sa.LargeBinary(), nullable=False),
        sa.Column("reserved_from", sa.BigInteger(), nullable=False),
        sa.Column("reserved_to", sa.BigInteger(), nullable=False),
        sa.Column("document_digest", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("attribute", sa.Text(), nullable=False),
        sa.Column("identifier_sealed", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name="fk_signing_attempt_signature_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_signing_attempt"),
        sa.UniqueConstraint("cookie_hash", name="uq_signing_attempt_cookie_hash"),
        sa.UniqueConstraint("message_id", name="uq_signing_attempt_message_id"),
    )
    op.create_index("ix_signing_attempt_signature_id", "signing_attempt", ["signature_id"])
    op.create_index("ix_signing_attempt_expires_at", "signing_attempt", ["expires_at"])
