"""Tables for payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "ledger_entry",
    "ledger_posting",
    "payment_event",
    "payment_notice",
    "closed_month",
    "payment_order_line",
)
# An entry says how many postings it has. At the commit they must all be there and sum to 0; their
# positions are taken then, so that none can be added to it later.
# Locks 2406 + the month: shared by whoever books in it, alone for whoever closes it. So no entry
# can slip in between the last look at a month and its closing.
FUNCTIONS = """
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  postings bigint;
  balance numeric;
BEGIN
  SELECT count(*), coalesce(sum(amount_ore), 0) INTO postings, balance
    FROM ledger_posting WHERE entry_id = NEW.id;
  IF postings <> NEW.posting_count OR balance <> 0 THEN
    RAISE EXCEPTION 'ledger entry % has % postings that sum to % öre', NEW.id, postings, balance
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_balanced';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION refuse_late_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.position NOT BETWEEN 1 AND (SELECT posting_count FROM ledger_entry WHERE id = NEW.entry_id)
  THEN
    RAISE EXCEPTION 'ledger entry % is written already', NEW.entry_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_written';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(
    2406, (extract(year FROM NEW.booked_on) * 100 + extract(month FROM NEW.booked_on))::int);
  IF EXISTS (SELECT FROM closed_month WHERE month = date_trunc('month', NEW.booked_on)) THEN
    RAISE EXCEPTION 'the month of % is closed', NEW.booked_on
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_month_open';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION wait_for_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(
    2406, (extract(year FROM NEW.month) * 100 + extract(month FROM NEW.month))::int);
  RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced();
CREATE TRIGGER ledger_posting_with_entry BEFORE INSERT ON ledger_posting
  FOR EACH ROW EXECUTE FUNCTION refuse_late_posting();
CREATE TRIGGER ledger_entry_month_open BEFORE INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER closed_month_waits BEFORE INSERT ON closed_month
  FOR EACH ROW EXECUTE FUNCTION wait_for_month();
