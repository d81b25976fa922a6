"""`flask demo …`: a municipality to look at, and very many cases to measure with."""

import time

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.demo.municipality import bulk, filling
from services.kernel.errors import Conflict

group = AppGroup("demo", help="The demonstration municipality.")


def _open_work():
    if current_app.extensions["settings"].is_production:
        raise click.ClickException(
            "The demonstration municipality is never filled in where real cases are."
        )
    return current_app.extensions["open_work"]


@group.command("fill")
@click.option(
    "--cases",
    default=400,
    show_default=True,
    type=click.IntRange(0, 100_000),
    help="How many cases.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed tells the same cases.")
def fill(cases: int, seed: int) -> None:
    """Found the municipality, publish the e-services and tell cases; again, it adds nothing."""
    begun = time.monotonic()
    filled = filling.fill(_open_work(), cases=cases, seed=seed)
    click.echo(
        f"The demonstration municipality is filled in: {filled.added} new cases, {time.monotonic() - begun:.1f} s."
    )
    for fault in filled.untold:
        click.echo(f"A case could not be told: {fault}", err=True)


@group.command("bulk")
@click.option(
    "--cases",
    default=100_000,
    show_default=True,
    type=click.IntRange(1, 2_000_000),
    help="How many cases in all.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same spread.")
@click.option(
    "--open",
    "still_open",
    default=bulk.STILL_OPEN_CASES,
    show_default=True,
    type=click.IntRange(0, 2_000_000),
    help="How many of them are open; the rest is archive.",
)
def copy_many(cases: int, seed: int, still_open: int) -> None:
    """Copy the demonstration's cases until there are so many; only for measuring."""
    begun = time.monotonic()
    try:
        added = bulk.multiply(_open_work(), cases=cases, seed=seed, still_open=still_open)
    except Conflict as refusal:
        raise click.ClickException("There is nothing to copy: run `demo fill` first.") from refusal
    click.echo(f"{added} copied cases, {time.monotonic() - begun:.1f} s.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
