"""BgMax: incoming bankgiro payments in records of 80 characters (domain reference §5.4).

A file is refused whole when a record is unknown, out of place or malformed, or when any of its
sums and counts is not what its records add up to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from services.kernel.money import Money
from services.kernel.numbers import SWEDEN
from services.payments.bank_file import BankRow, Survey, wrong

LENGTH = 80
LONGEST_LINE = LENGTH + 2
# What may stand after what: a deposit closes its section, and nothing stands after the end.
PAYING = {"20", "21"}
DETAILS = {"22", "23", "25", "26", "27", "28", "29"}
AFTER = {
    "": {"01"},
    "01": {"05", "70"},
    "05": {"20", "21", "15"},
    **dict.fromkeys(PAYING | DETAILS, PAYING | DETAILS | {"15"}),
    "15": {"05", "20", "21", "70"},
    "70": set(),
}


@dataclass(frozen=True)
class Record:
    """A record with its place; positions are counted from 1, as the manual does."""

    line: int
    text: str

    @property
    def kind(self) -> str:
        """The transaction code."""
        return self.text[:2]

    def part(self, first: int, last: int) -> str:
        """What stands from one position to another, without blanks around it."""
        return self.text[first - 1 : last].strip()

    def number(self, first: int, last: int) -> int:
        """A whole number there."""
        digits = self.text[first - 1 : last]
        if not (digits.isascii() and digits.isdecimal()):
            raise wrong("number", self.line)
        return int(digits)

    def day(self, first: int, last: int) -> date:
        """A day there, ÅÅÅÅMMDD."""
        try:
            return datetime.strptime(self.part(first, last), "%Y%m%d").date()
        except ValueError as fault:
            raise wrong("day", self.line) from fault


@dataclass
class _Sums:
    """What has been added up so far, of the section and of the file."""

    payments: int = 0
    deductions: int = 0
    extra: int = 0
    deposits: int = 0
    section_ore: int = 0
    section_count: int = 0
    total_ore: int = 0
    days: list[date] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)


class BgMax:
    """The format."""

    key = "bgmax"

    def recognises(self, head: bytes) -> bool:
        """It begins by its name."""
        return head.startswith(b"01BGMAX ")

    def survey(self, file: BinaryIO) -> Survey:
        """Look through all records, their order, counts and sums."""
        sums, first, last = _Sums(), None, ""
        for record in records(file):
            if record.kind not in AFTER[last]:
                raise wrong("record" if record.kind not in AFTER else "order", record.line)
            first = first or record
            last = record.kind
            _counted(sums, record)
        if last != "70" or first is None:
            raise wrong("end", 0)
        return Survey(
            rows=sums.payments + sums.deductions,
            total=Money(sums.total_ore),
            made_at=_made_at(first),
            is_test=_is_test(first),
            days=tuple(sums.days),
            accounts=tuple(sorted(sums.accounts)),
            first_on=min(sums.days, default=None),
            last_on=max(sums.days, default=None),
        )

    def rows(self, file: BinaryIO, survey: Survey) -> Iterator[BankRow]:
        """Payments and deductions, each with what is told of it after it."""
        account, deposit, position = "", 0, 0
        group: list[Record] = []
        for record in records(file):
            if record.kind in DETAILS:
                group.append(record)
                continue
            if group:
                position += 1
                yield _row(group, account, position, survey.days[deposit])
                group = []
            if record.kind == "05":
                account = _account(record)
            elif record.kind == "15":
                deposit += 1
            elif record.kind in PAYING:
                group = [record]


def records(file: BinaryIO) -> Iterator[Record]:
    """The records, one at a time; blanks at the end of a line may be lost on the way."""
    file.seek(0)
    line = 0
    while raw := file.readline(LONGEST_LINE + 1):
        line += 1
        text = raw.decode("latin-1").rstrip("\r\n")
        if len(raw) > LONGEST_LINE or len(text) > LENGTH:
            raise wrong("length", line)
        if any(not letter.isprintable() and letter != "\u00a0" for letter in text):
            raise wrong("character", line)
        if text:
            yield Record(line, text.ljust(LENGTH))


def _counted(sums: _Sums, record: Record) -> None:
    match record.kind:
        case "01":
            if record.part(3, 22) != "BGMAX" or record.part(23, 24) != "01":
                raise wrong("version", record.line)
        case "05":
            _require(record.part(23, 25) == "SEK", "currency", record)
            record.number(3, 12)
            sums.accounts.add(_account(record))
        case "20" | "21":
            _add(sums, record)
        case "22" | "23":
            sums.extra += 1
            record.number(38, 55)
        case "15":
            _close_section(sums, record)
        case "70":
            _require(record.number(3, 10) == sums.payments, "count", record)
            _require(record.number(11, 18) == sums.deductions, "count", record)
            _require(record.number(19, 26) == sums.extra, "count", record)
            _require(record.number(27, 34) == sums.deposits, "count", record)


def _add(sums: _Sums, record: Record) -> None:
    ore = record.number(38, 55)
    _require(ore > 0, "amount", record)
    _require(record.part(56, 56) in "012345", "reference", record)
    is_payment = record.kind == "20"
    sums.section_ore += ore if is_payment else -ore
    sums.section_count += 1
    sums.payments += is_payment
    sums.deductions += not is_payment


def _close_section(sums: _Sums, record: Record) -> None:
    _require(record.part(69, 71) == "SEK", "currency", record)
    _require(record.number(51, 68) == sums.section_ore, "sum", record)
    _require(record.number(72, 79) == sums.section_count, "count", record)
    sums.days.append(record.day(38, 45))
    sums.total_ore += sums.section_ore
    sums.section_ore = sums.section_count = 0
    sums.deposits += 1


def _account(record: Record) -> str:
    return record.part(3, 12).lstrip("0")


def _require(holds: bool, fault: str, record: Record) -> None:
    if not holds:
        raise wrong(fault, record.line)


def _made_at(first: Record) -> datetime:
    try:
        told = datetime.strptime(first.part(25, 44), "%Y%m%d%H%M%S%f")
    except ValueError as fault:
        raise wrong("day", first.line) from fault
    return told.replace(tzinfo=SWEDEN)


def _is_test(first: Record) -> bool:
    _require(first.part(45, 45) in ("P", "T"), "version", first)
    return first.part(45, 45) == "T"


def _row(group: list[Record], account: str, position: int, paid_on: date) -> BankRow:
    first = group[0]
    ore = first.number(38, 55)
    serial = first.part(58, 69)
    told = {kind: [each for each in group if each.kind == kind] for kind in DETAILS}
    references = [_reference(each) for each in (first, *told["22"])]
    number = told["29"][0].part(3, 14).lstrip("0") if told["29"] else None
    message = " ".join(each.part(3, 52) for each in told["25"])
    return BankRow(
        position=position,
        bank_reference=f"{account}/{paid_on:%Y%m%d}/{serial or f'rad {position}'}",
        account=account,
        amount=Money(ore if first.kind == "20" else -ore),
        paid_on=paid_on,
        references=tuple(each for each in references if each),
        payer_name=told["26"][0].part(3, 37) or None if told["26"] else None,
        payer_number=number or None,
        message=message or None,
    )


def _reference(record: Record) -> str:
    """The reference that was given; none of the codes for "no reference" has one."""
    if record.part(56, 56) in ("0", "1"):
        return ""
    return record.part(13, 37)


FORMAT = BgMax()
