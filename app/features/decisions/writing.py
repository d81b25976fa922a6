"""Writing a decision in a case, as a draft that can be read before it is made."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import i18n
from app.features.decisions.blueprint import bp
from app.features.decisions.words import refusal_words
from app.forms import AreaField, CheckField, DayField, RadiosField, SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.cases import queries as cases
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.decisions import commands, policy, queries
from services.decisions.commands import Wording
from services.decisions.models import Communication, Decision, Stage
from services.forms.amounts import ore_from
from services.forms.definition import ServiceDocument
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.words import say

# Where a refusal stands; all others stand at the decision itself.
AT = {"decision-amount": "amount", "decision-ends-before-it-begins": "valid_to"}


class DecisionForm(SalemForm):
    """What is decided, why, on which conditions, for how long, and how the party was heard."""

    status = RadiosField(lambda: _("How do you decide?"), list)
    says = AreaField(lambda: _("The decision"), rows=4)
    reasons = AreaField(lambda: _("Reasons"), optional=True, rows=10)
    conditions = AreaField(lambda: _("Conditions, if there are any"), optional=True, rows=4)
    amount = TextField(lambda: _("Amount granted, in kronor"), optional=True)
    valid_from = DayField(lambda: _("Valid from"), optional=True)
    valid_to = DayField(lambda: _("Valid until"), optional=True)
    communication = RadiosField(
        lambda: _("Has the party been able to comment on the material?"),
        lambda: [
            (Communication.FAVOURABLE.value, _("Not needed: the decision is wholly in the party's favour")),
            (Communication.DONE.value, _("Yes, and the time to comment has passed or the party has answered")),
            (Communication.OWN_MATERIAL.value, _("Not needed: there is only what the party has sent in")),
            (Communication.UNNECESSARY.value, _("Not needed: it is obviously unnecessary")),
            (Communication.URGENT.value, _("Not possible: the decision cannot wait")),
        ],
    )  # fmt: skip
    dissent = AreaField(lambda: _("Dissenting opinion"), optional=True, rows=3)
    participants = TextField(lambda: _("Others who took part"), optional=True)
    immediate = CheckField(
        lambda: _("The decision applies at once, even if it is appealed"), optional=True
    )


@bp.route("/handlaggning/arenden/<number>/beslut", methods=["GET", "POST"])
@staff
def of_case(number: str):
    """The decisions of a case, and the draft of the next one."""
    found = cases.at_desk(session(), work().actor, number)
    document = catalogue.version_document(session(), found.version_id)
    draft = queries.draft_of_case(session(), found.id)
    form = _form(found, document, draft)
    now = draft.revision if draft else 0
    seen = request.form.get("seen", type=int, default=now)
    if request.method == "POST" and form.validate():
        try:
            wording = wording_of(form)
            decision = commands.write(work(), found.id, form.status.data, wording, seen=seen)
        except (Invalid, Conflict, NotFound) as refusal:
            field = form[AT.get(refusal.code, "says")]
            field.errors = [refusal_words(refusal)]
            if refusal.code == "decision-changed-meanwhile":
                # Now they are told, and the colleague's draft is linked from the page.
                seen = now
        else:
            flash(_("The draft is saved. Nothing is decided yet."))
            return redirect(url_for(".decision", decision_id=decision.id), code=303)
    code = 422 if request.method == "POST" else 200
    return _page(found, document, form, code, draft=draft, seen=seen)


def _page(
    found: Case,
    document: ServiceDocument,
    form: DecisionForm,
    code: int,
    *,
    draft: Decision | None,
    seen: int,
):
    return page(
        "decisions/of_case.html",
        code,
        case=found,
        document=document,
        decisions=queries.made_in_case(session(), found.id),
        draft=draft,
        seen=seen,
        may_write=may(work().actor, policy.WRITE, found)
        and bool(document.decisions)
        and (draft is None or draft.stage == Stage.DRAFT),
        form=form,
        status_words={each.key: each.desk for each in document.statuses},
    )


def _form(found: Case, document: ServiceDocument, draft: Decision | None) -> DecisionForm:
    form = DecisionForm(data=written(draft) if draft else {"communication": "favourable"})
    language = i18n.language()
    names = {each.key: say(each.desk, language) for each in document.statuses}
    form.status.options = [(each.status, names[each.status]) for each in document.decisions]
    return form


def written(draft: Decision) -> dict[str, Any]:
    """What a decision says, as its form is filled in with it."""
    amount = f"{draft.amount_ore / 100:.2f}".replace(".", ",") if draft.amount_ore else ""
    same = ("status", "says", "reasons", "conditions", "valid_from", "valid_to", "communication")
    more = ("dissent", "participants", "immediate")
    return {**{name: getattr(draft, name) for name in (*same, *more)}, "amount": amount}


def wording_of(form: DecisionForm) -> Wording:
    """What was typed. Raises Invalid("decision-amount") for a sum that cannot be read."""
    typed = (form.amount.data or "").strip()
    amount = ore_from(typed) if typed else None
    if typed and (amount is None or amount < 0):
        raise Invalid("decision-amount")
    return Wording(
        form.says.data,
        reasons=form.reasons.data or "",
        conditions=form.conditions.data or "",
        dissent=form.dissent.data or "",
        participants=form.participants.data or "",
        communication=form.communication.data,
        amount_ore=amount,
        valid_from=form.valid_from.data,
        valid_to=form.valid_to.data,
        immediate=bool(form.immediate.data),
    )
