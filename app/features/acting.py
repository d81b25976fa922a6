"""Whom one acts for: chosen after signing in, shown on every page, changed at any time."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask_babel import gettext as _

from app.templating import page
from app.transactions import session, work
from app.visitors import actor, signed_in
from app.ways_back import way_back
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.people import mandates

bp = Blueprint("acting", __name__)
ONESELF = "self"


@bp.route("/mina-sidor/agera-for")
@signed_in
def choose():
    return _choice()


@bp.route("/mina-sidor/agera-for", methods=["POST"])
@signed_in
def chosen():
    """Act for oneself, or for somebody else by a mandate that holds today."""
    whom = request.form.get("whom", "")
    if not whom:
        return _choice(nothing_chosen=True)
    try:
        mandate_id = None if whom == ONESELF else UUID(whom)
    except ValueError as fault:
        raise NotFound("mandate") from fault
    mandates.act_by(work(), g.login_session.id, mandate_id)
    name = next((way.name for way in _ways() if way.mandate.id == mandate_id), None)
    flash(_("You act for %(name)s now.", name=name) if name else _("You act for yourself now."))
    return redirect(way_back("my_pages.index"), code=303)


def _ways() -> list[mandates.Way]:
    person_id = actor().person_id
    assert person_id is not None
    return mandates.ways(session(), person_id, local_day(work().now))


def _choice(*, nothing_chosen: bool = False):
    return page(
        "acting/choose.html",
        422 if nothing_chosen else 200,
        ways=_ways(),
        onwards=request.values.get("vidare", ""),
        nothing_chosen=nothing_chosen,
    )
