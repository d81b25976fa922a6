"""`./start bench payments`: orders placed, begun, paid and booked, beside the same rows by pgbench.

The product does what the web and the worker do for one payment, in the same five units of work,
with a way that is paid at once; nothing is fetched from the queue. pgbench, with one client,
writes copies of the very rows that this leaves, in as many transactions, into tables with the
same columns and indexes but without foreign keys, checks and triggers.
"""

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.config import Settings
from app.runner.migrations import alembic_config
from app.runner.postgres import Postgres, program
from app.runner.run import ROOT
from app.transactions import open_work
from services import wiring
from services.audit.log import AuditedSession
from services.jobs.worker import Errand
from services.kernel.money import Money
from services.payments import checking, coding, commands
from services.payments.providers import pretend
from tests.bench import paper
from tests.bench.stage import used
from tests.builders import an_authority
from tests.builders.payments import FEE

PAGE = ROOT / "docs" / "operations" / "performance.md"
COMMAND = "./start bench payments"
WARM = 20
DONE = re.compile(r"number of transactions actually processed: (\d+)")
# Whose rows are copied, and by which column they belong to the order's own.
TABLES = ("payment_order", "payment_order_line", "payment", "payment_event",
          "ledger_entry", "ledger_posting", "procrastinate_jobs")  # fmt: skip


@dataclass(frozen=True)
class Rate:
    """Orders that were settled, in seconds and in seconds of processor time."""

    orders: int
    seconds: float
    processor: float

    @property
    def per_second(self) -> float:
        """Orders for each second by the clock, one after another."""
        return self.orders / self.seconds

    @property
    def per_processor_second(self) -> float:
        """Orders for each second of processor time, PostgreSQL included."""
        return self.orders / self.processor


class Till:
    """The product's side."""

    def __init__(self, database: Postgres, folder: Path) -> None:
        environ = {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": database.url(),
            "SALEM24_DATA": str(folder),
        }
        lent = wiring.resources(Settings.from_environment(environ))
        paid_at_once = pretend.Settings(production=False, pays_at_once=True)
        lent["providers"] = {"pretend": pretend.open_provider(paid_at_once)}
        self.engine = create_engine(database.url())
        self.work = partial(
            open_work,
            sessionmaker(self.engine, class_=AuditedSession, expire_on_commit=False, info=lent),
        )
        with self.work() as work:
            coding.lay_out(work)
            self.authority_id = an_authority(work.session).id

    def settle(self) -> UUID:
        """One order from its placing to its booked money; returns its id."""
        words = {"sv": "Kulturskola", "en": "School of arts"}
        with self.work() as work:
            order = commands.place_order(
                work,
                owner_kind="letter",
                owner_id=uuid4(),
                authority_id=self.authority_id,
                payer=commands.Payer(),
                description=words,
                items=[commands.Item(words, Money.kronor("562.50"), FEE)],
                terms=commands.Terms(("pretend",)),
            )
            payment = commands.start(work, order.id, "pretend")
        for kind in (commands.BEGIN, commands.ASK):
            self._do(kind, {"payment_id": str(payment.id)})
        return order.id

    def _do(self, kind: str, arguments: dict[str, Any]) -> None:
        errand = wiring.HANDLERS[kind]
        assert isinstance(errand, Errand)
        with self.work() as work:
            call = errand.prepare(work, arguments)
        assert call is not None
        answer = call()
        with self.work() as work:
            errand.note(work, arguments, answer)

    def require_right(self) -> None:
        """The ledger holds after all this, or the figure is worth nothing."""
        with self.work() as work:
            assert list(checking.faults(work.session)) == []


