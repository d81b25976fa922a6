"""The demonstration's delegation orders, and how its cases are decided by them."""

from datetime import date
from pathlib import Path
from uuid import UUID

import yaml

from app.demo.municipality.founding import Town
from services.cases import investigation
from services.cases.investigation_models import Finding
from services.cases.models import Case
from services.decisions import commands, delegation
from services.decisions.commands import FAVOURABLE, Wording
from services.decisions.models import Communication
from services.forms.definition import Status
from services.kernel.calendar import local_day
from services.kernel.work import Actor, Duty, Role, Work

ORDERS = yaml.safe_load(
    (Path(__file__).resolve().parent / "delegation.yaml").read_text(encoding="utf-8")
)
SAYS = {
    "granted": "Vi beviljar din ansökan.",
    "partly": "Vi beviljar din ansökan delvis.",
    "refused": "Vi avslår din ansökan. Det betyder att vi säger nej.",
    "dismissed": "Vi avvisar din ansökan. Det betyder att vi inte har prövat den.",
}
REASONS = (
    "Vi har gått igenom det som du har skickat in och det som du har berättat för oss. Det räcker"
    " inte för att bifalla ansökan fullt ut, eftersom kraven i bestämmelserna inte är uppfyllda."
)


def found(work: Work, town: Town, first_day: date) -> None:
    """Lay down each authority's delegation order, where it is not there already."""
    for code, points in ORDERS.items():
        authority_id = town.authorities[code]
        there = {each.code for each in delegation.in_force(work.session, authority_id, first_day)}
        for told in points:
            if told["code"] not in there:
                limit = told.get("limit_kronor")
                delegation.add_point(
                    work,
                    authority_id,
                    told["code"],
                    told["words"],
                    Duty(told["duty"]),
                    first_day,
                    limit_ore=limit * 100 if limit else None,
                )


def decide(work: Work, case: Case, status: Status, registrar: UUID) -> None:
    """Decide a case as its story says: by delegation, or by the committee on a proposal."""
    outcome = status.outcome or "granted"
    plain = outcome in FAVOURABLE
    wording = Wording(
        SAYS.get(outcome, SAYS["granted"]),
        reasons="" if plain else REASONS,
        communication=Communication.FAVOURABLE if plain else Communication.OWN_MATERIAL,
    )
    decision = commands.write(work, case.id, status.key, wording)
    for check in investigation.left(work.session, case):
        investigation.tick(work, case.id, check.key, Finding.DONE)
    # What was written must be there before it is read again under its lock.
    work.session.flush()
    if not commands.is_the_committees(work, decision):
        commands.decide(work, decision.id)
        return
    commands.propose(work, decision.id)
    held = {case.authority_id: frozenset({Duty.REGISTRAR})}
    work.actor = Actor(Role.STAFF, registrar, authorities=held)
    day = local_day(work.now)
    commands.enter_minutes(work, decision.id, minutes=f"§ {day:%j}/{day.year}", met_on=day)
