"""`flask identity …`: whether sign-ins can work, and through whom."""

import sys
from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from app.federation import federation
from identity import selftest

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


def register(app: Flask) -> None:
    """Make the commands known."""
    app.cli.add_command(group)
