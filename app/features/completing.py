"""Completing a case, as its party: only the answers that fail, with why, and what follows if not."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import conversations, i18n
from app.my_cases import my_case
from app.rate_limits import limiter
from app.templating import page
from app.transactions import session, work
from app.visitors import anyone, signed_in
from services.attachments import commands as attachments
from services.cases import completions, policy, queries
from services.cases.changing import locked
from services.cases.desk_models import Completion
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.forms import builder
from services.forms.definition import Page, ServiceDocument
from services.forms.question import Question
from services.forms.types.files import Options
from services.kernel.errors import Refusal

bp = Blueprint("completing", __name__)


@bp.route("/mina-sidor/arenden/<number>/komplettera", methods=["GET", "POST"])
@signed_in
def mine(number: str):
    """Complete one's own case."""
    found = my_case(number, policy.WRITE_AS_PARTY)
    return _completed(found, url_for("my_pages.case", number=number))


@bp.route("/folj/<secret>/komplettera", methods=["GET", "POST"])
@anyone
@limiter.limit("60 per minute", methods=["POST"])
def by_link(secret: str):
    """The same, for whoever holds the follow link."""
    found = queries.by_link(session(), secret)
    return _completed(found, url_for("follow.case", secret=secret))


def _completed(found: Case, back: str) -> Response:
    case = locked(work(), found.id) if request.method == "POST" else found
    completion = completions.waited_for(session(), case)
    if completion is None or not completion.asked:
        return redirect(back, code=303)  # type: ignore[return-value]
    document = catalogue.version_document(session(), case.version_id)
    only = completions.page_of(document, completion)
    made = builder.form_class(document, only, i18n.language(), _without_files(only, case.answers))
    if request.method != "POST":
        return _shown(case, document, completion, made(), back)
    form = made(request.form)
    stored = _accepted(case, only, form)
    if stored is None:
        return _shown(case, document, completion, form, back, 422)
    completions.answer(work(), case, stored, request.form.get("kommentar", ""))
    flash(_("Thank you. We go on with your case."))
    return redirect(back, code=303)  # type: ignore[return-value]


def _files_of(only: Page) -> list[Question]:
    return [each for each in only.questions if each.type == "files"]


def _without_files(only: Page, answers: Mapping[str, Any]) -> dict[str, Any]:
    # What failed cannot be sent in again unseen: new files are asked for, the old ones stay.
    files = {each.key for each in _files_of(only)}
    return {key: value for key, value in answers.items() if key not in files}


def _accepted(case: Case, only: Page, form: builder.PageForm) -> dict[str, Any] | None:
    """The answers, with the new files behind the old ones; None when something does not hold."""
    sent = {each.key: _sent(each) for each in _files_of(only)}
    form.validate()
    for field in form.visible():
        if field.question.key in sent:
            missing = [] if sent[field.question.key] else [_("Choose a file.")]
            field.errors, field.faults = missing, []
    if form.newly_asked or any(field.errors for field in form.visible()):
        return None
    stored = forms_answers.store(only, form)
    for field in form.visible():
        question = field.question
        if question.key in sent:
            field.errors, kept = _received(case, question, sent[question.key])
            stored[question.key] = kept
    return None if any(field.errors for field in form.visible()) else stored


def _sent(question: Question) -> list[FileStorage]:
    return [each for each in request.files.getlist(question.key) if each.filename]


def _received(
    case: Case, question: Question, files: list[FileStorage]
) -> tuple[list[str], list[dict[str, Any]]]:
    kept: list[dict[str, Any]] = list(case.answers.get(question.key) or [])
    options = question.understood(Options)
    if len(kept) + len(files) > options.max_files:
        return [conversations.refusal_words(Refusal("too-many-files"))], kept
    for file in files:
        try:
            attachment = attachments.receive(
                work(),
                file.stream,
                file.filename,
                owner_kind="case",
                owner_id=case.id,
                kinds=options.kinds,
                max_bytes=options.max_bytes,
            )
        except Refusal as refusal:
            return [conversations.refusal_words(refusal)], kept
        kept.append({"id": str(attachment.id), "name": attachment.name, "size": attachment.size})
    return [], kept


def _shown(
    case: Case,
    document: ServiceDocument,
    completion: Completion,
    form: builder.PageForm,
    back: str,
    code: int = 200,
) -> Response:
    files = {each.key for each in document.questions if each.type == "files"}
    messages = queries.messages(session(), case.id, with_notes=False)
    return page(
        "completing/form.html",
        code,
        case=case,
        document=document,
        completion=completion,
        whys={each["question"]: each["why"] for each in completion.asked},
        said=next((each.body for each in messages if each.id == completion.id), ""),
        before={
            key: [file["name"] for file in case.answers.get(key) or []]
            for key in files
            if case.answers.get(key)
        },
        form=form,
        back=back,
        comment=request.form.get("kommentar", ""),
    )
