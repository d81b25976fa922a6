"""`flask records redact …`: taking the personal data out of one case, after showing what goes."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from services.archive import contents
from services.cases.models import Case
from services.kernel.calendar import local_day
from services.kernel.errors import Refusal
from services.kernel.work import Actor, Role, Work
from services.organisation import queries as organisation
from services.people import queries as people
from services.records import disposing, retention

group = AppGroup("records", help="Retention, disposal and redaction.")


@group.command("redact")
@click.argument("case")
@click.option("--ground", type=click.Choice(list(disposing.GROUNDS)), help="By which right.")
@click.option("--reason", help="The decision it is done by, such as “TN § 34/2026”.")
@click.option("--by", "by", help="The e-mail address of the registrar or manager who does it.")
@click.option("--really", is_flag=True, help="Do it. Without this nothing is changed.")
def redact(case: str, ground: str | None, reason: str | None, by: str | None, really: bool) -> None:
    """Show what of CASE would go and what would stay; with --really, take it out for good."""
    with current_app.extensions["open_work"]() as work:
        found = contents.of_number(work, case)
        if found is None:
            raise click.ClickException("There is no such case.")
        _tell(work, found)
        if not really:
            click.echo("Nothing has been changed. Add --really to do it.")
            return
        if not (ground and reason and by):
            raise click.ClickException("--really needs --ground, --reason and --by.")
        work.actor = _staff(work, found, by)
        try:
            disposing.redact(work, found.id, ground, reason)
        except Refusal as refusal:
            raise click.ClickException(_words(refusal)) from refusal
    click.echo("Done. The record of it is kept.")


def _tell(work: Work, found: Case) -> None:
    disposing.looked_at(work, found)
    seen = disposing.preview_redaction(work.session, found)
    for heading, rows in (("Goes:", seen.goes), ("Stays:", seen.stays)):
        click.echo(heading)
        for name, count in rows.items():
            click.echo(f"  {name}: {count}")
    for hold in retention.holds(work.session, found):
        click.echo(f"In the way: {hold}")
    if found.state not in retention.ENDED:
        click.echo(f"In the way: the case is {found.state}")


def _staff(work: Work, found: Case, email: str) -> Actor:
    """The registrar or manager with an address, as they would act at the desk today."""
    today = local_day(work.now)
    for person_id in organisation.staff(work.session, found.authority_id, today):
        person = people.person(work.session, person_id)
        if person is not None and (person.email or "").lower() == email.lower():
            held = organisation.duties(work.session, person_id, today)
            return Actor(Role.STAFF, person_id, authorities=held)
    raise click.ClickException("Nobody with that address works in the case's authority.")


def _words(refusal: Refusal) -> str:
    told = refusal.details.get("holds")
    return f"{refusal.code}: {', '.join(told)}" if told else refusal.code


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
