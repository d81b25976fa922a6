"""`./start bench bank-file`: a large file from the bank, read and booked, and the memory it takes.

The command that an operator types runs in a process of its own; what it took at most is what the
kernel says of it (VmHWM), asked until it has ended. Nine rows of ten are for an invoice that waits.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from psycopg.types.json import Jsonb
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.runner.migrations import alembic_config
from app.runner.postgres import Postgres
from app.runner.run import ROOT
from services import wiring
from services.kernel.db import new_id
from services.payments import ocr, settling
from services.payments.models import Order, OrderLine, Payment
from tests.builders import lend
from tests.builders.bank_files import Paid, bgmax, camt054
from tests.builders.payments import Office

COMMAND = "./start bench bank-file"
WRITTEN = {"bgmax": bgmax, "camt054": camt054}
MATCHED = 0.9
MOST_MEGABYTES = 200
HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")
Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when the file took too much memory, or left a ledger with faults."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--format", choices=sorted(WRITTEN), default="bgmax")
    parser.add_argument("--prepare", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.prepare:
        prepare(Path(options.prepare), options.rows, options.format)
        return 0
    with tempfile.TemporaryDirectory(prefix="salem24-bench-") as folder:
        database = Postgres(Path(folder) / "postgres")
        database.start()
        try:
            return _measured(database, Path(folder), options)
        finally:
            database.stop()


def _measured(database: Postgres, folder: Path, options: Any) -> int:
    environ = {
        **os.environ,
        "SALEM24_ENV": "test",
        "SALEM24_DATABASE_URL": database.url(),
        "SALEM24_DATA": str(folder),
    }
    # What is made ready here needs more memory than what is measured: it is another process.
    ready = [sys.executable, "-m", "tests.bench.bank_file", "--prepare", str(folder)]
    size = ["--rows", str(options.rows), "--format", options.format]
    subprocess.run([*ready, *size], cwd=ROOT, env=environ, check=True)
    began = time.monotonic()
    code, said, megabytes = _payments(environ, "read", str(folder / "file"))
    seconds = time.monotonic() - began
    size_of_file = (folder / "file").stat().st_size / 1e6
    print(f"{options.format}, {size_of_file:.1f} MB: {said}")
    print(f"read and booked in {seconds:.0f} s, at most {megabytes:.0f} MB of memory")
    faults, said, _ = _payments(environ, "check")
    print(said)
    return int(bool(code or faults or megabytes >= MOST_MEGABYTES))


def _payments(environ: dict[str, str], *words: str) -> tuple[int, str, float]:
    """How a command ended, what it said, and the most memory that it held, in units of 2^20 bytes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "payments", *words],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    most = 0
    while process.poll() is None:
        found = HIGH_WATER.search(Path(f"/proc/{process.pid}/status").read_text())
        most = int(found.group(1)) if found else most
        time.sleep(0.05)
    return process.returncode, process.stdout.read().strip(), most / 1024


def prepare(folder: Path, rows: int, written: str) -> None:
    """A database with invoices that wait to be paid, and a file of what has been paid."""
    url = os.environ["SALEM24_DATABASE_URL"]
    command.upgrade(alembic_config(url), "head")
    assert wiring.HANDLERS, "an invoice is begun by its job"
    engine = create_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        office = Office(lend(session, folder))
        order = office.order("900", ways=("invoice",))
        order.owner_kind = "letter"
        payment = office.begun(order, "invoice")
        line = session.scalars(select(OrderLine)).one()
        session.commit()
        kinds = ((Order, order), (OrderLine, line), (Payment, payment))
        copied = [_columns(kind, row) for kind, row in kinds]
    engine.dispose()
    references = [ocr.reference(f"2026{500_000 + place}") for place in range(int(rows * MATCHED))]
    _copy(url, copied, references)
    unknown = ["10004588"] * (rows - len(references))
    paid = (Paid(90000, each, name="Åsa Öberg", text="Avgift") for each in references + unknown)
    (folder / "file").write_bytes(WRITTEN[written](paid))


def _columns(kind: type[Any], row: Any) -> Row:
    names = [each.key for each in kind.__mapper__.column_attrs]
    return {name: getattr(row, name) for name in names}


def _copy(url: str, copied: list[Row], references: list[str]) -> None:
    """Orders like the first one, with their lines and invoices, none of them claimed or paid."""
    order, line, payment = copied
    ids = [new_id() for _ in references]
    orders = (
        {**order, "id": ids[place], "number": f"B2026-{500_000 + place}", "ocr": reference,
         "recognised_ore": 0}
        for place, reference in enumerate(references)
    )  # fmt: skip
    lines = ({**line, "id": new_id(), "order_id": order_id} for order_id in ids)
    payments = (
        {**payment, "id": new_id(), "order_id": order_id, "instruction": settling.new_instruction()}
        for order_id in ids
    )
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        _into(connection, "payment_order", orders)
        _into(connection, "payment_order_line", lines)
        _into(connection, "payment", payments)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _into(connection: "psycopg.Connection[Any]", table: str, rows: Iterator[Row]) -> None:
    first = next(rows)
    into = f"COPY {table} ({', '.join(first)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        copy.write_row(_plain(first))
        for row in rows:
            copy.write_row(_plain(row))


def _plain(row: Row) -> list[Any]:
    return [Jsonb(each) if isinstance(each, (dict, list)) else each for each in row.values()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
