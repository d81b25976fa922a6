"""Taking a mark of protected identity away at the desk: proposed by one, confirmed by another."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.forms import AreaField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.cases import commands as cases
from services.cases import policy, queries, unmarking
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.people import queries as people

bp = Blueprint("protection", __name__)
CASE = "/handlaggning/arenden/<number>/skydd"


class ProposeForm(SalemForm):
    """Why a mark is to be taken away."""

    reason = AreaField(
        lambda: _("Why shall the mark be taken away?"),
        hint=lambda: _("Say how it was checked that the person is not protected any more."),
        rows=4,
        limit=unmarking.LONGEST,
    )


@bp.route("/handlaggning/skydd")
@staff
def waiting():
    """The proposals that wait for somebody else's answer, where one leads."""
    found = unmarking.waiting(session(), work().actor)
    by = {proposal.proposed_by_id for proposal, _case in found}
    return page("protection/waiting.html", waiting=found, names=people.names(session(), by))


@bp.route(CASE, methods=["GET", "POST"])
@staff
def of_case(number: str):
    """Propose that a case, and its person, are protected no more; or answer what is proposed."""
    found = queries.at_desk(session(), work().actor, number)
    require(work(), policy.LEAD, found)
    form = ProposeForm()
    if request.method == "POST" and form.validate():
        try:
            unmarking.propose(work(), found.id, form.reason.data)
        except (Invalid, Conflict) as refusal:
            form.reason.errors = [_refusal_words(refusal.code)]
        else:
            flash(_("It is proposed. Nothing changes until a colleague has confirmed it."))
            return redirect(url_for(".of_case", number=number), code=303)
    if request.method != "POST":
        cases.opened_at_desk(work(), found)
    return _shown(found, form, 422 if request.method == "POST" else 200)


def _shown(found: Case, form: ProposeForm, code: int) -> Response:
    proposal = unmarking.of_case(session(), found.id)
    by = {proposal.proposed_by_id} if proposal else set()
    return page(
        "protection/case.html",
        code,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        form=form,
        proposal=proposal,
        names=people.names(session(), by),
        is_own=proposal is not None and proposal.proposed_by_id == work().actor.person_id,
    )


def _refusal_words(code: str) -> str:
    words = {
        "say-why": _("Say why."),
        "not-protected": _("The case is not protected."),
        "proposed-already": _("It has been proposed already."),
        "four-eyes": _("You have proposed it yourself. Somebody else must confirm it."),
        "proposal-answered": _("The proposal has been answered already."),
    }
    return words.get(code, _("This could not be done. Try again in a while."))


@bp.route("/handlaggning/skydd/<uuid:proposal_id>", methods=["POST"])
@staff
def answer(proposal_id: UUID):
    """Confirm a colleague's proposal, refuse it, or take one's own back."""
    confirms = request.form.get("answer") == "confirm"
    try:
        (unmarking.confirm if confirms else unmarking.refuse)(work(), proposal_id)
    except Conflict as refusal:
        flash(_refusal_words(refusal.code))
    except NotAllowed as refusal:
        if refusal.code != "four-eyes":
            raise
        flash(_refusal_words(refusal.code))
    else:
        told = _("The mark is taken away."), _("The mark stands.")
        flash(told[0] if confirms else told[1])
    return redirect(url_for(".waiting"), code=303)
