"""Saying as the party how one can understand and be understood (förvaltningslagen 13 §)."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.features.investigation.blueprint import bp
from app.features.investigation.need_form import NeedForm, known
from app.features.investigation.words import refusal_words
from app.my_cases import my_case
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.cases import needs, policy
from services.catalogue import queries as catalogue
from services.kernel.errors import Conflict, Invalid


@bp.route("/mina-sidor/arenden/<number>/tolk", methods=["GET", "POST"])
@signed_in
def my_need(number: str):
    """Ask for an interpreter, a translation or help to read and write."""
    found = my_case(number, policy.ACT_AS_PARTY)
    form = NeedForm(data=known(needs.of(session(), found.id)))
    if form.is_submitted() and form.validate():
        try:
            needs.note_as_party(work(), found.id, form.chosen, form.language.data or "")
        except (Invalid, Conflict) as refusal:
            form.language.errors = [refusal_words(refusal)]
        else:
            flash(_("Thank you. The case handler sees it."))
            return redirect(url_for("my_pages.case", number=number), code=303)
    return page(
        "investigation/my_need.html",
        422 if form.is_submitted() else 200,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        form=form,
    )
