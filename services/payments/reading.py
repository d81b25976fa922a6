"""Reading files from the bank: every payment is booked, and placed where its reference says.

A file is looked through whole, and refused whole, before anything of it is booked. It is then
booked in parts, so that nobody waits for a large one; whoever reads a file that was broken off
goes on where it was. The same file, and the same payment in another file, is booked once.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from services.audit.log import record
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import files, ledger, matching, settling
from services.payments.bank_file import BankFormat, BankRow, Survey, wrong
from services.payments.books import EntryKind
from services.payments.incoming import FileState, IncomingFile, IncomingRow
from services.payments.ledger import About, Leg, Voucher
from services.payments.lifecycle import Covered
from services.payments.matching import Match, Wanted
from services.payments.models import Order, Payment

AT_ONCE = 250
BANKGIRO = re.compile(r"\d{7,8}")


@dataclass
class Standing:
    """How a reading stands: accounts by day, so that they are looked up once."""

    work: Work
    file: IncomingFile
    legs: dict[tuple[str, date], Leg]
    days: dict[date, date]

    def leg(self, purpose: str, amount: Money, on: date) -> Leg:
        """A leg on one of the ledger's own accounts."""
        if (purpose, on) not in self.legs:
            self.legs[(purpose, on)] = ledger.own(self.work.session, purpose, Money(0), on)
        found = self.legs[(purpose, on)]
        return Leg(found.account, amount, found.responsibility, found.activity)

    def booking_day(self, day: date) -> date:
        """The day to book what was paid on a day."""
        if day not in self.days:
            today = ledger.today(self.work)
            self.days[day] = ledger.booking_day(self.work.session, day, today)
        return self.days[day]


@dataclass(frozen=True)
class Taken:
    """A file that has been found right, and how much of it was booked before."""

    file_id: UUID
    format: BankFormat
    survey: Survey
    done: int


def take(work: Work, file: BinaryIO, *, allow_test: bool) -> Taken:
    """Look a file through to its end, and note that it is here.

    Raises what `looked_through` raises, and Conflict("file-read-before").
    """
    known = known_by(work, checksum := checksum_of(file))
    if known is not None and known.state == FileState.DONE:
        raise Conflict("file-read-before")
    told, survey = looked_through(work, file, allow_test=allow_test)
    if known is None:
        known = noted(work, checksum, told.key, survey)
    begin(work, known)
    return Taken(known.id, told, survey, known.done)


def known_by(work: Work, checksum: str) -> IncomingFile | None:
    """What is known of a file, by the checksum of its bytes."""
    return work.session.scalar(select(IncomingFile).where(IncomingFile.sha256 == checksum))


def looked_through(work: Work, file: BinaryIO, *, allow_test: bool) -> tuple[BankFormat, Survey]:
    """The format of a file and what it holds, once it has been found right to its end.

    Raises Invalid("bank-file", fault=…, line=…) when anything in it is wrong, when it tells of
    another bankgiro than ours ("account"), or when it is a test ("test") where that is not allowed.
    """
    told = files.recognised(file)
    survey = told.survey(file)
    if survey.is_test and not allow_test:
        raise wrong("test", 1)
    ours = _own_bankgiro(work)
    if ours is not None and any(
        BANKGIRO.fullmatch(each) and each != ours for each in survey.accounts
    ):
        raise wrong("account", 1)
    return told, survey


def _own_bankgiro(work: Work) -> str | None:
    """The number that invoices are paid to; None where none are sent. An IBAN is not compared."""
    invoices = work.resources["providers"].get("invoice")
    return "".join(filter(str.isdecimal, invoices.settings.bankgiro)) if invoices else None


def begin(work: Work, file: IncomingFile) -> None:
    """From now on a file is being booked."""
    file.state = (FileState.READING if file.done < file.rows else FileState.DONE).value
    file.fault = file.fault_line = None
    file.confirmed_at, file.confirmed_by_id = work.now, work.actor.person_id


def parts(file: BinaryIO, taken: Taken) -> Iterator[list[BankRow]]:
    """The payments that are left to book, some at a time."""
    rows = (row for row in taken.format.rows(file, taken.survey) if row.position > taken.done)
    while part := list(islice(rows, AT_ONCE)):
        yield part


def book(work: Work, file_id: UUID, rows: Sequence[BankRow]) -> int:
    """Book a part of a file, in a unit of work of its own; returns how much of it is done.

    Raises Conflict("file-being-read") when somebody else has booked this part.
    """
    query = select(IncomingFile).where(IncomingFile.id == file_id).with_for_update()
    file = work.session.scalars(query.execution_options(populate_existing=True)).one()
    if rows[0].position != file.done + 1:
        raise Conflict("file-being-read")
    fresh = _new(work, rows)
    file.done = rows[-1].position
    file.matched += _book(Standing(work, file, {}, {}), fresh)
    if file.done == file.rows:
        file.state = FileState.DONE.value
        record(work, "payments:read-file", file.id, rows=file.rows, ore=file.total_ore)
    return file.done


def checksum_of(file: BinaryIO) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    file.seek(0)
    sha256 = hashlib.sha256()
    while part := file.read(1 << 20):
        sha256.update(part)
    return sha256.hexdigest()


