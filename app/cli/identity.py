"""`flask identity …`: whether sign-ins can work, and through whom."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.config import Settings
from app.federation import federation
from identity import feeds, keys, selftest
from identity.metadata import Directory, MetadataFault
from identity.provider import Provider

# Metadata holds for a fortnight: after that nobody can send to the old key.
KEPT = timedelta(days=15)
MOMENT = "%Y-%m-%d %H:%M UTC"
group = AppGroup("identity", help="The e-ID layer: self-test, keys and providers.")


@group.command("check")
def check() -> None:
    """Test the libraries, and tell what our keys and providers are like. Exits 1 on a fault."""
    try:
        selftest.run()
    except selftest.SelfTestFault as fault:
        click.echo(f"The libraries do not work together: {fault}")
        sys.exit(1)
    click.echo("The libraries sign, verify and refuse as they should.")
    now = datetime.now(UTC)
    empty = [name for name in federation().entities if not _tell(name, now)]
    if empty:
        click.echo(f"No e-ID is on offer for: {', '.join(empty)}")
        sys.exit(1)


def _tell(name: str, now: datetime) -> int:
    entity = federation().entities[name]
    certificate = entity.keys.certificate
    click.echo(f"{entity.entity_id}")
    click.echo(
        f"  key of {certificate.not_valid_before_utc:%Y-%m-%d}, {len(entity.previous_keys)} earlier"
    )
    offered = federation().on_offer(entity, now)
    for provider in offered:
        until = f"{provider.valid_until:%Y-%m-%d %H:%M} UTC" if provider.valid_until else "no end"
        click.echo(
            f"  {provider.names.get('sv', provider.entity_id)}: {provider.entity_id}, {until}"
        )
    return len(offered)


metadata_group = AppGroup("metadata", help="The federations' metadata feeds.")
keys_group = AppGroup("keys", help="Our own keys: prepare, wait, switch, wait, drop.")
group.add_command(keys_group)
providers_group = AppGroup("providers", help="The providers of e-IDs.")
group.add_command(metadata_group)
group.add_command(providers_group)


def _shelf() -> feeds.Shelf:
    settings: Settings = current_app.extensions["settings"]
    return settings.eid_shelf


@metadata_group.command("fetch")
def fetch() -> None:
    """Fetch every feed now, as the worker does each hour. Exits 1 when one of them was refused."""
    shelf, failed = _shelf(), False
    for feed in shelf.feeds:
        try:
            found = shelf.refresh(feed, datetime.now(UTC), feeds.fetched)
        except (feeds.FetchFault, MetadataFault, OSError) as fault:
            click.echo(f"{feed.name}: not fetched ({fault}); the kept copy stays in use")
            failed = True
        else:
            click.echo(f"{feed.name}: {found} providers fetched")
    if failed:
        sys.exit(1)


@metadata_group.command("show")
def show() -> None:
    """Tell how the kept copy of every feed stands. Exits 1 when one runs out within a day."""
    shelf, now = _shelf(), datetime.now(UTC)
    standings = [shelf.standing(feed, now) for feed in shelf.feeds]
    for one in standings:
        until = one.fault or f"{one.providers} providers, valid until {one.valid_until:{MOMENT}}"
        click.echo(f"{one.feed.name}: {one.feed.url}\n  {until}")
    if not standings:
        click.echo("No feeds are named; only local files are read.")
    if any(one.is_alarming(now) for one in standings):
        sys.exit(1)


def _keys_folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.eid_keys_folder / "sp"


@keys_group.command("prepare")
def prepare_keys() -> None:
    """Make the next key. Restart, and wait until every provider has read the new metadata."""
    try:
        keys.prepare(_keys_folder())
    except FileExistsError:
        click.echo("A next key is there already: switch when providers have read our metadata.")
        sys.exit(1)
    click.echo("The next key is made. Restart: metadata then has it. Wait, then switch.")


@keys_group.command("switch")
def switch_keys() -> None:
    """Sign with the next key from the next start on; the old one only opens."""
    try:
        keys.switch(_keys_folder(), datetime.now(UTC))
    except FileNotFoundError:
        click.echo("There is no next key: prepare one first.")
        sys.exit(1)
    click.echo("Switched. Restart now. After two weeks, drop.")


@keys_group.command("drop")
def drop_keys() -> None:
    """Forget keys that were switched out more than two weeks ago."""
    dropped = keys.drop(_keys_folder(), datetime.now(UTC) - KEPT)
    click.echo(f"{dropped} earlier keys dropped. Restart.")


@providers_group.command("list")
def list_providers() -> None:
    """List the providers that each of our entities may use, and what the feeds have besides."""
    now, shelf = datetime.now(UTC), _shelf()
    directory = federation().directory(now)
    for name, entity in federation().entities.items():
        click.echo(name)
        offered = {one.entity_id for one in federation().on_offer(entity, now)}
        for one in directory.on_offer(name, now):
            use = "on offer" if one.entity_id in offered else "does not suit"
            click.echo(f"  {use}: {one.names.get('sv', '')}, {one.entity_id} ({one.feed})")
    for feed in shelf.feeds:
        if shelf.standing(feed, now).fault is None:
            besides = [one for one in shelf.providers(feed, now) if not _is_used(one, directory)]
            click.echo(f"{feed.name}: {len(besides)} more that are not allowed to any entity")
            for one in besides:
                click.echo(f"  {one.names.get('sv', '')}, {one.entity_id}")


def _is_used(provider: Provider, directory: Directory) -> bool:
    return provider.entity_id in directory.providers


def register(app: Flask) -> None:
    """Make the commands known."""
    app.cli.add_command(group)
