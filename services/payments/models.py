"""What is to be paid, each attempt to pay it, and what was said about it.

The ledger and what comes in by file have models of their own, in `books` and `incoming`.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.db import Base, new_id
from services.kernel.money import Money
from services.payments.books import Adjustment, ClosedMonth, Entry, Posting, VoucherSeries
from services.payments.chart import CodeName, Coding, LedgerAccount, VatClass
from services.payments.incoming import Difference, IncomingFile, IncomingRow

__all__ = [
    "Adjustment",
    "ClosedMonth",
    "CodeName",
    "Coding",
    "Difference",
    "Entry",
    "IncomingFile",
    "IncomingRow",
    "LedgerAccount",
    "Notice",
    "Order",
    "OrderLine",
    "OrderState",
    "Payment",
    "PaymentEvent",
    "PaymentState",
    "Posting",
    "Refund",
    "RefundState",
    "VatClass",
    "VoucherSeries",
]

Words = dict[str, str]
# The way of a payment that is a part of one for several orders.
TOGETHER = "together"
# Numbers are never used twice; one that is skipped is no loss, as it would be for a voucher.
ORDER_NUMBERS = Sequence("payment_order_number", metadata=Base.metadata)


class OrderState(StrEnum):
    """How it stands with what is to be paid; always what its sums explain."""

    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PART_REFUNDED = "part_refunded"
    WRITTEN_OFF = "written_off"


class PaymentState(StrEnum):
    """How far one attempt to pay has come; `lifecycle` has the only table of its moves."""

    PLANNED = "planned"
    ASKED = "asked"
    WAITING = "waiting"
    PAID = "paid"
    DECLINED = "declined"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class RefundState(StrEnum):
    """How far money on its way back has come."""

    REQUESTED = "requested"
    REFUSED = "refused"
    ATTESTED = "attested"
    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


def one_of(column: str, states: type[StrEnum]) -> CheckConstraint:
    """The column holds one of the words of an enumeration."""
    words = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({words})", name=column)


class Order(Base):
    """Something to be paid by somebody, in one payment or several.

    `received_ore` is all that has come in for it, `refunded_ore` what has gone back,
    `recognised_ore` what is booked as income, `written_off_ore` what will not come. They are
    the sums of its entries, kept here so that lists need not add them up; `check` compares.
    """

    __tablename__ = "payment_order"
    __table_args__ = (
        one_of("state", OrderState),
        CheckConstraint("total_ore > 0", name="total_ore"),
        CheckConstraint("received_ore >= 0 AND received_ore <= total_ore", name="received_ore"),
        CheckConstraint("refunded_ore >= 0 AND refunded_ore <= received_ore", name="refunded_ore"),
        CheckConstraint("recognised_ore >= 0 AND recognised_ore <= total_ore", name="recognised_ore"),
        CheckConstraint("written_off_ore >= 0", name="written_off_ore"),
        CheckConstraint("parts IS NULL OR (takes_parts AND parts BETWEEN 2 AND 12)", name="parts"),
        CheckConstraint(
            "least_part_ore IS NULL OR (takes_parts AND parts IS NULL AND least_part_ore > 0)",
            name="least_part_ore",
        ),
        CheckConstraint("part_days > 0", name="part_days"),
        CheckConstraint("payer_person_id IS NULL OR payer_organisation_id IS NULL", name="one_payer"),
        Index("ix_payment_order_owner_id", "owner_id"),
        Index("ix_payment_order_authority_id", "authority_id", text("created_at DESC"), text("id DESC")),
        Index("ix_payment_order_payer_person_id", "payer_person_id", text("created_at DESC")),
        Index("ix_payment_order_payer_organisation_id", "payer_organisation_id", text("created_at DESC")),
        Index("ix_payment_order_due_on", "due_on",
              postgresql_where=text("state IN ('open', 'part_paid')")),
        Index("ix_payment_order_closing", "open_until",
              postgresql_where=text("state IN ('open', 'part_paid')")),
        Index("ix_payment_order_unpaid_total", "total_ore",
              postgresql_where=text("state IN ('open', 'part_paid')")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    ocr: Mapped[str] = mapped_column(unique=True)
    owner_kind: Mapped[str]
    owner_id: Mapped[UUID]
    service_slug: Mapped[str | None]
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    payer_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    payer_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    language: Mapped[str]
    description: Mapped[Words] = mapped_column(JSONB)
    total_ore: Mapped[int]
    received_ore: Mapped[int] = mapped_column(default=0)
    refunded_ore: Mapped[int] = mapped_column(default=0)
    recognised_ore: Mapped[int] = mapped_column(default=0)
    written_off_ore: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=OrderState.OPEN)
    ways: Mapped[list[str]]
    # In parts: so many instalments, or any amounts from the least; the rest has so many days.
    takes_parts: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[int | None]
    least_part_ore: Mapped[int | None]
    part_days: Mapped[int | None]
    due_on: Mapped[date | None]
    open_until: Mapped[datetime | None]
    buyer_reference: Mapped[str | None]
    cost_centre: Mapped[str | None]
    einvoice_address: Mapped[str | None]
    # Whom an invoice is sent to, where that is somebody or somewhere else than we know already.
    payer_name: Mapped[str | None]
    payer_address: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    # How many codes for letters have been made; the newest can be made again from the key.
    access_codes: Mapped[int] = mapped_column(default=0)
    access_code_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    dispute_reason: Mapped[str | None]
    cancel_asked_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    # Loaded where they are asked for, by `queries.lines`; here only to be placed with the order.
    lines: Mapped[list["OrderLine"]] = relationship(
        order_by="OrderLine.position", lazy="raise", cascade="save-update"
    )

    @property
    def total(self) -> Money:
        """All that is to be paid."""
        return Money(self.total_ore)

    @property
    def outstanding(self) -> Money:
        """What is left to pay; nothing once it is cancelled or has been paid, even if refunded."""
        if self.cancelled_at is not None:
            return Money(0)
        return Money(max(0, self.total_ore - self.received_ore - self.written_off_ore))

    @property
    def received(self) -> Money:
        """All that has come in."""
        return Money(self.received_ore)

    @property
    def kept(self) -> Money:
        """What has come in and not gone back."""
        return Money(self.received_ore - self.refunded_ore)

    @property
    def claim(self) -> Money:
        """What is booked as income, by an invoice, and has neither come nor been written off."""
        return Money(self.recognised_ore - self.written_off_ore) - self.kept

    @property
    def is_payable(self) -> bool:
        """Whether somebody may begin to pay now."""
        return self.cancel_asked_at is None and bool(self.outstanding)


class OrderLine(Base):
    """One item of an order, with its coding as it was when the order was placed."""

    __tablename__ = "payment_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("amount_ore > 0", name="amount_ore"),
        CheckConstraint("vat_percent >= 0 AND vat_percent < 100", name="vat_percent"),
        CheckConstraint("(vat_percent = 0) = (vat_account IS NULL)", name="vat_account"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"))
    position: Mapped[int]
    words: Mapped[Words] = mapped_column(JSONB)
    amount_ore: Mapped[int]
    vat_class: Mapped[str]
    vat_percent: Mapped[int]
    vat_account: Mapped[str | None]
    account: Mapped[str]
    responsibility: Mapped[str | None]
    activity: Mapped[str | None]
    project: Mapped[str | None]
    explanation: Mapped[list[Any]] = mapped_column(JSONB, default=list)

    @property
    def amount(self) -> Money:
        """The item's amount, VAT included."""
        return Money(self.amount_ore)

    @property
    def tax(self) -> Money:
        """The VAT within it."""
        return self.amount.tax_within(self.vat_percent)


