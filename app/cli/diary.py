"""`flask diary …`: entering what was received before there was a diary, and looking for gaps."""

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from services.records import diary

group = AppGroup("diary", help="The diaries of the authorities.")


@group.command("enter")
def enter() -> None:
    """Enter received cases that have no diary number, oldest first, a thousand at a time."""
    total = 0
    while True:
        with current_app.extensions["open_work"]() as work:
            count = diary.enter_missing(work)
        total += count
        if not count:
            break
    click.echo(f"{total} cases entered.")


@group.command("check")
def check() -> None:
    """Name the series in which a number is missing; exit 1 where there is one."""
    with current_app.extensions["sessions"]() as session:
        found = diary.gaps(session)
    for series in found:
        click.echo(f"gap: {series}")
    click.echo("No gaps." if not found else f"{len(found)} series with gaps.")
    sys.exit(1 if found else 0)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