"""
DROPPED = (
    "closed_month",
    "ledger_posting",
    "ledger_entry",
    "ledger_adjustment",
    "book_difference",
    "incoming_row",
    "incoming_file",
    "payment_notice",
    "payment_refund",
    "payment_event",
    "payment",
    "payment_order_line",
    "payment_order",
    "voucher_series",
    "vat_class",
    "ledger_coding",
    "ledger_code",
    "ledger_account",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SEQUENCE payment_order_number")
    _create_chart()
    _create_orders()
    _create_incoming()
    _create_ledger()
    op.execute(FUNCTIONS)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in DROPPED:
        op.drop_table(table)
    op.execute("DROP SEQUENCE payment_order_number")
    for name in ("unbalanced", "late_posting", "closed_month"):
        op.execute(f"DROP FUNCTION refuse_{name}()")
    op.execute("DROP FUNCTION wait_for_month()")


def _create_chart() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint(
            "purpose", "valid_from", name=op.f("uq_ledger_account_purpose_valid_from")
        ),
    )
    op.create_table(
        "ledger_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "dimension IN ('account', 'responsibility', 'activity', 'project')",
            name=op.f("ck_ledger_code_dimension"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_code")),
        sa.UniqueConstraint(
            "dimension", "code", "valid_from", name=op.f("uq_ledger_code_dimension_code_valid_from")
        ),
    )
    op.create_table(
        "ledger_coding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("vat_class", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_coding")),
        sa.UniqueConstraint(
            "account",
            "responsibility",
            "activity",
            "project",
            "vat_class",
            "valid_from",
            name="uq_ledger_coding_account",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "vat_class",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("(percent = 0) = (account IS NULL)", name=op.f("ck_vat_class_account")),
        sa.CheckConstraint("percent >= 0 AND percent < 100", name=op.f("ck_vat_class_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vat_class")),
        sa.UniqueConstraint("key", "valid_from", name=op.f("uq_vat_class_key_valid_from")),
    )
    op.create_table(
        "voucher_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_voucher_series")),
    )


def _create_orders() -> None:
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ocr", sa.Text(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("service_slug", sa.Text(), nullable=True),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("payer_person_id", sa.Uuid(), nullable=True),
        sa.Column("payer_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total_ore", sa.BigInteger(), nullable=False),
        sa.Column("received_ore", sa.BigInteger(), nullable=False),
        sa.Column("refunded_ore", sa.BigInteger(), nullable=False),
        sa.Column("recognised_ore", sa.BigInteger(), nullable=False),
        sa.Column("written_off_ore", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ways", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("takes_parts", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("buyer_reference", sa.Text(), nullable=True),
        sa.Column("cost_centre", sa.Text(), nullable=True),
        sa.Column("einvoice_address", sa.Text(), nullable=True),
        sa.Column("access_code_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'part_paid', 'paid', 'cancelled', 'refunded', 'part_refunded', 'written_off')",
            name=op.f("ck_payment_order_state"),
        ),
        sa.CheckConstraint(
            "payer_person_id IS NULL OR payer_organisation_id IS NULL",
            name=op.f("ck_payment_order_one_payer"),
        ),
        sa.CheckConstraint(
            "received_ore >= 0 AND received_ore <= total_ore",
            name=op.f("ck_payment_order_received_ore"),
        ),
        sa.CheckConstraint(
            "recognised_ore >= 0 AND recognised_ore <= total_ore",
            name=op.f("ck_payment_order_recognised_ore"),
        ),
        sa.CheckConstraint(
            "refunded_ore >= 0 AND refunded_ore <= received_ore",
            name=op.f("ck_payment_order_refunded_ore"),
        ),
        sa.CheckConstraint("total_ore > 0", name=op.f("ck_payment_order_total_ore")),
        sa.CheckConstraint("written_off_ore >= 0", name=op.f("ck_payment_order_written_off_ore")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_payment_order_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_payment_order_payer_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["payer_person_id"], ["person.id"], name=op.f("fk_payment_order_payer_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("access_code_hash", name=op.f("uq_payment_order_access_code_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_order_number")),
        sa.UniqueConstraint("ocr", name=op.f("uq_payment_order_ocr")),
    )
    op.create_index(
        "ix_payment_order_authority_id",
        "payment_order",
        ["authority_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_payment_order_closing",
        "payment_order",
        ["open_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'part_paid')"),
    )
    op.create_index(
        "ix_payment_order_due_on",
        "payment_order",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'part_paid')"),
    )
    op.create_index("ix_payment_order_owner_id", "payment_order", ["owner_id"], unique=False)
    op.create_index(
        "ix_payment_order_payer_organisation_id",
        "payment_order",
        ["payer_organisation_id", sa.literal_column("created_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_payment_order_payer_person_id",
        "payment_order",
        ["payer_person_id", sa.literal_column("created_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_payment_order_unpaid_total",
        "payment_order",
        ["total_ore"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'part_paid')"),
    )
    op.create_table(
        "payment_order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_class", sa.Text(), nullable=False),
        sa.Column("vat_percent", sa.BigInteger(), nullable=False),
        sa.Column("vat_account", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(vat_percent = 0) = (vat_account IS NULL)",
            name=op.f("ck_payment_order_line_vat_account"),
        ),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_payment_order_line_amount_ore")),
        sa.CheckConstraint(
            "vat_percent >= 0 AND vat_percent < 100", name=op.f("ck_payment_order_line_vat_percent")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_order_line_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order_line")),
        sa.UniqueConstraint(
            "order_id", "position", name=op.f("uq_payment_order_line_order_id_position")
        ),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("paid_reference", sa.Text(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_ore", sa.BigInteger(), nullable=False),
        sa.Column("surplus_ore", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payer_alias_sealed", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("next", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("asks", sa.BigInteger(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("instruction ~ '^[0-9A-F]{32}$'", name=op.f("ck_payment_instruction")),
        sa.CheckConstraint(
            "state IN ('planned', 'asked', 'waiting', 'paid', 'declined', 'failed', 'cancelled', 'expired', 'unknown')",
            name=op.f("ck_payment_state"),
        ),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_payment_amount_ore")),
        sa.CheckConstraint("paid_ore >= 0", name=op.f("ck_payment_paid_ore")),
        sa.CheckConstraint(
            "surplus_ore >= 0 AND surplus_ore <= paid_ore", name=op.f("ck_payment_surplus_ore")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("instruction", name=op.f("uq_payment_instruction")),
    )
    op.create_index(
        "ix_payment_ask_at",
        "payment",
        ["ask_at"],
        unique=False,
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.create_index("ix_payment_order_id", "payment", ["order_id", "id"], unique=False)
    op.create_index(
        "ix_payment_paid_at",
        "payment",
        ["provider", "paid_at"],
        unique=False,
        postgresql_where=sa.text("paid_at IS NOT NULL"),
    )
    op.create_index(
        "ix_payment_provider_reference", "payment", ["provider", "provider_reference"], unique=False
    )
    op.create_index(
        "uq_payment_live",
        "payment",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('planned', 'asked', 'waiting', 'unknown')"),
    )
    op.create_table(
        "payment_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=False),
        sa.Column("state_after", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_event_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
    )
    op.create_index(
        "ix_payment_event_payment_id", "payment_event", ["payment_id", "id"], unique=False
    )
    op.create_table(
        "payment_refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("of_surplus", sa.Boolean(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("asks", sa.BigInteger(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attested_by_id", sa.Uuid(), nullable=True),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "instruction ~ '^[0-9A-F]{32}$'", name=op.f("ck_payment_refund_instruction")
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'refused') OR attested_by_id IS NOT NULL",
            name=op.f("ck_payment_refund_attested"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'refused', 'attested', 'asked', 'done', 'failed')",
            name=op.f("ck_payment_refund_state"),
        ),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_payment_refund_amount_ore")),
        sa.CheckConstraint(
            "requested_by_id <> attested_by_id", name=op.f("ck_payment_refund_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["attested_by_id"], ["person.id"], name=op.f("fk_payment_refund_attested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_refund_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_refund_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_payment_refund_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refund")),
        sa.UniqueConstraint("instruction", name=op.f("uq_payment_refund_instruction")),
    )
    op.create_index(
        "ix_payment_refund_ask_at",
        "payment_refund",
        ["ask_at"],
        unique=False,
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.create_index(
        "ix_payment_refund_attested_by_id", "payment_refund", ["attested_by_id"], unique=False
    )
    op.create_index(
        "ix_payment_refund_order_id", "payment_refund", ["order_id", "id"], unique=False
    )
    op.create_index("ix_payment_refund_payment_id", "payment_refund", ["payment_id"], unique=False)
    op.create_index(
        "ix_payment_refund_requested_by_id", "payment_refund", ["requested_by_id"], unique=False
    )
    op.create_index(
        "ix_payment_refund_waiting",
        "payment_refund",
        ["requested_at"],
        unique=False,
        postgresql_where=sa.text("state = 'requested'"),
    )
    op.create_table(
        "payment_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_notice_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["payment_refund.id"], name=op.f("fk_payment_notice_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notice")),
        sa.UniqueConstraint(
            "provider", "event_id", name=op.f("uq_payment_notice_provider_event_id")
        ),
    )
    op.create_index("ix_payment_notice_payment_id", "payment_notice", ["payment_id"], unique=False)
    op.create_index("ix_payment_notice_refund_id", "payment_notice", ["refund_id"], unique=False)


def _create_incoming() -> None:
    op.create_table(
        "incoming_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("total_ore", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("done <= rows AND matched <= done", name=op.f("ck_incoming_file_done")),
        sa.ForeignKeyConstraint(
            ["read_by_id"], ["person.id"], name=op.f("fk_incoming_file_read_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_incoming_file_sha256")),
    )
    op.create_index("ix_incoming_file_read_by_id", "incoming_file", ["read_by_id"], unique=False)
    op.create_table(
        "incoming_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("left_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=True),
        sa.Column("payer_index", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("placed_by_id", sa.Uuid(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'unmatched') = (left_ore <> 0)", name=op.f("ck_incoming_row_left_ore")
        ),
        sa.CheckConstraint(
            "state IN ('matched', 'unmatched', 'placed', 'returned')",
            name=op.f("ck_incoming_row_state"),
        ),
        sa.CheckConstraint("amount_ore <> 0", name=op.f("ck_incoming_row_amount_ore")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["incoming_file.id"], name=op.f("fk_incoming_row_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_incoming_row_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["person.id"], name=op.f("fk_incoming_row_placed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_row")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_incoming_row_bank_reference")),
        sa.UniqueConstraint("file_id", "position", name=op.f("uq_incoming_row_file_id_position")),
    )
    op.create_index("ix_incoming_row_order_id", "incoming_row", ["order_id"], unique=False)
    op.create_index("ix_incoming_row_placed_by_id", "incoming_row", ["placed_by_id"], unique=False)
    op.create_index(
        "ix_incoming_row_waiting",
        "incoming_row",
        ["paid_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'unmatched'"),
    )
    op.create_table(
        "book_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("ours_ore", sa.BigInteger(), nullable=True),
        sa.Column("theirs_ore", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("explained_by_id", sa.Uuid(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('missing_here', 'missing_there', 'amount', 'contradiction')",
            name=op.f("ck_book_difference_kind"),
        ),
        sa.CheckConstraint(
            "(explained_at IS NULL) = (explanation IS NULL)",
            name=op.f("ck_book_difference_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["explained_by_id"], ["person.id"], name=op.f("fk_book_difference_explained_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_difference")),
        sa.UniqueConstraint(
            "provider",
            "day",
            "kind",
            "reference",
            name=op.f("uq_book_difference_provider_day_kind_reference"),
        ),
    )
    op.create_index(
        "ix_book_difference_explained_by_id", "book_difference", ["explained_by_id"], unique=False
    )
    op.create_index(
        "ix_book_difference_open",
        "book_difference",
        ["day", "id"],
        unique=False,
        postgresql_where=sa.text("explained_at IS NULL"),
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger_adjustment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("postings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attested_by_id", sa.Uuid(), nullable=True),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('write_off', 'correction', 'payout')", name=op.f("ck_ledger_adjustment_kind")
        ),
        sa.CheckConstraint(
            "state <> 'booked' OR attested_by_id IS NOT NULL",
            name=op.f("ck_ledger_adjustment_attested"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'refused', 'booked')", name=op.f("ck_ledger_adjustment_state")
        ),
        sa.CheckConstraint("amount_ore > 0", name=op.f("ck_ledger_adjustment_amount_ore")),
        sa.CheckConstraint(
            "requested_by_id <> attested_by_id", name=op.f("ck_ledger_adjustment_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["attested_by_id"], ["person.id"], name=op.f("fk_ledger_adjustment_attested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_ledger_adjustment_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_ledger_adjustment_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_adjustment")),
    )
    op.create_index(
        "ix_ledger_adjustment_attested_by_id", "ledger_adjustment", ["attested_by_id"], unique=False
    )
    op.create_index(
        "ix_ledger_adjustment_order_id", "ledger_adjustment", ["order_id"], unique=False
    )
    op.create_index(
        "ix_ledger_adjustment_requested_by_id",
        "ledger_adjustment",
        ["requested_by_id"],
        unique=False,
    )
    op.create_index(
        "ix_ledger_adjustment_waiting",
        "ledger_adjustment",
        ["requested_at"],
        unique=False,
        postgresql_where=sa.text("state = 'requested'"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("posting_count", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("adjustment_id", sa.Uuid(), nullable=True),
        sa.Column("incoming_row_id", sa.Uuid(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_ledger_entry_number")),
        sa.CheckConstraint("posting_count >= 2", name=op.f("ck_ledger_entry_posting_count")),
        sa.CheckConstraint(
            "year = extract(year from booked_on)", name=op.f("ck_ledger_entry_year")
        ),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["ledger_adjustment.id"], name=op.f("fk_ledger_entry_adjustment_id")
        ),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["person.id"], name=op.f("fk_ledger_entry_booked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["incoming_row_id"], ["incoming_row.id"], name=op.f("fk_ledger_entry_incoming_row_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_ledger_entry_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_ledger_entry_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["payment_refund.id"], name=op.f("fk_ledger_entry_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "series", "year", "number", name=op.f("uq_ledger_entry_series_year_number")
        ),
    )
    op.create_index("ix_ledger_entry_booked_by_id", "ledger_entry", ["booked_by_id"], unique=False)
    op.create_index(
        "ix_ledger_entry_booked_on", "ledger_entry", ["booked_on", "series", "number"], unique=False
    )
    op.create_index(
        "ix_ledger_entry_incoming_row_id", "ledger_entry", ["incoming_row_id"], unique=False
    )
    op.create_index("ix_ledger_entry_order_id", "ledger_entry", ["order_id", "id"], unique=False)
    op.create_index("ix_ledger_entry_payment_id", "ledger_entry", ["payment_id"], unique=False)
    op.create_index("uq_ledger_entry_adjustment_id", "ledger_entry", ["adjustment_id"], unique=True)
    op.create_index(
        "uq_ledger_entry_incoming_row_id",
        "ledger_entry",
        ["incoming_row_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'incoming'"),
    )
    op.create_index(
        "uq_ledger_entry_payment",
        "ledger_entry",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'payment'"),
    )
    op.create_index("uq_ledger_entry_refund_id", "ledger_entry", ["refund_id"], unique=True)
    op.create_table(
        "ledger_posting",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_ore <> 0", name=op.f("ck_ledger_posting_amount_ore")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_posting_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_ledger_posting")),
    )
    op.create_table(
        "closed_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_closed_month_first_day")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_closed_month_closed_by_id")
        ),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_closed_month")),
    )
    op.create_index("ix_closed_month_closed_by_id", "closed_month", ["closed_by_id"], unique=False)
