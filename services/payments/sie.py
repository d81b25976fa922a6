"""The ledger as a SIE file of type 4, for the economy system (SIE-gruppen's specification 4B).

Text in code page 437 with CRLF; amounts with a dot, debit positive; every voucher sums to 0.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments import coding
from services.payments.books import Entry, Posting

# Dimensions 1 and 6 are the specification's own; ours begin at 20.
DIMENSIONS = {"responsibility": (1, "Ansvar"), "activity": (20, "Verksamhet"), "project": (6, "Projekt")}  # fmt: skip
DAY = "%Y%m%d"
REPLACED = str.maketrans(
    {"\u2013": "-", "\u2014": "-", "\u2019": "'", "\u201d": "'", "\u00a0": " "}
)


@dataclass(frozen=True)
class Sender:
    """Whose books they are."""

    name: str
    number: str
    version: str


def lines(session: Session, sender: Sender, first: date, last: date, today: date) -> Iterator[str]:
    """The file, line by line without their ends. Raises Invalid("period") across two years."""
    if first > last or first.year != last.year:
        raise Invalid("period")
    yield from _heading(sender, first, today)
    yield from _chart(session, first, last)
    yield from _vouchers(session, first, last)


def encoded(told: Iterable[str]) -> Iterator[bytes]:
    """The lines as the bytes of the file."""
    for line in told:
        yield _in_cp437(line) + b"\r\n"


def _in_cp437(line: str) -> bytes:
    try:
        return line.encode("cp437")
    except UnicodeEncodeError:
        return b"".join(_letter(letter) for letter in line)


def _letter(letter: str) -> bytes:
    for text in (letter, letter.translate(REPLACED), unicodedata.normalize("NFKD", letter)[0]):
        try:
            return text.encode("cp437")
        except UnicodeEncodeError:
            continue
    return b"?"


def quoted(words: str) -> str:
    """A field in quotation marks; what would end it is escaped, and line ends become spaces."""
    clean = " ".join(words.translate(REPLACED).split())
    clean = "".join(letter for letter in clean if letter.isprintable())
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _heading(sender: Sender, first: date, today: date) -> Iterator[str]:
    yield "#FLAGGA 0"
    yield f"#PROGRAM {quoted('Salem 24')} {quoted(sender.version)}"
    yield "#FORMAT PC8"
    yield f"#GEN {today:{DAY}}"
    yield "#SIETYP 4"
    yield f"#ORGNR {sender.number}"
    yield f"#FNAMN {quoted(sender.name)}"
    yield f"#RAR 0 {first.year}0101 {first.year}1231"


def _chart(session: Session, first: date, last: date) -> Iterator[str]:
    used = _used(session, first, last)
    names = coding.names(session, last)
    for account in sorted({row.account for row in used}):
        yield f"#KONTO {account} {quoted(names.get(('account', account), account))}"
    for number, name in DIMENSIONS.values():
        yield f"#DIM {number} {quoted(name)}"
    for dimension, (number, _) in DIMENSIONS.items():
        for code in sorted({getattr(row, dimension) for row in used} - {None}):
            yield f"#OBJEKT {number} {quoted(code)} {quoted(names.get((dimension, code), code))}"


def _used(session: Session, first: date, last: date) -> list[Any]:
    columns = (Posting.account, Posting.responsibility, Posting.activity, Posting.project)
    query = select(*columns).join(Entry, Entry.id == Posting.entry_id).distinct()
    return list(session.execute(query.where(Entry.booked_on.between(first, last)).limit(20_000)))


def _vouchers(session: Session, first: date, last: date) -> Iterator[str]:
    query = (
        select(Entry.series, Entry.number, Entry.booked_on, Entry.text, Entry.booked_at, Posting)
        .join(Posting, Posting.entry_id == Entry.id)
        .where(Entry.booked_on.between(first, last))
        .order_by(Entry.series, Entry.year, Entry.number, Posting.position)
        .execution_options(yield_per=2000)
    )
    with session.execute(query) as rows:
        for _, postings in groupby(rows, key=lambda row: (row.series, row.number)):
            yield from _voucher(list(postings))


def _voucher(rows: list[Any]) -> Iterator[str]:
    head = rows[0]
    if Money.total(Money(row.Posting.amount_ore) for row in rows):
        raise ValueError(f"voucher {head.series} {head.number} does not balance")
    day = f"{head.booked_on:{DAY}}"
    place = f"{quoted(head.series)} {quoted(str(head.number))}"
    yield f"#VER {place} {day} {quoted(head.text)} {head.booked_at:{DAY}}"
    yield "{"
    for row in rows:
        posting = row.Posting
        objects = " ".join(
            f"{quoted(str(number))} {quoted(getattr(posting, dimension))}"
            for dimension, (number, _) in DIMENSIONS.items()
            if getattr(posting, dimension) is not None
        )
        amount = Money(posting.amount_ore).plain
        yield f"#TRANS {posting.account} {{{objects}}} {amount} {day} {quoted(head.text)}"
    yield "}"