class Payment(Base):
    """One attempt to pay an order, or a part of it, by one provider.

    `ask_at` is when the provider will be asked next; None when nothing more is expected.
    `paid_ore` is what has really come; `surplus_ore` the part of it that the order did not need.
    `together_id` is the order that collects this one and others, and that is really paid.
    """

    __tablename__ = "payment"
    __table_args__ = (
        one_of("state", PaymentState),
        CheckConstraint("amount_ore > 0", name="amount_ore"),
        CheckConstraint("paid_ore >= 0", name="paid_ore"),
        CheckConstraint("surplus_ore >= 0 AND surplus_ore <= paid_ore", name="surplus_ore"),
        CheckConstraint("instruction ~ '^[0-9A-F]{32}$'", name="instruction"),
        CheckConstraint("(provider = 'together') = (together_id IS NOT NULL)", name="together"),
        Index("ix_payment_order_id", "order_id", "id"),
        Index("ix_payment_together_id", "together_id"),
        # One attempt at a time: the database itself refuses a second one that could be paid.
        Index("uq_payment_live", "order_id", unique=True,
              postgresql_where=text("state IN ('planned', 'asked', 'waiting', 'unknown')")),
        Index("ix_payment_ask_at", "ask_at", postgresql_where=text("ask_at IS NOT NULL")),
        Index("ix_payment_provider_reference", "provider", "provider_reference"),
        Index("ix_payment_paid_at", "provider", "paid_at", postgresql_where=text("paid_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"))
    together_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_order.id"))
    provider: Mapped[str]
    instruction: Mapped[str] = mapped_column(unique=True)
    provider_reference: Mapped[str | None]
    paid_reference: Mapped[str | None]
    amount_ore: Mapped[int]
    paid_ore: Mapped[int] = mapped_column(default=0)
    surplus_ore: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=PaymentState.PLANNED)
    payer_alias_sealed: Mapped[str | None]
    language: Mapped[str]
    next: Mapped[dict[str, Any]] = mapped_column(default=dict)
    last_error: Mapped[str | None]
    asks: Mapped[int] = mapped_column(default=0)
    ask_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_ore)


