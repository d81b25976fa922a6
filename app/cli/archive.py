"""`flask archive …`: one case as a package for the archive, and reading a package back."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.config import Settings
from services.archive import contents, package, reading
from services.kernel.errors import Refusal

group = AppGroup("archive", help="Packages for the archive (E-ARK, FGS Ärendehantering).")


@group.command("export")
@click.argument("case")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def export(case: str, out: Path | None) -> None:
    """Write the package of the ended case with the number CASE, and read it back."""
    settings: Settings = current_app.extensions["settings"]
    with current_app.extensions["open_work"]() as work:
        found = contents.of_number(work, case)
        if found is None:
            raise click.ClickException("There is no such case.")
        try:
            made = package.export(work, found.id, settings.municipality_name)
        except Refusal as refusal:
            raise click.ClickException(refusal.code) from refusal
        own = contents.of(work, found, settings.municipality_name)
        back = reading.read_back(made)
        _tell([*back.faults, *reading.differences(back, own)])
        path = out or Path(f"{package.folder_of(found)}.zip")
        unfinished = path.with_name(path.name + ".unfinished")
        unfinished.write_bytes(made)
        unfinished.replace(path)
    click.echo(
        f"{path}: {len(back.files)} files, {len(back.documents)} documents, read back whole."
    )


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Check every checksum, the schema and the lists of a package; exit 1 where they do not hold."""
    try:
        found = reading.read_back(file.read_bytes())
    except Refusal as refusal:
        raise click.ClickException(refusal.code) from refusal
    _tell(found.faults)
    click.echo(
        f"{found.number}: {len(found.files)} files, {len(found.documents)} documents. Whole."
    )


def _tell(faults: list[reading.Fault]) -> None:
    for fault in faults:
        click.echo(f"{fault.code}: {fault.where}")
    if faults:
        sys.exit(1)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
