"""`flask db …`: bringing the database up to date, and checking that it can be."""

import click
from alembic import command
from flask import Flask, current_app
from flask.cli import AppGroup

from app.runner.migrations import alembic_config

group = AppGroup("db", help="The database's migrations.")


def _config():
    engine = current_app.extensions["engine"]
    return alembic_config(engine.url.render_as_string(hide_password=False))


@group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate forward."""
    command.upgrade(_config(), revision)


@group.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate back."""
    command.downgrade(_config(), revision)


@group.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write a new migration from the difference between the models and the database."""
    command.revision(_config(), message, autogenerate=True)


@group.command("check")
def check() -> None:
    """Exit 1 when models and database differ."""
    command.check(_config())


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