class PaymentEvent(Base):
    """One thing that was done or said about a payment; only ever added."""

    __tablename__ = "payment_event"
    __table_args__ = (Index("ix_payment_event_payment_id", "payment_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    state_before: Mapped[str]
    state_after: Mapped[str]
    effect: Mapped[str]
    details: Mapped[dict[str, Any]]


class Notice(Base):
    """A callback that came, once, whatever it was about; only ever added."""

    __tablename__ = "payment_notice"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        Index("ix_payment_notice_payment_id", "payment_id"),
        Index("ix_payment_notice_refund_id", "refund_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    provider: Mapped[str]
    event_id: Mapped[str]
    verdict: Mapped[str]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"))
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_refund.id"))
    received_at: Mapped[datetime]


class Refund(Base):
    """Money on its way back: asked for by one person, attested by another, then sent.

    `of_surplus` gives back what an order never needed, which is not part of its sums; the
    system asks for those itself (`requested_by_id` is None), and a person attests.
    """

    __tablename__ = "payment_refund"
    __table_args__ = (
        one_of("state", RefundState),
        CheckConstraint("amount_ore > 0", name="amount_ore"),
        CheckConstraint("requested_by_id <> attested_by_id", name="two_persons"),
        CheckConstraint(
            "state IN ('requested', 'refused') OR attested_by_id IS NOT NULL", name="attested"
        ),
        CheckConstraint("instruction ~ '^[0-9A-F]{32}$'", name="instruction"),
        Index("ix_payment_refund_order_id", "order_id", "id"),
        Index("ix_payment_refund_payment_id", "payment_id"),
        Index("ix_payment_refund_requested_by_id", "requested_by_id"),
        Index("ix_payment_refund_attested_by_id", "attested_by_id"),
        Index("ix_payment_refund_ask_at", "ask_at", postgresql_where=text("ask_at IS NOT NULL")),
        Index("ix_payment_refund_waiting", "requested_at",
              postgresql_where=text("state = 'requested'")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("payment_order.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"))
    provider: Mapped[str]
    instruction: Mapped[str] = mapped_column(unique=True)
    provider_reference: Mapped[str | None]
    of_surplus: Mapped[bool] = mapped_column(default=False)
    amount_ore: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=RefundState.REQUESTED)
    last_error: Mapped[str | None]
    asks: Mapped[int] = mapped_column(default=0)
    ask_at: Mapped[datetime | None]
    requested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    attested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    attested_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_ore)
