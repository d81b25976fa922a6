"""The chart: accounts and other codes, which of them go together, VAT, and the ledger's own.

Everything is a row with a first and a last day: the economy department changes it at the turn
of a year, and what was booked before stays explained.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.db import Base, new_id


class CodeName(Base):
    """A code of one dimension and what it is called: account 3110, "Taxor och avgifter"."""

    __tablename__ = "ledger_code"
    __table_args__ = (
        UniqueConstraint("dimension", "code", "valid_from"),
        CheckConstraint(
            "dimension IN ('account', 'responsibility', 'activity', 'project')", name="dimension"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    dimension: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Coding(Base):
    """A combination that may be used. What is None goes with any code of that dimension."""

    __tablename__ = "ledger_coding"
    __table_args__ = (
        UniqueConstraint("account", "responsibility", "activity", "project", "vat_class", "valid_from",
                         name="uq_ledger_coding_account", postgresql_nulls_not_distinct=True),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account: Mapped[str]
    responsibility: Mapped[str | None]
    activity: Mapped[str | None]
    project: Mapped[str | None]
    vat_class: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class VatClass(Base):
    """A class of VAT, its rate in per cent and the account that it is booked on."""

    __tablename__ = "vat_class"
    __table_args__ = (
        UniqueConstraint("key", "valid_from"),
        CheckConstraint("percent >= 0 AND percent < 100", name="percent"),
        CheckConstraint("(percent = 0) = (account IS NULL)", name="account"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    percent: Mapped[int]
    account: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class LedgerAccount(Base):
    """The account that the ledger itself uses for something: "clearing:swish", "receivable"."""

    __tablename__ = "ledger_account"
    __table_args__ = (UniqueConstraint("purpose", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str]
    account: Mapped[str]
    responsibility: Mapped[str | None]
    activity: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
