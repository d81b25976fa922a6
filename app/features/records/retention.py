"""Retention at the desk: what is past its time, what holds it, and disposing of it by a decision."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.features.records.blueprint import bp
from app.features.records.words import ground_words, refusal_words
from app.forms import SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.audit.log import record
from services.cases import policy, queries
from services.catalogue import queries as catalogue
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.records import disposing
from services.records import retention as rules


class DisposeForm(SalemForm):
    """By which decision of the authority."""

    decision = TextField(
        lambda: _("The authority's decision on disposal"),
        hint=lambda: _("For example TN § 34/2026"),
    )


@bp.route("/handlaggning/gallring")
@staff
def retention():
    """What is past its time in the own authorities: a dry run, which changes nothing."""
    found = rules.due(session(), work().actor, local_day(work().now))
    record(work(), "retention:read")
    documents = {
        each.case.version_id: catalogue.version_document(session(), each.case.version_id)
        for each in found
    }
    return page(
        "records/retention.html",
        found=found,
        documents=documents,
        most=rules.MOST,
        grounds=ground_words,
    )


@bp.route("/handlaggning/arenden/<number>/gallra", methods=["GET", "POST"])
@staff
def dispose(number: str):
    """Look at what goes, and dispose of it by a decision."""
    found = queries.at_desk(session(), work().actor, number)
    form = DisposeForm()
    if form.is_submitted() and form.validate():
        try:
            disposing.dispose(work(), found.id, form.decision.data)
        except (Conflict, Invalid) as refusal:
            form.decision.errors = [refusal_words(refusal.code)]
        else:
            flash(_("It is disposed of, and the record is kept."))
            return redirect(url_for(".retention"), code=303)
    return page(
        "records/dispose.html",
        422 if form.is_submitted() else 200,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        due=rules.of_case(session(), found, local_day(work().now)),
        done=disposing.of_case(work(), found.id),
        may_lead=may(work().actor, policy.LEAD, found),
        form=form,
        grounds=ground_words,
        holds=rules.holds(session(), found),
        noted=rules.noted(session(), found.id),
        all_grounds=rules.GROUNDS,
    )


@bp.route("/handlaggning/arenden/<number>/gallringsstopp", methods=["POST"])
@staff
def hold(number: str):
    """Stop the disposal of a case."""
    found = queries.at_desk(session(), work().actor, number)
    try:
        rules.hold(work(), found.id, request.form.get("skal", ""))
    except (Conflict, Invalid) as refusal:
        flash(refusal_words(refusal.code))
    else:
        flash(_("Disposal is stopped."))
    return redirect(url_for(".dispose", number=number), code=303)


@bp.route("/handlaggning/arenden/<number>/gallringsstopp/<uuid:row_id>/hav", methods=["POST"])
@staff
def release(number: str, row_id: UUID):
    """Let disposal go on, as far as this reason goes."""
    queries.at_desk(session(), work().actor, number)
    rules.release(work(), row_id)
    flash(_("Disposal is not stopped for that reason any more."))
    return redirect(url_for(".dispose", number=number), code=303)
