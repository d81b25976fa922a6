"""`flask payments …`: checking the ledger, exporting it, closing a month."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.config import Settings
from services.audit.log import record
from services.kernel.calendar import local_day
from services.kernel.errors import Refusal
from services.kernel.money import Money
from services.payments import checking, coding, reading, reconciliation, sie, staff
from services.payments.incoming import IncomingFile
from services.payments.provider import Provider

group = AppGroup("payments", help="Orders, the ledger and what comes from banks and providers.")
DAY = click.DateTime(["%Y-%m-%d"])


@group.command("check")
def check() -> None:
    """Check that the ledger balances and explains every order; exit 1 where it does not."""
    found = 0
    with current_app.extensions["sessions"]() as session:
        for fault in checking.faults(session):
            click.echo(f"{fault.kind}: {fault.where}")
            found += 1
    click.echo(f"{found} faults." if found else "The ledger balances and explains every order.")
    sys.exit(1 if found else 0)


@group.command("sie")
@click.option("--from", "first", type=DAY, required=True, help="The first day, 2026-11-01.")
@click.option("--to", "last", type=DAY, required=True, help="The last day, of the same year.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def export(first: datetime, last: datetime, out: Path | None) -> None:
    """Write the vouchers of a day or a period as a SIE file of type 4."""
    settings: Settings = current_app.extensions["settings"]
    path = out or Path(f"salem24-{first:%Y%m%d}-{last:%Y%m%d}.se")
    sender = sie.Sender(settings.municipality_name, settings.municipality_number, "1.0")
    with current_app.extensions["open_work"]() as work:
        told = sie.lines(work.session, sender, first.date(), last.date(), local_day(work.now))
        unfinished = path.with_name(path.name + ".unfinished")
        try:
            with unfinished.open("wb") as file:
                file.writelines(sie.encoded(told))
        except Refusal as refusal:
            raise click.ClickException(
                f"{refusal.code}: within one year, from before to."
            ) from refusal
        unfinished.replace(path)
        record(work, "ledger:export", None, first=f"{first:%Y-%m-%d}", last=f"{last:%Y-%m-%d}")
    click.echo(str(path))


@group.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read(file: Path) -> None:
    """Read a BgMax or camt.054 file from the bank; a file that is wrong is refused whole."""
    settings: Settings = current_app.extensions["settings"]
    open_work = current_app.extensions["open_work"]
    try:
        with file.open("rb") as told:
            with open_work() as work:
                taken = reading.take(work, told, allow_test=not settings.is_production)
            for part in reading.parts(told, taken):
                with open_work() as work:
                    done = reading.book(work, taken.file_id, part)
                click.echo(f"  {done} of {taken.survey.rows}", err=True)
    except Refusal as refusal:
        where = " ".join(f"{name}: {value}" for name, value in refusal.details.items())
        raise click.ClickException(f"{refusal.code} {where}".strip()) from refusal
    with open_work() as work:
        kept = work.session.get_one(IncomingFile, taken.file_id)
        click.echo(f"{kept.rows} payments, {Money(kept.total_ore)}, {kept.matched} placed.")


@group.command("reconcile")
@click.option("--day", type=DAY, help="A day, 2026-11-24; yesterday unless told.")
def reconcile(day: datetime | None) -> None:
    """Compare a day with each provider's own books now; exit 1 when they differ."""
    providers: dict[str, Provider] = current_app.extensions["sessions"]().info["providers"]
    compared = day.date() if day else local_day(datetime.now(UTC)) - timedelta(days=1)
    differing = 0
    for key in sorted(key for key, provider in providers.items() if provider.settles):
        differing += _compared(key, compared)
    sys.exit(1 if differing else 0)


def _compared(key: str, day: date) -> int:
    open_work = current_app.extensions["open_work"]
    with open_work() as work:
        call = reconciliation.asked(work, key, day)
    try:
        theirs = call()
    except Refusal as refusal:
        click.echo(f"{key}: not compared ({refusal.code})")
        return 1
    with open_work() as work:
        outcome = reconciliation.compare(work, key, day, theirs)
    if outcome.differences is None:
        click.echo(f"{key}: no books to ask for")
        return 0
    click.echo(f"{key}: {outcome.differences} differences on {day}")
    return outcome.differences


@group.command("close-month")
@click.argument("month")
def close_month(month: str) -> None:
    """Close a month that is over, 2026-10: nothing is booked in it any more."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as fault:
        raise click.ClickException("A month is written as 2026-10.") from fault
    try:
        with current_app.extensions["open_work"]() as work:
            staff.close_month(work, first)
    except Refusal as refusal:
        raise click.ClickException(refusal.code) from refusal
    click.echo(f"{month} is closed.")


@group.command("chart")
@click.argument("file", type=click.Path(exists=True, path_type=Path), default=coding.SHIPPED)
def lay_out(file: Path) -> None:
    """Add the accounts, codes and combinations of a chart's file that are not there yet."""
    with current_app.extensions["open_work"]() as work:
        added = coding.lay_out(work, file)
    click.echo(f"{added} rows added.")


def register(app: Flask) -> None:
    """Make the commands known."""
    app.cli.add_command(group)