def main(arguments: list[str]) -> int:
    """Measure, print, and write it down if asked to."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--seconds", type=int, default=10, help="for each of the two, twice")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="salem24-bench-") as folder:
        database = Postgres(Path(folder) / "postgres")
        database.start()
        try:
            lines = _measured(database, Path(folder), options.seconds)
        finally:
            database.stop()
    print("\n".join(lines))
    if options.write:
        paper.write(PAGE, lines, COMMAND)
    return 0


def _measured(database: Postgres, folder: Path, seconds: int) -> list[str]:
    command.upgrade(alembic_config(database.url()), "head")
    till = Till(database, folder)
    copied = [till.settle() for _ in range(WARM)][-1]
    address = f"host={database.socket} user=salem24 dbname=salem24"
    with psycopg.connect(address, autocommit=True) as connection:
        script = folder / "settle.sql"
        script.write_text(_script(connection, copied))
        postgres = connection.info.server_version // 10_000
    ours, theirs = [], []
    for _ in range(2):
        ours.append(_ours(database, till.settle, seconds))
        theirs.append(_pgbench(database, script, seconds))
    till.require_right()
    till.engine.dispose()
    return _lines(paper.computer(postgres), _sum(ours), _sum(theirs))


def _ours(database: Postgres, settle: Callable[[], Any], seconds: int) -> Rate:
    began, before = time.monotonic(), time.process_time() + _of(database)
    orders = 0
    while time.monotonic() < began + seconds:
        settle()
        orders += 1
    return Rate(orders, time.monotonic() - began, time.process_time() + _of(database) - before)


def _pgbench(database: Postgres, script: Path, seconds: int) -> Rate:
    run = [str(program("pgbench")), "-n", "-M", "prepared", "-c", "1", "-T", str(seconds)]
    place = ["-f", str(script), "-h", str(database.socket), "-U", "salem24", "salem24"]
    before = _of(database) + _of_children()
    done = subprocess.run([*run, *place], capture_output=True, text=True, check=False)
    found = DONE.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(done.stderr.strip())
    return Rate(int(found.group(1)), seconds, _of(database) + _of_children() - before)


def _of(database: Postgres) -> float:
    return used(database.process.pid) if database.process else 0.0


def _of_children() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _sum(rates: list[Rate]) -> Rate:
    return Rate(
        sum(each.orders for each in rates),
        sum(each.seconds for each in rates),
        sum(each.processor for each in rates),
    )


def _script(connection: Any, order_id: UUID) -> str:
    """Tables like the product's, and a script that writes what the product wrote for an order."""
    connection.execute("CREATE SCHEMA bench")
    for table in (*TABLES, "voucher_series"):
        like = f"LIKE public.{table} INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES"
        connection.execute(f"CREATE TABLE bench.{table} ({like})")
    connection.execute("INSERT INTO bench.voucher_series SELECT * FROM voucher_series")
    payment = f"(SELECT id FROM payment WHERE order_id = '{order_id}')"
    entry = f"(SELECT id FROM ledger_entry WHERE order_id = '{order_id}')"
    fresh = {
        "payment_order": (f"id = '{order_id}'", {"id": ":order::uuid", "number": "gen_random_uuid()::text", "ocr": "gen_random_uuid()::text"}),
        "payment_order_line": (f"order_id = '{order_id}'", {"id": "gen_random_uuid()", "order_id": ":order::uuid"}),
        "payment": (f"order_id = '{order_id}'", {"id": ":payment::uuid", "order_id": ":order::uuid", "instruction": "gen_random_uuid()::text"}),
        "payment_event": (f"payment_id = {payment}", {"id": "", "payment_id": ":payment::uuid"}),
        "ledger_entry": (f"order_id = '{order_id}'", {"id": ":entry::uuid", "order_id": ":order::uuid", "payment_id": ":payment::uuid", "number": ":number"}),
        "ledger_posting": (f"entry_id = {entry}", {"entry_id": ":entry::uuid"}),
        "procrastinate_jobs": (f"args ->> 'payment_id' = {payment}::text", {"id": ""}),
    }  # fmt: skip
    copies = {table: _copy(connection, table, *fresh[table]) for table in TABLES}
    begun = "UPDATE bench.payment SET state = 'asked', asks = asks + 1 WHERE id = :payment::uuid;"
    counted = "UPDATE bench.voucher_series SET last_number = last_number + 1 WHERE series = 'B' RETURNING last_number AS number \\gset"
    settled = (
        "UPDATE bench.payment_order SET state = 'paid', settled_at = now() WHERE id = :order::uuid;"
    )
    names = "SELECT gen_random_uuid() AS order, gen_random_uuid() AS payment, gen_random_uuid() AS entry \\gset"
    parts = [
        [copies["payment_order"], copies["payment_order_line"], copies["payment"], copies["procrastinate_jobs"]],
        [begun, copies["payment_event"]],
        [begun],
        ["SELECT state FROM bench.payment WHERE id = :payment::uuid;"],
        [begun, counted, copies["ledger_entry"], copies["ledger_posting"], settled],
    ]  # fmt: skip
    return "\n".join([names, *("\n".join(["BEGIN;", *part, "COMMIT;"]) for part in parts)])


def _copy(connection: Any, table: str, those: str, changed: dict[str, str]) -> str:
    """The rows as they stand, as an INSERT of values; `changed` gives what must be new."""
    described = connection.execute(f"SELECT * FROM public.{table} WHERE false").description
    names = [each.name for each in described if changed.get(each.name) != ""]
    literals = ", ".join(f"quote_nullable(told.{name}::text)" for name in names)
    rows = connection.execute(f"SELECT {literals} FROM public.{table} AS told WHERE {those}")
    values = [
        ", ".join(changed.get(name, value) for name, value in zip(names, row)) for row in rows
    ]
    assert values, f"nothing of the order stands in {table}"
    return f"INSERT INTO bench.{table} ({', '.join(names)}) VALUES ({'), ('.join(values)});"


def _lines(computer: str, ours: Rate, theirs: Rate) -> list[str]:
    rows = [
        ("settled for each second of processor time", "per_processor_second"),
        ("settled for each second, one after another", "per_second"),
    ]
    table = [
        f"| {what} | {getattr(ours, name):,.1f} | {getattr(theirs, name):,.1f} |"
        f" {getattr(ours, name) / getattr(theirs, name):.3f} |"
        for what, name in rows
    ]
    head = ["| orders | Salem 24 | pgbench | ratio |", "|---|--:|--:|--:|"]
    measured = f"Measured on {computer}, by `{COMMAND}`: {ours.orders:,} orders settled."
    return [measured, "", *head, *table]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
