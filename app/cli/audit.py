"""`flask audit verify`: has anybody rewritten the audit log?"""

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from services.audit import log

group = AppGroup("audit", help="The audit log.")


@group.command("verify")
def verify() -> None:
    """Follow the chain of hashes from the first entry to the last; exit 1 where it breaks."""
    with current_app.extensions["sessions"]() as session:
        broken = log.first_broken(session)
    if broken is not None:
        click.echo(f"The chain is broken at entry {broken}.")
        sys.exit(1)
    click.echo("The chain is whole.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
