"""Refusing a request to decide, in a decision of its own (förvaltningslagen 12 §)."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.features.decisions.blueprint import bp
from app.features.decisions.words import refusal_words
from app.forms import AreaField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.cases import queries as cases
from services.catalogue import queries as catalogue
from services.deadlines import queries as deadlines
from services.decisions import policy, requests
from services.kernel.errors import Conflict, Invalid


class RefuseForm(SalemForm):
    """That the case is not decided yet, and why."""

    says = AreaField(lambda: _("The decision"), rows=3)
    reasons = AreaField(
        lambda: _("Reasons"),
        rows=8,
        hint=lambda: _("What is missing before the case can be decided, and when you think it can be."),
    )  # fmt: skip


@bp.route("/handlaggning/arenden/<number>/avsla-begaran", methods=["GET", "POST"])
@staff
def refuse(number: str):
    """Write the refusal, to be read and decided on its own page."""
    found = cases.at_desk(session(), work().actor, number)
    require(work(), policy.WRITE, found)
    draft = requests.draft_of_case(session(), found.id)
    says = draft.says if draft else _("We refuse your request to decide the case now.")
    form = RefuseForm(data={"says": says, "reasons": draft.reasons if draft else ""})
    if request.method == "POST" and form.validate():
        try:
            written = requests.refuse(work(), found.id, form.says.data, form.reasons.data)
        except (Invalid, Conflict) as refusal:
            form.says.errors = [refusal_words(refusal)]
        else:
            flash(_("The draft is saved. Nothing is decided yet."))
            return redirect(url_for(".decision", decision_id=written.id), code=303)
    return page(
        "decisions/refuse.html",
        422 if request.method == "POST" else 200,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        asked=deadlines.open_request(session(), found.id),
        form=form,
    )
