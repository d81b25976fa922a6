"""`flask translations …`: compiling the catalogues, and finding what is untranslated."""

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.runner.translations import compile_catalogues, missing

group = AppGroup("translations", help="The texts in each language.")


@group.command("compile")
def compile_all() -> None:
    """Compile every language whose texts have changed."""
    compile_catalogues(current_app.extensions["settings"].root)


@group.command("missing")
@click.argument("language", default="sv")
def show_missing(language: str) -> None:
    """List what has no translation; exit 1 if there is any."""
    found = missing(current_app.extensions["settings"].root, language)
    for message in found:
        click.echo(message)
    sys.exit(1 if found else 0)


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