def noted(
    work: Work, checksum: str, kind: str, survey: Survey, name: str | None = None
) -> IncomingFile:
    """Note that a file is here. Raises Conflict("file-being-read")."""
    facts = {
        "id": new_id(),
        "kind": kind,
        "sha256": checksum,
        "name": name,
        "state": FileState.WAITING.value,
        "accounts": list(survey.accounts),
        "first_on": survey.first_on,
        "last_on": survey.last_on,
        "made_at": survey.made_at,
        "rows": survey.rows,
        "matched": 0,
        "done": 0,
        "total_ore": survey.total.ore,
        "read_at": work.now,
        "read_by_id": work.actor.person_id,
    }
    # Whoever reads the same file at the same time waits here, and is then told that it is read.
    taken = work.session.execute(
        postgresql.insert(IncomingFile)
        .values(facts)
        .on_conflict_do_nothing(index_elements=["sha256"])
        .returning(IncomingFile.id)
    ).scalar_one_or_none()
    if taken is None:
        raise Conflict("file-being-read")
    return work.session.get_one(IncomingFile, taken)


def _new(work: Work, rows: Sequence[BankRow]) -> list[BankRow]:
    """Those that no other file has told of. Raises Invalid when a file tells one twice."""
    names = {row.bank_reference for row in rows}
    if len(names) < len(rows):
        raise Invalid("bank-file", fault="twice", line=rows[0].position)
    known = set(
        work.session.scalars(
            select(IncomingRow.bank_reference).where(IncomingRow.bank_reference.in_(names))
        )
    )
    return [row for row in rows if row.bank_reference not in known]


def _book(standing: Standing, rows: Sequence[BankRow]) -> int:
    if not rows:
        return 0
    wanted = matching.wanted(standing.work, rows)
    vouchers: list[Voucher] = []
    matched = 0
    for row in rows:
        match = matching.match(row, wanted)
        kept = _kept(standing, row, match, wanted)
        vouchers += _vouchers(standing, row, kept.id, match, wanted)
        standing.work.session.add(kept)
        matched += not match.left
    ledger.book_all(standing.work, vouchers)
    _close_payments(standing.work, wanted)
    return matched


def _kept(standing: Standing, row: BankRow, match: Match, wanted: Wanted) -> IncomingRow:
    is_left = bool(match.left)
    return IncomingRow(
        id=new_id(),
        file_id=standing.file.id,
        position=row.position,
        bank_reference=row.bank_reference,
        account=row.account,
        reference=" ".join(row.references) or None,
        amount_ore=row.amount.ore,
        left_ore=match.left.ore,
        paid_on=row.paid_on,
        payer_name=row.payer_name if is_left else None,
        payer_index=wanted.payer_index(row) if is_left else None,
        message=row.message if is_left else None,
        state="unmatched" if is_left else "matched",
        fault=match.fault,
        order_id=match.parts[0][0].id if match.parts else None,
    )


def _vouchers(
    standing: Standing, row: BankRow, row_id: UUID, match: Match, wanted: Wanted
) -> Iterator[Voucher]:
    """One voucher for what came in; one more for each order when it was for several."""
    on = standing.booking_day(row.paid_on)
    about = About(incoming_row_id=row_id)
    bank = standing.leg("bank", row.amount, on)
    if len(match.parts) == 1:
        legs = [bank, standing.leg("unmatched", -match.left, on)]
        came = Voucher(EntryKind.INCOMING, legs, Money(0), about, on)
        yield _for_order(standing, came, match.parts[0], wanted)
        return
    legs = [bank, standing.leg("unmatched", -row.amount, on)]
    yield Voucher(EntryKind.INCOMING, legs, Money(0), about, on)
    for order, taken in match.parts:
        placed = [standing.leg("unmatched", taken, on)]
        came = Voucher(EntryKind.PLACED, placed, Money(0), about, on)
        yield _for_order(standing, came, (order, taken), wanted)


def _for_order(
    standing: Standing, came: Voucher, part: tuple[Order, Money], wanted: Wanted
) -> Voucher:
    order, taken = part
    claim = standing.leg("receivable", Money(0), came.on)
    against = ledger.arrived(order, wanted.lines[order.id], taken, claim)
    return received(standing.work, came, part, against, wanted.payments.get(order.id))


def received(
    work: Work,
    came: Voucher,
    part: tuple[Order, Money],
    against: Sequence[Leg],
    payment: Payment | None,
) -> Voucher:
    """Count what has come for an order by the bank, and complete the voucher of it."""
    order, taken = part
    settling.receive(work, order, taken)
    invoice = payment if payment is not None and payment.provider == "invoice" else None
    if invoice is not None:
        invoice.paid_ore += taken.ore
    about = About(
        order,
        payment_id=invoice.id if invoice else None,
        incoming_row_id=came.about.incoming_row_id,
    )
    return Voucher(came.kind, [*came.legs, *against], taken, about, came.on)


def _close_payments(work: Work, wanted: Wanted) -> None:
    for order_id, payment in wanted.payments.items():
        order = wanted.orders[order_id]
        if not order.outstanding:
            close(work, order, payment)


def close(work: Work, order: Order, payment: Payment) -> None:
    """An invoice that is paid is done; any other attempt to pay what has been paid is stopped."""
    if payment.provider == "invoice":
        paid_at = datetime.combine(ledger.today(work), time(12), UTC)
        settling.happened(work, order, payment, Covered(min(paid_at, work.now)))
    else:
        settling.stop_live(work, order)
