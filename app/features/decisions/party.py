"""A decision as its party reads it, and the way to appeal it."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import i18n
from app.features.decisions.blueprint import bp
from app.features.decisions.desk import letter_answer
from app.features.decisions.words import refusal_words
from app.forms import AreaField, SalemForm
from app.my_cases import at_its_level
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.access.rules import require
from services.cases import policy
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.decisions import appeals, letters, notices, queries, regimes
from services.decisions.models import Decision
from services.documents.decision import how_to_appeal
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.organisation import queries as organisation


class AppealForm(SalemForm):
    """What one wants to be changed, and why."""

    body = AreaField(lambda: _("What do you want us to change, and why?"))


@bp.route("/mina-sidor/beslut/<uuid:decision_id>")
@signed_in
def mine(decision_id: UUID):
    """The decision on a page; from the first time it is opened the time to appeal runs."""
    found, case = queries.mine(session(), work().actor, decision_id)
    at_its_level(case)
    _opened(found, case)
    return page("decisions/mine.html", **_shown(found, case))


def _opened(found: Decision, case: Case) -> None:
    # A decision has not reached the party because somebody else in a room has read it.
    if not policy.only_by_room(work().actor, case):
        notices.opened(work(), found)


def _shown(found: Decision, case: Case) -> dict[str, object]:
    authority = organisation.authorities(session())[found.authority_id]
    return {
        "decision": found,
        "case": case,
        "document": catalogue.version_document(session(), case.version_id),
        "facts": letters.facts(work(), found, case, settings().municipality_name),
        "appeal_words": how_to_appeal(
            found.regime,
            found.instance,
            language=i18n.language(),
            authority=say(authority.names, i18n.language()),
            number=found.number or "",
        ),
        "time": queries.time_to_appeal(session(), found),
        "through_us": found.regime not in regimes.TO_THE_COURT,
        "by_room": policy.only_by_room(work().actor, case),
        "appeals": queries.appeals(session(), found.id),
        "today": local_day(work().now),
    }


@bp.route("/mina-sidor/beslut/<uuid:decision_id>.pdf")
@signed_in
def my_letter(decision_id: UUID):
    found, case = queries.mine(session(), work().actor, decision_id)
    at_its_level(case)
    _opened(found, case)
    return letter_answer(found, case)


@bp.route("/mina-sidor/beslut/<uuid:decision_id>/overklaga", methods=["GET", "POST"])
@signed_in
def appeal(decision_id: UUID):
    """Appeal in writing; what is late is taken in too, and told as such."""
    found, case = queries.mine(session(), work().actor, decision_id)
    require(work(), policy.ACT_AS_PARTY, case)
    at_its_level(case)
    form = AppealForm()
    if request.method == "POST" and form.validate():
        try:
            appeals.appeal(work(), found.id, form.body.data)
        except (Invalid, Conflict) as refusal:
            form.body.errors = [refusal_words(refusal)]
        else:
            flash(_("We have received your appeal."))
            return redirect(url_for(".mine", decision_id=found.id), code=303)
    code = 422 if request.method == "POST" else 200
    return page("decisions/appeal.html", code, **_shown(found, case), form=form)
