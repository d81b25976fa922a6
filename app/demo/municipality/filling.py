"""Filling in the demonstration municipality: what is there stays, what is missing is told."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, text, update

from app.demo.municipality import cast, deciding, desking, handing_in, paying, sources
from app.demo.municipality.founding import Town, found
from app.demo.municipality.lives import Life
from app.demo.municipality.papers import Shelf
from app.demo.municipality.plans import DAYS, Plan, plan
from app.demo.municipality.timeline import NotYet, Timeline
from services.cases import charges, drafts
from services.cases.models import Case
from services.catalogue import commands as catalogue
from services.catalogue import library
from services.catalogue.models import Service
from services.decisions import appeals
from services.forms.definition import ServiceDocument
from services.kernel.errors import Invalid
from services.kernel.work import SYSTEM, Work
from services.notifications.models import Notification, NotificationState
from services.statistics import commands as statistics
from services.wiring import deliver

OpenWork = Callable[[], AbstractContextManager[Work]]
AT_ONCE = 25
UNPLAN = text(
    "DELETE FROM procrastinate_jobs WHERE task_name = 'notifications.send'"
    " AND args->>'notification_id' = ANY(:letters)"
)


@dataclass
class Filled:
    """What filling has done."""

    added: int = 0
    untold: list[str] = field(default_factory=list)


def fill(open_work: OpenWork, *, cases: int, seed: int) -> Filled:
    """Found the municipality, publish the library, and tell cases until there are as many as asked for."""
    with open_work() as work:
        today = work.now
        town = found(work)
        deciding.found(work, town, sources.organisation()["valid_from"])
        documents = {each.slug: each for each in library.load()}
        _publish(work, list(documents.values()), today)
    with open_work() as work:
        desking.found(work, town)
        missing = _missing(
            work, [plan(seed, place, sorted(documents), today) for place in range(cases)]
        )
    filled = Filled()
    shelf: Shelf | None = None
    for some in _in_batches(missing):
        with open_work() as work:
            shelf = work.resources["store"] = shelf or Shelf(work.resources["store"])
            for each in some:
                _tell(work, town, documents[each.slug], each, today, filled)
            _letters_are_old(work, some)
    with open_work() as work:
        appeals.gain_force(work)
        statistics.count(work)
    return filled


def _publish(work: Work, documents: list[ServiceDocument], today: datetime) -> None:
    # The first versions are older than all cases; what is changed later is published when it is.
    there = set(work.session.scalars(select(Service.slug).limit(1000)))
    for document in documents:
        work.now = today if document.slug in there else today - timedelta(days=DAYS + 30)
        catalogue.publish(work, document)


def _missing(work: Work, plans: list[Plan]) -> list[Plan]:
    wanted = [each.case_id for each in plans]
    there = set(work.session.scalars(select(Case.id).where(Case.id.in_(wanted)).limit(len(wanted))))
    return [each for each in plans if each.case_id not in there]


def _in_batches(plans: list[Plan]) -> Iterator[list[Plan]]:
    for first in range(0, len(plans), AT_ONCE):
        yield plans[first : first + AT_ONCE]


def _tell(
    work: Work, town: Town, document: ServiceDocument, told: Plan, today: datetime, filled: Filled
) -> None:
    applicant = cast.applicant(town, document, told.chance)
    work.actor, work.now = applicant.actor, told.begins
    case = handing_in.begin(work, told, applicant)
    who = handing_in.answering(work, case, document, told, applicant)
    if told.fate == "draft":
        pages = told.chance.randint(1, max(1, len(document.pages) - 1))
        handing_in.fill_in(work, case, document, who, pages=pages)
        filled.added += 1
        return
    handing_in.fill_in(work, case, document, who)
    time = Timeline(told.begins, today, told.chance)
    try:
        work.now = time.minutes(4, 25)
        _hand_in(work, case, document)
    except Invalid as refusal:
        problems = {f"{each.question_key}: {each.code}" for each in refusal.details["problems"]}
        filled.untold.append(f"{told.slug} ({', '.join(sorted(problems))})")
        drafts.discard(work, case)
        return
    filled.added += 1
    if case.is_draft:
        return
    handler = cast.handler(town, document, told.chance, protected=case.protected)
    [registrar, *_] = town.staff(document.authority, "registrar")
    with suppress(NotYet):
        Life(work, told, case, document, applicant, handler, registrar, time).tell()
    deliver(work)


def _hand_in(work: Work, case: Case, document: ServiceDocument) -> None:
    """Submit, or pay for what comes in when it is paid. Raises Invalid with the problems found."""
    if not charges.pays_first(document):
        drafts.submit(work, case)
    elif charges.pay_first(work, case) is not None:
        by, work.actor = work.actor, SYSTEM
        paying.pay(work, case)
        deliver(work)
        work.actor = by


def _letters_are_old(work: Work, told: list[Plan]) -> None:
    # These letters belong to the story: they were sent at the time, and are not sent again now.
    numbers = select(Case.number).where(Case.id.in_([each.case_id for each in told]))
    old = work.session.scalars(
        update(Notification)
        .where(
            Notification.state == NotificationState.PLANNED, Notification.case_number.in_(numbers)
        )
        .values(
            state=NotificationState.SENT, sent_at=Notification.created_at, attempts=1, values={}
        )
        .returning(Notification.id)
    )
    work.session.execute(UNPLAN, {"letters": [str(letter) for letter in old]})
