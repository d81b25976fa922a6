"""The investigation at the desk: the service's checklist, and the party's need of an interpreter."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.features.investigation.blueprint import bp
from app.features.investigation.need_form import NeedForm, known
from app.features.investigation.words import refusal_words
from app.forms import SalemForm
from app.templating import page
from app.transactions import session, work
from app.understanding import need_words
from app.visitors import staff
from services.access.rules import may
from services.cases import commands as cases
from services.cases import investigation, needs, policy, queries
from services.cases.investigation_models import Finding
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.errors import Conflict, Invalid
from services.people import queries as people

CASE = "/handlaggning/arenden/<number>"


class TicksForm(SalemForm):
    """The checklist; what is ticked is read from its rows."""


@dataclass(frozen=True)
class Tick:
    """One row of the checklist as it was sent."""

    key: str
    finding: str
    note: str


@bp.route(f"{CASE}/utredning", methods=["GET", "POST"])
@staff
def of_case(number: str):
    """What is looked into before the decision (förvaltningslagen 23 §), by the service's checklist."""
    found = queries.at_desk(session(), work().actor, number)
    form = TicksForm()
    if not form.is_submitted():
        cases.opened_at_desk(work(), found)
        return _page(found, form)
    wrong = _ticked(found) if form.validate() else {}
    if wrong or form.errors:
        return _page(found, form, 422, wrong=wrong)
    flash(_("Saved."))
    return redirect(url_for(".of_case", number=number), code=303)


def _ticked(found: Case) -> dict[str, str]:
    """Tick what was sent; returns what was wrong, by the row."""
    wrong: dict[str, str] = {}
    for each in investigation.of(session(), found):
        sent = _sent(each.check.key)
        before = each.found
        same = before is not None and (before.finding, before.note) == (sent.finding, sent.note)
        if not sent.finding or same:
            continue
        try:
            investigation.tick(work(), found.id, sent.key, sent.finding, sent.note)
        except (Invalid, Conflict) as refusal:
            wrong[sent.key] = refusal_words(refusal)
    return wrong


def _sent(key: str) -> Tick:
    finding = request.form.get(f"fynd-{key}", "")
    note = request.form.get(f"not-{key}", "").replace("\r\n", "\n").strip()
    return Tick(key, finding if finding in tuple(Finding) else "", note)


def _page(
    found: Case,
    form: SalemForm,
    code: int = 200,
    *,
    wrong: dict[str, str] | None = None,
    need_form: NeedForm | None = None,
):
    looked = investigation.of(session(), found)
    need = needs.of(session(), found.id)
    return page(
        "investigation/of_case.html",
        code,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        looked=looked,
        sent={each.check.key: _sent(each.check.key) for each in looked} if code != 200 else {},
        wrong=wrong or {},
        names=people.names(session(), {each.found.checked_by_id for each in looked if each.found}),
        form=form,
        need=need_words(need) if need else "",
        need_form=need_form or NeedForm(formdata=None, data=known(need)),
        may_work=may(work().actor, policy.WORK_ON, found) and found.is_open,
    )


@bp.route(f"{CASE}/utredning/behov", methods=["GET", "POST"])
@staff
def need(number: str):
    """Note an interpreter, a translation or other help that the party needs (13 §)."""
    found = queries.at_desk(session(), work().actor, number)
    form = NeedForm()
    if not form.is_submitted():
        return redirect(url_for(".of_case", number=number), code=303)
    if form.validate():
        try:
            needs.note_at_desk(work(), found.id, form.chosen, form.language.data or "")
        except (Invalid, Conflict) as refusal:
            form.language.errors = [refusal_words(refusal)]
        else:
            flash(_("Saved."))
            return redirect(url_for(".of_case", number=number), code=303)
    return _page(found, TicksForm(formdata=None), 422, need_form=form)
