"""`flask identity …`: whether sign-ins can work, and through whom."""

import ctypes
import sys
from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.cli import identity_keys
from app.config import Settings
from app.federation import federation
from identity import feeds, selftest
from identity.metadata import Directory, MetadataFault
from identity.provider import Provider

# adjtimex(2): the kernel knows of no source that keeps its clock right.
UNSYNCHRONISED = 5
MOMENT = "%Y-%m-%d %H:%M UTC"
group = AppGroup("identity", help="The e-ID layer: self-test, keys and providers.")


@group.command("check")
def check() -> None:
    """Test the libraries, and tell of the clock, our keys, metadata and providers.

    Exits 1 when the libraries do not fit together, or nobody can sign in somewhere.
    """
    try:
        selftest.run()
    except selftest.SelfTestFault as fault:
        click.echo(f"The libraries do not work together: {fault}")
        sys.exit(1)
    click.echo("The libraries sign, verify, open and refuse as they should.")
    now = datetime.now(UTC)
    click.echo(f"The clock says {now:{MOMENT}}; {_clock()}.")
    for standing in _standings(now):
        click.echo(_said(standing, now))
    empty = [name for name in federation().entities if not _tell(name, now)]
    if empty:
        click.echo(f"No e-ID is on offer for: {', '.join(empty)}")
        sys.exit(1)


def _clock() -> str:
    """Whether something keeps the clock right, as the kernel knows it; a minute off loses sign-ins."""
    if sys.platform != "linux":
        return "see to it that something keeps it right"
    # The call wants room for its answer, which nobody reads: the state alone tells.
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    if state in (-1, UNSYNCHRONISED):
        return "nothing is known to keep it right: run chrony or systemd-timesyncd on the host"
    return "the host keeps it right"


def _standings(now: datetime) -> list[feeds.Standing]:
    shelf = _shelf()
    return [shelf.standing(feed, now) for feed in shelf.feeds]


def _said(standing: feeds.Standing, now: datetime) -> str:
    if standing.valid_until is None:
        return f"Feed {standing.feed.name}: {standing.fault}"
    hours = (standing.valid_until - now).total_seconds() / 3600
    refreshed = _shelf().refreshed(standing.feed)
    return (
        f"Feed {standing.feed.name}: {standing.providers} providers,"
        f" {hours:.0f} hours left, refreshed {refreshed:{MOMENT}}"
    )


def _tell(name: str, now: datetime) -> int:
    entity = federation().entities[name]
    click.echo(f"{entity.entity_id}")
    click.echo(f"  key for signing: {identity_keys.told(entity.keys, now)}")
    if entity.encryption_keys is not None:
        click.echo(f"  key for encryption: {identity_keys.told(entity.encryption_keys, now)}")
    if entity.next_keys or entity.next_encryption_keys or entity.previous_keys:
        click.echo(f"  a change is under way; {len(entity.previous_keys)} earlier keys still open")
    offered = federation().on_offer(entity, now)
    for provider in offered:
        until = f"{provider.valid_until:%Y-%m-%d %H:%M} UTC" if provider.valid_until else "no end"
        click.echo(
            f"  {provider.names.get('sv', provider.entity_id)}: {provider.entity_id}, {until}"
        )
    return len(offered)


metadata_group = AppGroup("metadata", help="The federations' metadata feeds.")
group.add_command(identity_keys.group)
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
