"""The ledger's tables: entries that balance, postings, vouchers' numbers, months that are closed.

The database itself refuses an entry that does not balance, one that is changed, and one that is
dated in a closed month; the triggers stand in the migration.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class EntryKind(StrEnum):
    """What an entry tells of."""

    INVOICE = "invoice"
    CREDIT = "credit"
    PAYMENT = "payment"
    INCOMING = "incoming"
    PLACED = "placed"
    REFUND = "refund"
    WRITE_OFF = "write_off"
    CORRECTION = "correction"
    PAYOUT = "payout"
    RETURN = "return"


class AdjustmentKind(StrEnum):
    """What two persons may do to the ledger by hand."""

    WRITE_OFF = "write_off"
    CORRECTION = "correction"
    PAYOUT = "payout"
    RETURN = "return"


class VoucherSeries(Base):
    """How many vouchers a series has this year; its row is locked while one is numbered."""

    __tablename__ = "voucher_series"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Entry(Base):
    """A voucher: what happened, when it is booked, and what it was about; only ever added.

    `amount_ore` is what the order's sums changed by, or what came in when there is no order.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("series", "year", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("year = extract(year from booked_on)", name="year"),
        CheckConstraint("posting_count >= 2", name="posting_count"),
        Index("ix_ledger_entry_booked_on", "booked_on", "series", "number"),
        Index("ix_ledger_entry_order_id", "order_id", "id"),
        Index("ix_ledger_entry_payment_id", "payment_id"),
        # What has happened once is booked once, whoever tries again.
        Index("uq_ledger_entry_payment", "payment_id", unique=True,
              postgresql_where=text("kind = 'payment'")),
        Index("uq_ledger_entry_refund_id", "refund_id", unique=True),
        Index("uq_ledger_entry_adjustment_id", "adjustment_id", unique=True),
        Index("uq_ledger_entry_incoming_row_id", "incoming_row_id", unique=True,
              postgresql_where=text("kind = 'incoming'")),
        Index("ix_ledger_entry_incoming_row_id", "incoming_row_id"),
        Index("ix_ledger_entry_booked_by_id", "booked_by_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    series: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    booked_on: Mapped[date]
    kind: Mapped[str]
    text: Mapped[str]
    amount_ore: Mapped[int]
    posting_count: Mapped[int]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_order.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"))
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_refund.id"))
    adjustment_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_adjustment.id"))
    incoming_row_id: Mapped[UUID | None] = mapped_column(ForeignKey("incoming_row.id"))
    booked_at: Mapped[datetime]
    booked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class Posting(Base):
    """One amount on one account; debit is positive, credit negative; only ever added."""

    __tablename__ = "ledger_posting"
    __table_args__ = (CheckConstraint("amount_ore <> 0", name="amount_ore"),)

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    responsibility: Mapped[str | None]
    activity: Mapped[str | None]
    project: Mapped[str | None]
    amount_ore: Mapped[int]


class Adjustment(Base):
    """What one person wants to book by hand, and another attests: never the same, never one's own.

    `postings` are those that will be booked, as they were when they were asked for. Money that
    goes back to whoever paid it, though it belonged to nobody here, is "attested" until it has
    been paid out; `receiver_sealed` says to whom.
    """

    __tablename__ = "ledger_adjustment"
    __table_args__ = (
        CheckConstraint("kind IN ('write_off', 'correction', 'payout', 'return')", name="kind"),
        CheckConstraint("state IN ('requested', 'refused', 'attested', 'booked')", name="state"),
        CheckConstraint("requested_by_id <> attested_by_id", name="two_persons"),
        CheckConstraint(
            "state NOT IN ('attested', 'booked') OR attested_by_id IS NOT NULL", name="attested"
        ),
        CheckConstraint("state <> 'attested' OR kind = 'return'", name="to_pay_out"),
        CheckConstraint(
            "(kind = 'return') = (incoming_row_id IS NOT NULL AND receiver_sealed IS NOT NULL)",
            name="return",
        ),
        CheckConstraint("amount_ore > 0", name="amount_ore"),
        Index("ix_ledger_adjustment_order_id", "order_id"),
        Index("ix_ledger_adjustment_incoming_row_id", "incoming_row_id"),
        # Money goes back once: the database itself refuses to have it on its way twice.
        Index("uq_ledger_adjustment_return", "incoming_row_id", unique=True,
              postgresql_where=text("state IN ('requested', 'attested')")),
        Index("ix_ledger_adjustment_requested_by_id", "requested_by_id"),
        Index("ix_ledger_adjustment_attested_by_id", "attested_by_id"),
        Index("ix_ledger_adjustment_waiting", "requested_at",
              postgresql_where=text("state = 'requested'")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_order.id"))
    incoming_row_id: Mapped[UUID | None] = mapped_column(ForeignKey("incoming_row.id"))
    receiver_sealed: Mapped[str | None]
    amount_ore: Mapped[int]
    postings: Mapped[list[Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="requested")
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    attested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    attested_at: Mapped[datetime | None]


class ClosedMonth(Base):
    """A month in which nothing is booked any more; only ever added."""

    __tablename__ = "closed_month"
    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="first_day"),
        Index("ix_closed_month_closed_by_id", "closed_by_id"),
    )

    month: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
