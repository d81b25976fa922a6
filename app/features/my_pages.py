"""Mina sidor: what I must do now, my drafts and cases, and for whom I act."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations, to_do
from app.forms import AreaField, RadiosField, SalemForm
from app.my_cases import my_case
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.attachments import queries as attachments
from services.attachments.models import Attachment
from services.cases import commands, policy, queries, ratings
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.decisions import queries as decisions
from services.decisions.models import Decision
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.people import mandates

bp = Blueprint("my_pages", __name__)
SHOWN = 10


class WithdrawForm(SalemForm):
    """Taking an application back, with a reason if one wants to give it."""

    reason = AreaField(lambda: _("Why do you withdraw it?"), optional=True, rows=3)


class RatingForm(SalemForm):
    """How it went, from one to five, and why."""

    score = RadiosField(
        lambda: _("How did we handle your case?"),
        lambda: [
            ("5", _("5 – very well")),
            ("4", _("4 – well")),
            ("3", _("3 – neither well nor badly")),
            ("2", _("2 – badly")),
            ("1", _("1 – very badly")),
        ],
    )
    words = AreaField(
        lambda: _("What was good, and what could be better?"),
        optional=True,
        rows=4,
        limit=ratings.LONGEST,
        hint=lambda: _("Do not write who you are, or anything else personal."),
    )


@bp.route("/mina-sidor")
@signed_in
def index():
    """What one has to do first, then everything that one has here."""
    cases, shared = queries.to_act_in(session(), work().actor)
    documents = _documents([*cases, *shared])
    decided = decisions.of_party(session(), work().actor)
    return page(
        "my_pages/index.html",
        tasks=to_do.tasks(cases, shared, documents, decided),
        unread=queries.unread_by_party(session(), work().actor),
        decided=decided[:SHOWN],
        today=local_day(work().now),
        drafts=[case for case in cases if case.is_draft],
        open_cases=[case for case in cases if case.is_open],
        closed_cases=[case for case in cases if not case.is_draft and not case.is_open],
        documents=documents,
        status_words=lambda case: conversations.status_words(case, documents[case.version_id]),
        may_act=bool(_ways()),
    )


def _documents(cases: list[Case]) -> dict[UUID, ServiceDocument]:
    versions = {case.version_id for case in cases}
    return {each: catalogue.version_document(session(), each) for each in versions}


@bp.route("/mina-sidor/handlingar")
@signed_in
def papers():
    """Receipts, decisions and files from us, of all one's cases in one place."""
    cases = [each for each in queries.of_party(session(), work().actor) if each.number]
    written = queries.written_to_party(session(), [each.id for each in cases])
    files: dict[UUID, list[Attachment]] = {}
    for each in attachments.of_owners(session(), list(written)) if written else []:
        if each.is_clean:
            files.setdefault(written[each.owner_id], []).append(each)
    decided: dict[UUID, list[Decision]] = {}
    for decision, case, _day in decisions.of_party(session(), work().actor):
        decided.setdefault(case.id, []).append(decision)
    return page(
        "my_pages/papers.html",
        cases=cases,
        documents=_documents(cases),
        files=files,
        decided=decided,
    )


def _ways() -> list[mandates.Way]:
    current = work()
    assert current.actor.person_id is not None
    return mandates.ways(current.session, current.actor.person_id, local_day(current.now))


@bp.route("/mina-sidor/arenden/<number>")
@signed_in
def case(number: str):
    found = my_case(number)
    return _case_page(found, conversations.MessageForm())


def _case_page(found: Case, form: conversations.MessageForm, code: int = 200):
    shown = conversations.shown_to_party(found)
    asked = not shown["by_room"] and ratings.may_be_asked(session(), found)
    return page("my_pages/case.html", code, **shown, form=form, may_rate=asked)


@bp.route("/mina-sidor/arenden/<number>/omdome", methods=["GET", "POST"])
@signed_in
def rate(number: str):
    """One question at the end of a case, answered without a trace of who one is."""
    found = my_case(number, policy.ACT_AS_PARTY)
    form = RatingForm()
    if request.method == "POST" and form.validate():
        try:
            ratings.rate(work(), found.id, int(form.score.data), form.words.data or "")
        except Conflict:
            flash(_("The question has been answered already, or the case is not closed."))
        else:
            flash(_("Thank you for telling us."))
        return redirect(url_for(".case", number=number), code=303)
    document = catalogue.version_document(session(), found.version_id)
    code = 422 if request.method == "POST" else 200
    return page("my_pages/rate.html", code, case=found, document=document, form=form)


@bp.route("/mina-sidor/arenden/<number>", methods=["POST"])
@signed_in
def write(number: str):
    """Write to the desk, or complete what it has asked for."""
    found = my_case(number, policy.WRITE_AS_PARTY)
    form = conversations.MessageForm()
    if form.validate():
        try:
            message_id = conversations.receive_files(form)
            commands.write_from_party(work(), found.id, form.body.data, message_id=message_id)
        except (Invalid, Conflict) as refusal:
            conversations.explain(form, refusal)
        else:
            flash(_("Your message is sent."))
            return redirect(url_for(".case", number=number), code=303)
    return _case_page(found, form, 422)


@bp.route("/mina-sidor/arenden/<number>/aterkalla", methods=["GET", "POST"])
@signed_in
def withdraw(number: str):
    """Take the application back, after asking once."""
    found = my_case(number, policy.ACT_AS_PARTY)
    form = WithdrawForm()
    if request.method == "POST" and form.validate():
        commands.withdraw(work(), found.id, form.reason.data or "")
        flash(_("Your application is withdrawn."))
        return redirect(url_for(".case", number=number), code=303)
    document = catalogue.version_document(session(), found.version_id)
    code = 422 if request.method == "POST" else 200
    return page("my_pages/withdraw.html", code, case=found, document=document, form=form)


@bp.route("/mina-sidor/arenden/<number>/kvittens.pdf")
@signed_in
def receipt(number: str):
    found = my_case(number)
    document = catalogue.version_document(session(), found.version_id)
    return conversations.receipt_answer(found, document)


@bp.route("/mina-sidor/arenden/<number>/filer/<uuid:attachment_id>")
@signed_in
def file(number: str, attachment_id: UUID):
    found = my_case(number)
    return conversations.file_for_party(found, attachment_id)
