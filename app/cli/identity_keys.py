"""`flask identity keys …`: our own keys, changed in steps so that no sign-in is lost (ID-16)."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.config import Settings
from app.entities import ENCRYPTION, SIGNING, key_name
from identity import keys

# Metadata holds for a fortnight: after that nobody can send to the old key.
KEPT = timedelta(days=15)
# Until then every provider has read our metadata anew.
READ = timedelta(days=7)
DAY = "%Y-%m-%d"
group = AppGroup("keys", help="Our own keys: prepare, wait, switch, wait, drop.")
which = click.option(
    "--of",
    "use",
    type=click.Choice(["signing", "encryption"]),
    default="signing",
    help="Which key, where there is one of its own for encryption.",
)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _folder(use: str) -> Path:
    return _settings().eid_keys_folder / (SIGNING if use == "signing" else ENCRYPTION)


def _existing(use: str) -> Path:
    folder = _folder(use)
    if not keys.exists(folder):
        click.echo("There is no key of its own for encryption: make one with `keys separate`.")
        sys.exit(1)
    return folder


@group.command("prepare")
@which
def prepare(use: str) -> None:
    """Make the next key. Restart, and wait until every provider has read the new metadata."""
    try:
        keys.prepare(_existing(use), key_name(_settings()))
    except FileExistsError:
        click.echo("A next key is there already: switch when providers have read our metadata.")
        sys.exit(1)
    click.echo("The next key is made. Restart: metadata then has it. Wait, then switch.")


@group.command("switch")
@which
def switch(use: str) -> None:
    """Use the next key from the next start on; the old one only opens."""
    try:
        keys.switch(_existing(use), datetime.now(UTC))
    except FileNotFoundError:
        click.echo("There is no next key: prepare one first.")
        sys.exit(1)
    click.echo("Switched. Restart now. After two weeks, drop.")


@group.command("drop")
@which
def drop(use: str) -> None:
    """Forget keys that were switched out more than two weeks ago."""
    dropped = keys.drop(_existing(use), datetime.now(UTC) - KEPT)
    click.echo(f"{dropped} earlier keys dropped. Restart.")


@group.command("rotate")
@which
@click.option("--now", "at_once", is_flag=True, help="Do not wait, as when a key has leaked.")
@click.pass_context
def rotate(context: click.Context, use: str, *, at_once: bool) -> None:
    """Take the next step of a change: prepare, switch after a week, drop after two more.

    Exits 1 when it is too early. Each step needs a restart after it.
    """
    folder, today = _existing(use), datetime.now(UTC)
    coming = keys.upcoming(folder)
    if coming is not None:
        ready = coming.certificate.not_valid_before_utc + timedelta(days=1) + READ
        if ready > today and not at_once:
            click.echo(f"Prepared. Providers read our metadata until {ready:{DAY}}: switch then.")
            sys.exit(1)
        context.invoke(switch, use=use)
    elif keys.previous(folder):
        before = today + timedelta(seconds=1) if at_once else today - KEPT
        if keys.drop(folder, before) == 0:
            click.echo("Switched, and answers to the old key may still come: drop it later.")
            sys.exit(1)
        click.echo("The old key is dropped. Restart: the change is done.")
    else:
        context.invoke(prepare, use=use)


@group.command("separate")
def separate() -> None:
    """Make a key of its own for encryption; the one for signing opens too, as before."""
    if keys.exists(_folder("encryption")):
        click.echo("There is a key of its own for encryption already.")
        sys.exit(1)
    keys.ensure(_folder("encryption"), key_name(_settings()))
    click.echo("The key for encryption is made. Restart: metadata then has it.")


def told(pair: keys.KeyPair, now: datetime) -> str:
    """How old a key is, and how long."""
    made = pair.certificate.not_valid_before_utc + timedelta(days=1)
    return f"{pair.private.key_size} bits, {max((now - made).days, 0)} days old ({made:{DAY}})"


def register(app: Flask) -> None:
    """Known already: `flask identity` has them."""
