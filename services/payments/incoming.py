"""What comes from outside by file, row by row, and where two sets of books differ."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class FileState(StrEnum):
    """How far a file from the bank has come: looked through, being booked, booked, or refused."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"


class IncomingFile(Base):
    """A file of payments from the bank; the same bytes are never booked twice.

    `done` of its `rows` have been booked, `matched` of those were placed by their references.
    `fault` says why it was refused: nothing of it is booked then, unless `done` says so. What was
    handed in by the browser is kept in the store under its checksum.
    """

    __tablename__ = "incoming_file"
    __table_args__ = (
        CheckConstraint("done <= rows AND matched <= done", name="done"),
        CheckConstraint("state IN ('waiting', 'reading', 'done', 'refused')", name="state"),
        CheckConstraint("(state = 'refused') = (fault IS NOT NULL)", name="fault"),
        CheckConstraint("state <> 'done' OR done = rows", name="all_done"),
        Index("ix_incoming_file_read_by_id", "read_by_id"),
        Index("ix_incoming_file_confirmed_by_id", "confirmed_by_id"),
        Index("ix_incoming_file_read_at", text("read_at DESC"), text("id DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime | None]
    rows: Mapped[int]
    done: Mapped[int]
    matched: Mapped[int]
    total_ore: Mapped[int]
    read_at: Mapped[datetime]
    read_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    name: Mapped[str | None]
    accounts: Mapped[list[str]]
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    fault: Mapped[str | None]
    fault_line: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class IncomingRow(Base):
    """One payment of a file, or a deduction from it.

    `bank_reference` is the bank's own name of it: it is booked once, however many files have it.
    `left_ore` is what of it stands on the account for unmatched payments still.
    `payer_index` is a blind index of the payer's organisation number; names and texts are what
    a person needs to find out whose money it is, and go when it is placed.
    """

    __tablename__ = "incoming_row"
    __table_args__ = (
        UniqueConstraint("file_id", "position"),
        UniqueConstraint("bank_reference"),
        CheckConstraint("state IN ('matched', 'unmatched', 'placed', 'returned')", name="state"),
        CheckConstraint("amount_ore <> 0", name="amount_ore"),
        CheckConstraint("(state = 'unmatched') = (left_ore <> 0)", name="left_ore"),
        Index("ix_incoming_row_order_id", "order_id"),
        Index("ix_incoming_row_placed_by_id", "placed_by_id"),
        Index("ix_incoming_row_waiting", "paid_on", "id",
              postgresql_where=text("state = 'unmatched'")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_file.id"))
    position: Mapped[int]
    bank_reference: Mapped[str]
    account: Mapped[str]
    reference: Mapped[str | None]
    amount_ore: Mapped[int]
    left_ore: Mapped[int]
    paid_on: Mapped[date]
    payer_name: Mapped[str | None]
    payer_index: Mapped[str | None]
    message: Mapped[str | None]
    state: Mapped[str]
    fault: Mapped[str | None]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_order.id"))
    placed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime | None]


class Difference(Base):
    """Where a provider's books and ours differ. It is never mended silently: a person explains it."""

    __tablename__ = "book_difference"
    __table_args__ = (
        UniqueConstraint("provider", "day", "kind", "reference"),
        CheckConstraint(
            "kind IN ('missing_here', 'missing_there', 'amount', 'contradiction')", name="kind"
        ),
        CheckConstraint("(explained_at IS NULL) = (explanation IS NULL)", name="explained"),
        Index("ix_book_difference_explained_by_id", "explained_by_id"),
        Index("ix_book_difference_open", "day", "id",
              postgresql_where=text("explained_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    provider: Mapped[str]
    day: Mapped[date]
    kind: Mapped[str]
    reference: Mapped[str]
    ours_ore: Mapped[int | None]
    theirs_ore: Mapped[int | None]
    found_at: Mapped[datetime]
    explanation: Mapped[str | None]
    explained_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    explained_at: Mapped[datetime | None]
