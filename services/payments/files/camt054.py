"""camt.054: the bank's notice of credits and debits, in XML (ISO 20022; domain reference §5.4).

Read as a stream. A document type, entities and oversized trees are refused: no bank sends them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from lxml import etree

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.kernel.numbers import SWEDEN
from services.payments.bank_file import BankRow, Survey, wrong

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001."
READ = ("GrpHdr", "Acct", "TxsSummry", "TxDtls", "Ntry", "Ntfctn")


@dataclass
class _Entry:
    """What has been read of the entry at hand."""

    rows: int = 0
    ore: int = 0


class Camt054:
    """The format."""

    key = "camt054"

    def recognises(self, head: bytes) -> bool:
        """Its namespace stands at the beginning."""
        return NAMESPACE.encode() in head

    def survey(self, file: BinaryIO) -> Survey:
        """Look through all notices, and add up what each says of itself."""
        rows, total, made_at = 0, 0, None
        accounts: set[str] = set()
        days: set[date] = set()
        for told in _Reading(file):
            if isinstance(told, datetime):
                made_at = told
                continue
            rows += 1
            total += told.amount.ore
            accounts.add(told.account)
            days.add(told.paid_on)
        return Survey(
            rows=rows,
            total=Money(total),
            made_at=made_at,
            is_test=False,
            accounts=tuple(sorted(accounts)),
            first_on=min(days, default=None),
            last_on=max(days, default=None),
        )

    def rows(self, file: BinaryIO, survey: Survey) -> Iterator[BankRow]:
        """The transactions; a debit, or a credit that is taken back, is negative."""
        return (told for told in _Reading(file) if isinstance(told, BankRow))


class _Reading:
    """One reading of a file, from its beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.account = ""
        self.position = 0
        self.entry = _Entry()
        self.summary: tuple[int, int] | None = None
        self.credits = self.entries = 0

    def __iter__(self) -> Iterator[BankRow | datetime]:
        self.file.seek(0)
        parser = etree.iterparse(
            self.file,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            yield from self._told(parser)
        except etree.XMLSyntaxError as fault:
            raise wrong("xml", fault.lineno or 0) from fault

    def _told(self, parser: "etree.iterparse") -> Iterator[BankRow | datetime]:
        root = None
        for event, element in parser:
            if root is None:
                root = element
                _require_document(root)
            if event == "start" or not isinstance(element.tag, str):
                continue
            name = _name(element)
            if name in READ:
                yield from self._read(name, element)

    def _read(self, name: str, element: "etree._Element") -> Iterator[BankRow | datetime]:
        match name:
            case "GrpHdr":
                yield _moment(element, "CreDtTm")
            case "Acct":
                self.account = _text(element, "Id/IBAN") or _text(element, "Id/Othr/Id") or ""
            case "TxsSummry":
                self.summary = _summary(element)
            case "TxDtls":
                yield self._transaction(element)
                _forget(element)
            case "Ntry":
                yield from self._end_of_entry(element)
                _forget(element)
            case "Ntfctn":
                self._end_of_notice(element)
                _forget(element)

    def _transaction(self, details: "etree._Element") -> BankRow:
        entry = details.getparent()
        while entry is not None and _name(entry) != "Ntry":
            entry = entry.getparent()
        if entry is None:
            raise wrong("order", _line(details))
        ore = _amount(details, "Amt", "AmtDtls/TxAmt/Amt")
        if ore is None:
            ore = _amount(entry, "Amt")
        if ore is None:
            raise wrong("amount", _line(details))
        self.entry.rows += 1
        same_way = _sign(details, entry) == _sign(entry)
        self.entry.ore += ore if same_way else -ore
        return self._row(entry, details, ore)

    def _end_of_entry(self, entry: "etree._Element") -> Iterator[BankRow]:
        ore = _amount(entry, "Amt")
        if ore is None or ore <= 0:
            raise wrong("amount", _line(entry))
        if self.entry.rows == 0:
            yield self._row(entry, entry, ore)
        elif self.entry.ore != ore:
            raise wrong("sum", _line(entry))
        counted = _text(entry, "NtryDtls/Btch/NbOfTxs")
        if counted and counted != str(max(1, self.entry.rows)):
            raise wrong("count", _line(entry))
        self.entries += 1
        self.credits += ore if _sign(entry) > 0 else 0
        self.entry = _Entry()

    def _end_of_notice(self, notice: "etree._Element") -> None:
        if self.summary is not None and self.summary != (self.entries, self.credits):
            raise wrong("sum", _line(notice))
        self.summary, self.entries, self.credits = None, 0, 0

    def _row(self, entry: "etree._Element", details: "etree._Element", ore: int) -> BankRow:
        self.position += 1
        paid_on = _day(entry)
        own_name = _text(details, "Refs/AcctSvcrRef") or _text(details, "Refs/TxId")
        batch = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef") or f"{paid_on:%Y%m%d}"
        sign = _sign(details, entry)
        payer = details.find("{*}RltdPties/{*}Dbtr")
        inner = payer.find("{*}Pty") if payer is not None else None
        payer = inner if inner is not None else payer
        message = " ".join(each.text or "" for each in details.findall("{*}RmtInf/{*}Ustrd"))
        return BankRow(
            position=self.position,
            bank_reference=f"{self.account}/{own_name or f'{batch}/{self.position}'}",
            account=self.account,
            amount=Money(sign * ore),
            paid_on=paid_on,
            references=_references(details),
            payer_name=_text(payer, "Nm") if payer is not None else None,
            payer_number=_text(payer, "Id/OrgId/Othr/Id") if payer is not None else None,
            message=message.strip()[:500] or None,
        )


def _require_document(root: "etree._Element") -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise wrong("document-type", 1)
    if not isinstance(root.tag, str) or not root.tag.startswith("{" + NAMESPACE):
        raise wrong("format", 1)


def _name(element: "etree._Element") -> str:
    return str(etree.QName(element).localname)


def _line(element: "etree._Element") -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0


def _text(element: "etree._Element", path: str) -> str | None:
    found = element.find("/".join("{*}" + name for name in path.split("/")))
    words = (found.text or "").strip() if found is not None else ""
    return words or None


def _amount(element: "etree._Element", *paths: str) -> int | None:
    for path in paths:
        found = element.find("/".join("{*}" + name for name in path.split("/")))
        if found is not None:
            if found.get("Ccy") != "SEK":
                raise wrong("currency", _line(found))
            return _ore(found.text or "", found)
    return None


def _ore(text: str, element: "etree._Element") -> int:
    try:
        return Money.kronor(text.strip()).ore
    except Invalid as fault:
        raise wrong("amount", _line(element)) from fault


def _sign(*elements: "etree._Element") -> int:
    """A credit is positive; a debit, or a credit that is taken back, is negative.

    The first element that tells the direction decides.
    """
    told = [_text(element, "CdtDbtInd") for element in elements]
    kind = next((each for each in told if each), None)
    if kind not in ("CRDT", "DBIT"):
        raise wrong("direction", _line(elements[0]))
    return 1 if kind == "CRDT" else -1


def _day(entry: "etree._Element") -> date:
    told = _text(entry, "BookgDt/Dt") or (_text(entry, "BookgDt/DtTm") or "")[:10]
    try:
        return date.fromisoformat(told)
    except ValueError as fault:
        raise wrong("day", _line(entry)) from fault


def _moment(element: "etree._Element", path: str) -> datetime:
    try:
        told = datetime.fromisoformat(_text(element, path) or "")
    except ValueError as fault:
        raise wrong("day", _line(element)) from fault
    return told if told.tzinfo is not None else told.replace(tzinfo=SWEDEN)


def _summary(element: "etree._Element") -> tuple[int, int] | None:
    """How many entries there are, and the sum of the credits, when it tells both."""
    many, total = _text(element, "TtlNtries/NbOfNtries"), _text(element, "TtlCdtNtries/Sum")
    if many is None or total is None:
        return None
    if not many.isdecimal():
        raise wrong("number", _line(element))
    return int(many), _ore(total, element)


def _references(details: "etree._Element") -> tuple[str, ...]:
    given = details.findall("{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref")
    return tuple(each.text.strip() for each in given if each.text and each.text.strip())


def _forget(element: "etree._Element") -> None:
    """Let go of what has been read, so that a large file needs no large memory."""
    parent = element.getparent()
    element.clear()
    if parent is not None:
        while element.getprevious() is not None and _name_or_none(parent[0]) == _name(element):
            del parent[0]


def _name_or_none(element: "etree._Element") -> str | None:
    return _name(element) if isinstance(element.tag, str) else None


FORMAT = Camt054()
