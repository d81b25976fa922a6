"""What every format of incoming payments promises, and the words in which it tells them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Protocol

from services.kernel.errors import Invalid
from services.kernel.money import Money


@dataclass(frozen=True)
class Survey:
    """A file that has been looked through to its end, and found to be what it says.

    `days` are those of its deposits, in order, for formats that tell them last. `accounts` are
    those that it tells of, and `first_on` and `last_on` its first and last day; none without rows.
    """

    rows: int
    total: Money
    made_at: datetime | None
    is_test: bool
    days: tuple[date, ...] = ()
    accounts: tuple[str, ...] = ()
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class BankRow:
    """A payment, or a deduction (negative). `bank_reference` is the bank's own name of it.

    `references` are those that whoever paid gave, as digits where they are digits: one, or
    several when one payment is for several invoices.
    """

    position: int
    bank_reference: str
    account: str
    amount: Money
    paid_on: date
    references: tuple[str, ...] = ()
    payer_name: str | None = None
    payer_number: str | None = None
    message: str | None = None


class BankFormat(Protocol):
    """A format. Files are read as streams: they may be larger than our memory.

    Whatever is wrong anywhere refuses the whole file, with Invalid("bank-file", fault=…, line=…).
    """

    @property
    def key(self) -> str:
        """Its name."""
        ...

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins so is of this format."""
        ...

    def survey(self, file: BinaryIO) -> Survey:
        """Look the whole file through, with all its sums."""
        ...

    def rows(self, file: BinaryIO, survey: Survey) -> Iterator[BankRow]:
        """Its payments, one by one, after it has been surveyed."""
        ...


def wrong(fault: str, line: int) -> Invalid:
    """The refusal of a file; `fault` is a code."""
    return Invalid("bank-file", fault=fault, line=line)
