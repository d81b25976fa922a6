"""Steps with several cases at once: choose, see what will happen to each, do it, see what did."""

from collections.abc import Sequence
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import conversations, i18n
from app.features.desk.blueprint import bp
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk import bulk as steps
from services.desk import texts
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid
from services.kernel.words import say
from services.organisation import queries as organisation
from services.people import queries as people

STEPS = ("assign", "status", "message")
LONGEST = 10_000


@bp.route("/handlaggning/flera", methods=["GET", "POST"])
@staff
def bulk():
    """First the choice, then a preview, then the result; only the last one changes anything."""
    if request.method != "POST":
        return redirect(url_for(".inbox"), code=303)
    name = request.form.get("steg", "")
    if name not in STEPS:
        raise BadRequest("steg")
    try:
        cases = steps.chosen(work(), request.form.getlist("arende"))
    except Invalid:
        return _nothing(_("Tick at most 100 cases at once."))
    if not cases:
        return _nothing(_("Tick the cases first."))
    chosen = request.form.get("val", "").strip()[:LONGEST]
    step = _step(name, chosen)
    if step is None:
        return _choose(name, cases, wrong=bool(request.form.get("visa")), chosen=chosen)
    if request.form.get("gor"):
        outcomes = steps.carry_out(work(), cases, step, name)
        return _told(name, chosen, outcomes, done=True)
    return _told(name, chosen, steps.preview(work(), cases, step), done=False)


def _nothing(words: str) -> Response:
    return page("desk/several_none.html", 422, words=words)


def _step(name: str, chosen: str) -> steps.Step | None:
    if not chosen or not request.form.get("visa"):
        return None
    if name == "status":
        return steps.set_status(chosen)
    if name == "message":
        return steps.send(chosen)
    try:
        return steps.assign_to(UUID(chosen))
    except ValueError:
        return None


def _choose(name: str, cases: Sequence[Case], *, wrong: bool, chosen: str) -> Response:
    return page(
        "desk/several.html",
        422 if wrong else 200,
        step=name,
        cases=cases,
        chosen=chosen,
        wrong=wrong,
        choices=_choices(name, cases),
        templates=[each for each in texts.of(session(), work().actor) if each.kind == "answer"],
    )


def _choices(name: str, cases: Sequence[Case]) -> list[tuple[str, str]]:
    if name == "status":
        return _statuses(cases)
    if name != "assign":
        return []
    today = local_day(work().now)
    able: set[UUID] = set()
    for authority_id in {each.authority_id for each in cases}:
        able |= set(organisation.handlers(session(), authority_id, today))
    found = [(str(key), words) for key, words in people.names(session(), able).items()]
    return sorted(found, key=lambda pair: pair[1].lower())


def _statuses(cases: Sequence[Case]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for version_id in {each.version_id for each in cases}:
        for status in catalogue.version_document(session(), version_id).statuses:
            found.setdefault(status.key, say(status.desk, i18n.language()))
    return list(found.items())


def _told(name: str, chosen: str, outcomes: Sequence[steps.Outcome], *, done: bool) -> Response:
    documents = {
        each: catalogue.version_document(session(), each)
        for each in {outcome.case.version_id for outcome in outcomes}
    }
    words = dict(_choices(name, [each.case for each in outcomes]))
    return page(
        "desk/several_told.html",
        step=name,
        chosen=chosen,
        what=words.get(chosen, chosen),
        outcomes=outcomes,
        documents=documents,
        able=sum(each.refused is None for each in outcomes),
        done=done,
        reason=lambda outcome: conversations.refusal_words(outcome.refused),
    )
