"""Letting a case rest, and waking it."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.features.consultations.blueprint import bp
from app.features.consultations.words import refusal_words
from app.forms import AreaField, DayField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.cases import policy
from services.cases import queries as cases
from services.catalogue import queries as catalogue
from services.consultations import dormancy
from services.kernel.errors import Conflict, Invalid

CASE = "/handlaggning/arenden/<number>/horande"


class RestForm(SalemForm):
    """Why the case rests, and when it wakes by itself."""

    reason = AreaField(lambda: _("Why does the case rest?"), rows=3)
    wake_on = DayField(lambda: _("When does it wake?"))


@bp.route(f"{CASE}/vila", methods=["GET", "POST"])
@staff
def rest(number: str):
    """Let the case rest until a day."""
    found = cases.at_desk(session(), work().actor, number)
    require(work(), policy.WORK_ON, found)
    form = RestForm()
    if request.method == "POST" and form.validate():
        try:
            dormancy.rest(work(), found.id, form.reason.data, form.wake_on.data)
        except (Invalid, Conflict) as refusal:
            field = form.wake_on if refusal.code == "wake-on-passed" else form.reason
            field.errors = [refusal_words(refusal)]
        else:
            flash(_("The case rests."))
            return redirect(url_for(".of_case", number=number), code=303)
    return page(
        "consultations/rest.html",
        422 if request.method == "POST" else 200,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        form=form,
    )


@bp.route(f"{CASE}/vack", methods=["POST"])
@staff
def wake(number: str):
    """Go on with the case now."""
    found = cases.at_desk(session(), work().actor, number)
    try:
        dormancy.wake(work(), found.id)
        flash(_("The case is awake."))
    except Conflict as refusal:
        flash(refusal_words(refusal))
    return redirect(url_for(".of_case", number=number), code=303)
