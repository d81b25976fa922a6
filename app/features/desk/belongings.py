"""What belongs to a case: its parties, its tasks, linked cases, and papers that came by post."""

from datetime import date
from uuid import UUID

from flask import g, redirect, request, url_for
from flask_babel import gettext as _

from app.features.desk.attempts import attempt
from app.features.desk.blueprint import bp
from app.features.desk.cases import show
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.audit import queries as audit
from services.audit.log import record
from services.cases import links, papers, parties, queries, tasks
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.people import queries as people

CASE = "/handlaggning/arenden/<number>"
READINGS = ("case:read", "case:read-readers")


def _found(number: str) -> Case:
    return queries.at_desk(session(), work().actor, number)


def _sent(name: str) -> str:
    return request.form.get(name, "").strip()


@bp.route(f"{CASE}/parter", methods=["GET", "POST"])
@staff
def add_party(number: str):
    """Add somebody with a role in the case."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = _found(number)
    reached = {
        "email": _sent("part-epost"),
        "phone": _sent("part-telefon"),
        "address": _sent("part-adress"),
    }
    return attempt(
        found,
        "part-namn",
        lambda: parties.add(
            work(), found.id, _sent("part-roll"), _sent("part-namn"), reached=reached
        ),
        _("The party is added."),
        place="parties",
    )


@bp.route(f"{CASE}/parter/<uuid:row_id>/ta-bort", methods=["POST"])
@staff
def remove_party(number: str, row_id: UUID):
    """Somebody has no part in the case any more."""
    found = _found(number)
    return attempt(
        found,
        "part-namn",
        lambda: parties.remove(work(), found.id, row_id),
        _("The party is removed."),
        place="parties",
    )


@bp.route(f"{CASE}/uppgifter", methods=["GET", "POST"])
@staff
def add_task(number: str):
    """Note something to be done."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = _found(number)
    try:
        due_on = date.fromisoformat(_sent("uppgift-dag")) if _sent("uppgift-dag") else None
    except ValueError:
        words = _("Write the day as year, month, day: 2026-12-24.")
        return show(found, code=422, trouble=("uppgift-dag", words))
    who = request.form.get("uppgift-vem", type=UUID)
    return attempt(
        found,
        "uppgift-vad",
        lambda: tasks.add(work(), found.id, _sent("uppgift-vad"), who, due_on),
        _("The task is noted."),
        place="tasks",
    )


@bp.route(f"{CASE}/uppgifter/<uuid:task_id>/klar", methods=["POST"])
@staff
def task_done(number: str, task_id: UUID):
    """Tick a task off."""
    found = _found(number)
    return attempt(
        found,
        "uppgift-vad",
        lambda: tasks.done(work(), found.id, task_id),
        _("The task is done."),
        place="tasks",
    )


@bp.route(f"{CASE}/koppla", methods=["GET", "POST"])
@staff
def link(number: str):
    """Link the case to another."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = _found(number)
    return attempt(
        found,
        "koppla-nummer",
        lambda: links.link(work(), found.id, _sent("koppla-nummer")),
        _("The cases are linked."),
        place="links",
    )


@bp.route(f"{CASE}/papper", methods=["GET", "POST"])
@staff
def add_paper(number: str):
    """Take in what came by post, by e-mail or over the counter, scanned."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = _found(number)
    files = [each for each in request.files.getlist("papper-filer") if each.filename]
    if not files:
        return show(found, code=422, trouble=("papper-filer", _("Choose a file.")))
    return attempt(
        found,
        "papper-filer",
        lambda: papers.take_in(
            work(),
            found.id,
            [(each.stream, each.filename) for each in files],
            _sent("papper-kanal"),
            max_bytes=g.get("max_upload_bytes", 10 * 1024 * 1024),
        ),
        _("The papers are in the case."),
    )


@bp.route(f"{CASE}/lasare")
@staff
def readers(number: str):
    """Who has opened the case, by the audit log; looking at it is logged too."""
    found = _found(number)
    record(work(), "case:read-readers", found.id)
    entries = audit.of_subject(session(), found.id, READINGS)
    return page(
        "desk/readers.html",
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        entries=entries,
        names=people.names(session(), {each.actor_id for each in entries if each.actor_id}),
    )
