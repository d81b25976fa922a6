"""Correcting or changing a decision (förvaltningslagen 36–39 §§): a new one takes its place."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import i18n
from app.features.decisions.blueprint import bp
from app.features.decisions.words import refusal_words
from app.features.decisions.writing import DecisionForm, wording_of, written
from app.forms import RadiosField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.catalogue import queries as catalogue
from services.decisions import policy, queries, replacing
from services.decisions.models import About, Decision, Stage
from services.decisions.replacing import Change
from services.forms.definition import ServiceDocument
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.words import say

AT = {
    "decision-amount": "amount",
    "decision-ends-before-it-begins": "valid_to",
    "change-against-party": "ground",
    "decision-appealed": "how",
    "correction-changes-outcome": "status",
    "decision-without-reasons": "reasons",
    "decision-not-communicated": "communication",
}


class ReplaceForm(DecisionForm):
    """The new decision, by which paragraph it comes, and why it may go against the party."""

    how = RadiosField(
        lambda: _("Why is there a new decision?"),
        lambda: [
            ("corrected", _("A slip of the pen or of counting is corrected (section 36)")),
            ("changed", _("The decision is wrong, because of something new or for another reason (section 37)")),
            ("must_change", _("It is obviously wrong, and can be put right quickly without harm to anybody (section 38)")),
        ],
    )  # fmt: skip
    ground = RadiosField(
        lambda: _("If it goes against the party: by which right?"),
        lambda: [
            ("reserved", _("The decision says that it may be changed")),
            ("danger", _("There are urgent reasons of safety")),
            ("misled", _("It was wrong because the party had given wrong or misleading information")),
        ],
        optional=True,
    )  # fmt: skip


@bp.route("/handlaggning/beslut/<uuid:decision_id>/ratta-eller-andra", methods=["GET", "POST"])
@staff
def replace(decision_id: UUID):
    """Write the decision that takes the place of another, and make it at once."""
    found, case = queries.at_desk(session(), work().actor, decision_id)
    require(work(), policy.MAKE, case)
    if found.stage != Stage.DECIDED or found.about == About.REQUEST:
        return redirect(url_for(".decision", decision_id=found.id), code=303)
    document = catalogue.version_document(session(), case.version_id)
    form = _form(found, document)
    if request.method == "POST" and form.validate():
        try:
            change = Change(form.how.data, form.status.data, form.ground.data or None)
            new = replacing.replace(work(), found.id, change, wording_of(form))
        except (Invalid, Conflict, NotFound, NotAllowed) as refusal:
            form[AT.get(refusal.code, "says")].errors = [refusal_words(refusal)]
        else:
            flash(_("The new decision is made, and the party has been told."))
            return redirect(url_for(".decision", decision_id=new.id), code=303)
    code = 422 if request.method == "POST" else 200
    return page(
        "decisions/replace.html", code, case=case, document=document, decision=found, form=form
    )


def _form(found: Decision, document: ServiceDocument) -> ReplaceForm:
    form = ReplaceForm(data=written(found))
    names = {each.key: say(each.desk, i18n.language()) for each in document.statuses}
    form.status.options = [(each.status, names[each.status]) for each in document.decisions]
    return form
