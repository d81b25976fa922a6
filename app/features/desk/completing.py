"""Asking for completion answer by answer, and correcting an answer by what the party has said."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import conversations, i18n
from app.features.desk.blueprint import bp
from app.forms import AreaField, DayField, RadiosField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.cases import completions, corrections, party, policy, queries
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.forms import builder
from services.forms.definition import Page, ServiceDocument
from services.forms.kinds import kind_of
from services.forms.question import Question
from services.kernel.errors import Conflict, Invalid

CASE = "/handlaggning/arenden/<number>"


class AskForm(SalemForm):
    """The words round the list of what fails: what is wrong, until when, and what follows."""

    body = AreaField(
        lambda: _("What do you want to say?"),
        hint=lambda: _("The resident sees this above the questions that you tick."),
        rows=4,
    )
    answer_by = DayField(lambda: _("Last day to answer"))
    next_step = RadiosField(
        lambda: _("What happens if nothing comes in time?"),
        lambda: [
            ("go_on", _("We try the case on what there is")),
            ("dismiss", _("The application may be dismissed, which means that it is not tried")),
        ],
    )


@bp.route(f"{CASE}/komplettering", methods=["GET", "POST"])
@staff
def ask_completion(number: str):
    """Tick the answers and files that fail, and say why (förvaltningslagen 20 §)."""
    found = queries.at_desk(session(), work().actor, number)
    require(work(), policy.WORK_ON, found)
    document = catalogue.version_document(session(), found.version_id)
    form = AskForm() if request.method == "POST" else AskForm(data={"next_step": "go_on"})
    asked = _ticked(document)
    wrong: dict[str, str] = {}
    preview = False
    if request.method == "POST":
        wrong = {key: _("Say why.") for key, why in asked if not why}
        if not asked:
            wrong[_first(found, document)] = _("Tick at least one answer.")
        preview = form.validate() and not wrong and bool(request.form.get("visa"))
        if form.validate() and not wrong and not preview:
            refused = _asked(found, form, asked)
            if refused is None:
                flash(_("The request is sent."))
                return redirect(url_for(".case", number=number), code=303)
            form.answer_by.errors = [refused]
    code = 422 if request.method == "POST" and not preview else 200
    return page(
        "desk/completion.html",
        code,
        case=found,
        document=document,
        form=form,
        answers=forms_answers.shown(document, found.answers, i18n.language()),
        ticked=dict(asked),
        wrong=wrong,
        preview=preview,
        labels={each.key: each.label for each in document.questions},
    )


def _ticked(document: ServiceDocument) -> list[tuple[str, str]]:
    # On the way from the case's page an answer may be ticked by the address.
    ticked = set(request.values.getlist("brist"))
    return [
        (each.key, request.form.get(f"varfor-{each.key}", "").strip())
        for each in document.questions
        if each.key in ticked
    ]


def _first(found: Case, document: ServiceDocument) -> str:
    _page, rows = forms_answers.shown(document, found.answers, i18n.language())[0]
    return rows[0][0].key


def _asked(found: Case, form: AskForm, asked: list[tuple[str, str]]) -> str | None:
    try:
        completions.ask(
            work(),
            found.id,
            form.body.data,
            form.answer_by.data,
            asked=asked,
            next_step=form.next_step.data,
        )
    except (Invalid, Conflict) as refusal:
        return conversations.refusal_words(refusal)
    return None


@bp.route(f"{CASE}/ratta", methods=["GET", "POST"])
@staff
def correct(number: str):
    """Correct one answer, with a reason; the old one is kept. Two who correct at once see both."""
    found = queries.at_desk(session(), work().actor, number)
    require(work(), policy.WORK_ON, found)
    document = catalogue.version_document(session(), found.version_id)
    questions = {each.key: each for each in _correctable(document)}
    question = questions.get(request.values.get("fraga", ""))
    if question is None:
        return page(
            "desk/correct_which.html", case=found, document=document, questions=questions.values()
        )
    only = Page(key="rattelse", title=question.label, questions=(question,))
    made = builder.form_class(document, only, i18n.language(), found.answers)
    if request.method != "POST":
        return _correcting(found, document, question, made(), 200)
    return _corrected(found, document, question, only, made(request.form))


def _correctable(document: ServiceDocument) -> list[Question]:
    return [each for each in document.questions if kind_of(each).asks and not kind_of(each).uploads]


def _corrected(
    found: Case, document: ServiceDocument, question: Question, only: Page, form: Any
) -> Response:
    reason = request.form.get("varfor", "").strip()
    if not form.validate() or not reason:
        wrong = "" if reason else _("Say why.")
        return _correcting(found, document, question, form, 422, wrong=wrong)
    stored = forms_answers.store(only, form)
    seen = request.form.get("seen", type=int)
    before = found.answers.get(question.key)
    try:
        corrections.correct(work(), found.id, stored, reason, seen=seen)
    except Conflict:
        return _both(found, document, question, form, stored)
    changed = before != stored.get(question.key)
    flash(_("The answer is corrected.") if changed else _("The answer was the same already."))
    return redirect(url_for(".case", number=found.number), code=303)  # type: ignore[return-value]


def _both(
    found: Case, document: ServiceDocument, question: Question, form: Any, stored: dict[str, Any]
) -> Response:
    """Somebody was first: both values are shown, and what was typed stays in the form."""
    language = i18n.language()
    values = [
        party.as_text(forms_answers.in_words(document, question.key, value, language))
        for value in (stored.get(question.key), found.answers.get(question.key))
    ]
    return _correcting(found, document, question, form, 409, both=(values[0], values[1]))


def _correcting(
    found: Case, document: ServiceDocument, question: Question, form: Any, code: int, **more: Any
) -> Response:
    return page(
        "desk/correct.html",
        code,
        case=found,
        document=document,
        question=question,
        form=form,
        reason=request.form.get("varfor", ""),
        **{"wrong": "", "both": None, **more},
    )
