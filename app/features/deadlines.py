"""Deadlines: what runs out at the desk, telling of a delay, and asking for a decision."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.forms import AreaField, DayField, SalemForm
from app.my_cases import my_case
from app.templating import day, page
from app.transactions import session, work
from app.visitors import signed_in, staff
from services.access.rules import may
from services.cases import policy
from services.cases import queries as cases
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.deadlines import commands, queries
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid
from services.people import queries as people

bp = Blueprint("deadlines", __name__)


class DelayForm(SalemForm):
    """Why a case takes longer, and when it will be done instead."""

    reason = AreaField(lambda: _("Why does it take longer?"))
    new_day = DayField(lambda: _("When will it be done?"))


@bp.route("/handlaggning/frister")
@staff
def index():
    """What has run out, and what soon will, in the own authorities."""
    current = work()
    today = local_day(current.now)
    found = queries.running(current.session, current.actor, today)
    documents = {
        each.case.version_id: catalogue.version_document(session(), each.case.version_id)
        for each in found
    }
    handlers = {each.case.handler_id for each in found if each.case.handler_id}
    return page(
        "deadlines/index.html",
        overdue=[each for each in found if each.deadline.due_on < today],
        soon=[each for each in found if each.deadline.due_on >= today],
        documents=documents,
        names=people.names(session(), handlers),
        today=today,
    )


@bp.route("/handlaggning/arenden/<number>/frister", methods=["GET", "POST"])
@staff
def case(number: str):
    """The times that run in one case; here the party is told of a delay (FL 11 §)."""
    found = cases.at_desk(session(), work().actor, number)
    form = DelayForm()
    if request.method == "POST" and form.validate():
        new_day: date = form.new_day.data
        try:
            commands.tell_delay(work(), found.id, form.reason.data, new_day)
        except Invalid:
            form.new_day.errors = [_("Choose a day after the one that we have told already.")]
        else:
            flash(_("The party has been told of the delay."))
            return redirect(url_for(".case", number=number), code=303)
    return _case_page(found, form, 422 if request.method == "POST" else 200)


def _case_page(found: Case, form: DelayForm, code: int):
    promise = queries.open_promise(session(), found.id)
    return page(
        "deadlines/case.html",
        code,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        deadlines=queries.of_case(session(), found.id),
        pauses=queries.pauses_of_case(session(), found.id),
        promise=promise,
        asked=queries.open_request(session(), found.id)
        if may(work().actor, policy.WORK_ON, found)
        else None,
        may_tell=promise is not None and may(work().actor, policy.WORK_ON, found),
        form=form,
        today=local_day(work().now),
    )


@bp.route("/mina-sidor/arenden/<number>/begar-avgorande", methods=["GET", "POST"])
@signed_in
def ask(number: str):
    """Ask that a case which has taken more than six months be decided (FL 12 §)."""
    found = my_case(number, policy.ACT_AS_PARTY)
    if request.method == "POST":
        deadline = commands.ask_for_decision(work(), found.id)
        told = _("We have your request. We shall decide by %(day)s.", day=day(deadline.due_on))
        flash(told)
        return redirect(url_for("my_pages.case", number=number), code=303)
    return page(
        "deadlines/ask.html",
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        standing=queries.six_months(session(), found.id, local_day(work().now)),
    )
