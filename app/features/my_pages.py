"""Mina sidor: what I must do now, my drafts and cases, and for whom I act."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations, paying
from app.forms import AreaField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.cases import commands, queries
from services.cases.models import Case, State
from services.catalogue import queries as catalogue
from services.consultations import queries as consultations
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.people import mandates
from services.signatures import queries as signatures

bp = Blueprint("my_pages", __name__)


class WithdrawForm(SalemForm):
    """Taking an application back, with a reason if one wants to give it."""

    reason = AreaField(lambda: _("Why do you withdraw it?"), optional=True, rows=3)


@bp.route("/mina-sidor")
@signed_in
def index():
    cases = queries.of_party(session(), work().actor)
    documents = {
        case.version_id: catalogue.version_document(session(), case.version_id) for case in cases
    }
    waiting = [case for case in cases if case.state == State.AWAITING_COMPLETION]
    return page(
        "my_pages/index.html",
        to_sign=signatures.waiting_for(session(), work().actor),
        to_pay=paying.unpaid(),
        to_comment=consultations.waiting_for_party(session(), work().actor),
        waiting=waiting,
        last_days={case.id: _last_day(case) for case in waiting},
        today=local_day(work().now),
        drafts=[case for case in cases if case.is_draft],
        open_cases=[case for case in cases if case.is_open],
        closed_cases=[case for case in cases if not case.is_draft and not case.is_open],
        documents=documents,
        status_words=lambda case: conversations.status_words(case, documents[case.version_id]),
        may_act=bool(_ways()),
    )


def _last_day(case: Case) -> date | None:
    return conversations.last_day(case, queries.messages(session(), case.id, with_notes=False))


def _ways() -> list[mandates.Way]:
    current = work()
    assert current.actor.person_id is not None
    return mandates.ways(current.session, current.actor.person_id, local_day(current.now))


@bp.route("/mina-sidor/arenden/<number>")
@signed_in
def case(number: str):
    found = queries.mine(session(), work().actor, number)
    return _case_page(found, conversations.MessageForm())


def _case_page(found: Case, form: conversations.MessageForm, code: int = 200):
    return page("my_pages/case.html", code, **conversations.shown_to_party(found), form=form)


@bp.route("/mina-sidor/arenden/<number>", methods=["POST"])
@signed_in
def write(number: str):
    """Write to the desk, or complete what it has asked for."""
    found = queries.mine(session(), work().actor, number)
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
    found = queries.mine(session(), work().actor, number)
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
    found = queries.mine(session(), work().actor, number)
    document = catalogue.version_document(session(), found.version_id)
    return conversations.receipt_answer(found, document)


@bp.route("/mina-sidor/arenden/<number>/filer/<uuid:attachment_id>")
@signed_in
def file(number: str, attachment_id: UUID):
    found = queries.mine(session(), work().actor, number)
    return conversations.file_for_party(found, attachment_id)
