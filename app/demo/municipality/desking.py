"""The demonstration's desk: a team, a rule, an absence, templates and a shared view; tasks and parties."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from app.demo.municipality.cast import at_desk
from app.demo.municipality.founding import Town
from services.cases import parties, tasks
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk import rules, texts, views
from services.desk.models import TextTemplate
from services.forms.definition import ServiceDocument
from services.forms.kinds import kind_of
from services.kernel.calendar import local_day
from services.kernel.work import Duty, Work
from services.organisation import commands as organisation

IN_OWN_WORDS = "paragraph"
CODE, SERVICE = "TN", "felanmalan"
TEXTS = (
    (
        "answer",
        "Lagas inom två veckor",
        (
            "Hej!\n\nTack för din anmälan {{arendenummer}} om {{svar.kategori}}."
            " Vi har beställt lagning och räknar med att den är klar inom två veckor.\n\n"
            "Hälsningar\n{{handlaggare}}"
        ),
    ),
    (
        "completion",
        "Var är det?",
        "Vi hittar inte platsen i ärende {{arendenummer}}. Beskriv den så noga du kan.",
    ),
    ("note", "Ringt entreprenören", "Ringde entreprenören om {{arendenummer}}. Svar väntas i dag."),
)
CHANCE_OF_TASK, CHANCE_OF_PARTY = 0.3, 0.15
TO_DO = ("Ring den sökande", "Kontrollera platsen", "Stäm av med enhetschefen", "Boka besiktning")
NEIGHBOURS = ("Greta Grannberg", "Gustav Gärdsgård", "Gunhild Granngren")


def found(work: Work, town: Town) -> None:
    """Set the technical committee's desk up, once; `work.now` stays as it is."""
    authority_id = town.authorities[CODE]
    there = select(TextTemplate.id).where(TextTemplate.authority_id == authority_id).limit(1)
    if work.session.scalar(there) is not None:
        return
    before = work.actor
    work.actor = at_desk(town, town.staff(CODE, Duty.MANAGER)[0])
    service, _version, document = catalogue.current(work.session, SERVICE)
    handlers = town.staff(CODE, Duty.HANDLER)
    team = organisation.add_team(work, authority_id, "Parklaget", handlers[-2:])
    rules.add(work, authority_id, service.id, to=team.id, attribute=("kategori", "badplats"))
    today = local_day(work.now)
    organisation.be_absent(work, handlers[-1], today, today + timedelta(days=14), handlers[-2])
    for kind, name, body in TEXTS:
        about = (service.id, document)
        texts.write(work, authority_id, kind, name, body, service=about)
    wanted = {"view": "open", "service_id": str(service.id)}
    views.save(work, "Fel på gatan", authority_id, wanted, ["kategori"], shared=True)
    work.actor = before


def failing(case: Case, document: ServiceDocument, why: str) -> list[tuple[str, str]]:
    """The answer that the handler is not content with: what was told in the person's own words."""
    given = [
        each
        for each in document.questions
        if case.answers.get(each.key) and not each.personal and not kind_of(each).uploads
    ]
    told = [each.key for each in given if each.type == IN_OWN_WORDS] or [each.key for each in given]
    return [(told[-1], why)] if told else []


def belong(work: Work, case: Case, chance: Random, now: datetime) -> None:
    """Now and then a handler notes a task or a party."""
    if chance.random() < CHANCE_OF_TASK:
        day = local_day(now) + timedelta(days=chance.randint(2, 20))
        tasks.add(work, case.id, chance.choice(TO_DO), work.actor.person_id, day)
    if chance.random() < CHANCE_OF_PARTY and not case.protected:
        parties.add(work, case.id, "neighbour", chance.choice(NEIGHBOURS))
