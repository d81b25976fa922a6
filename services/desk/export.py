"""The inbox as a file: CSV or XLSX, within the own authorities, without the protected, logged."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

import xlsxwriter

from services.audit.log import record
from services.cases.inbox import Filter, inbox
from services.cases.models import Case
from services.kernel.work import Work

MOST = 5000
KINDS = ("csv", "xlsx")
# What a spreadsheet would take for the beginning of a formula (OWASP ASVS 1.2.10).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cases(work: Work, wanted: Filter) -> list[Case]:
    """The cases to hand out, at most five thousand. Cases of protected persons never are."""
    found = inbox(
        work.session, work.actor, replace(wanted, before=None, unprotected=True), most=MOST
    )
    return found.cases


def as_file(work: Work, kind: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as a file, every cell as plain text; that they were taken out is logged."""
    record(work, "desk:export", None, kind=kind, rows=len(rows))
    return _xlsx(head, rows) if kind == "xlsx" else _csv(head, rows)


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([harmless(cell) for cell in row])
    # Swedish spreadsheets look for semicolons, and for the mark that says UTF-8.
    return out.getvalue().encode("utf-8-sig")


def _xlsx(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, cell in enumerate(head):
            sheet.write_string(0, column, cell, bold)
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, harmless(cell))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return out.getvalue()
