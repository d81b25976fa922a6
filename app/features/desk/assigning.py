"""Who works on the case: handing it on, letting others in, and keeping out who has jäv."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations
from app.features.desk.attempts import attempt
from app.features.desk.blueprint import bp
from app.features.desk.cases import show
from app.transactions import session, work
from app.visitors import staff
from services.cases import assignment, queries
from services.cases.models import Case
from services.kernel.errors import Invalid
from services.organisation import queries as organisation

CASE = "/handlaggning/arenden/<number>"


def _found(number: str) -> Case:
    return queries.at_desk(session(), work().actor, number)


def _chosen(name: str) -> UUID | None:
    return request.form.get(name, type=UUID)


def _with(found: Case, name: str, act: Callable[[UUID], Any], words: str):
    chosen = _chosen(name)
    if chosen is None:
        return show(found, code=422, trouble=(name, _("Choose one of the answers.")))
    return attempt(found, name, lambda: act(chosen), words, place="handlers")


@bp.route(f"{CASE}/tilldela", methods=["GET", "POST"])
@staff
def assign(number: str):
    """Set a colleague to lead the work."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = _found(number)
    return _with(
        found,
        "handlaggare",
        lambda chosen: assignment.assign(work(), found.id, chosen),
        _("The case has a new handler."),
    )


@bp.route(f"{CASE}/lamna", methods=["POST"])
@staff
def put_back(number: str):
    """Leave the case without handler."""
    found = _found(number)
    return attempt(
        found,
        "handlaggare",
        lambda: assignment.put_back(work(), found.id),
        _("The case is without handler again."),
    )


@bp.route(f"{CASE}/medhandlaggare", methods=["GET", "POST"])
@staff
def add_handler(number: str):
    """Let a colleague or a team work on the case too."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = _found(number)

    def added(chosen: UUID) -> None:
        teams = {each.id for each in _teams(found)}
        act = assignment.add_team if chosen in teams else assignment.add_person
        act(work(), found.id, chosen)

    return _with(found, "med", added, _("They work on the case too now."))


def _teams(found: Case):
    return organisation.teams(session(), {found.authority_id})


@bp.route(f"{CASE}/medhandlaggare/<uuid:row_id>/ta-bort", methods=["POST"])
@staff
def remove_handler(number: str, row_id: UUID):
    """Take a helper or a team off the case."""
    found = _found(number)
    return attempt(
        found,
        "med",
        lambda: assignment.remove(work(), found.id, row_id),
        _("They do not work on the case any more."),
        place="handlers",
    )


@bp.route(f"{CASE}/jav", methods=["GET", "POST"])
@staff
def declare_conflict(number: str):
    """Declare jäv, one's own or, for who leads the work, a colleague's."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = _found(number)
    person_id = _chosen("jav-vem") or work().actor.person_id
    assert person_id is not None
    ground = request.form.get("jav-grund", "")
    if person_id != work().actor.person_id:
        return attempt(
            found,
            "jav-grund",
            lambda: assignment.declare_conflict(work(), found.id, person_id, ground),
            _("The conflict of interest is noted. The case is closed to that person."),
            place="handlers",
        )
    return _own_conflict(found, ground)


def _own_conflict(found: Case, ground: str):
    try:
        assignment.declare_conflict(work(), found.id, work().actor.person_id, ground)
    except Invalid as refusal:
        return show(found, code=422, trouble=("jav-grund", conversations.refusal_words(refusal)))
    flash(_("The conflict of interest is noted. The case is closed to you from now on."))
    return redirect(url_for(".inbox"), code=303)


@bp.route(f"{CASE}/jav/<uuid:person_id>/hav", methods=["POST"])
@staff
def lift_conflict(number: str, person_id: UUID):
    """Let somebody back, when the question of jäv has been tried."""
    found = _found(number)
    return attempt(
        found,
        "jav-grund",
        lambda: assignment.lift_conflict(work(), found.id, person_id),
        _("The conflict of interest is lifted."),
        place="handlers",
    )
