"""Those who are asked and have no e-ID here: they come by a link or with the code of a letter."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from app import browser, conversations, i18n
from app.features.consultations.blueprint import bp
from app.features.consultations.words import refusal_words
from app.forms import (
    AreaField,
    CheckField,
    RadiosField,
    SalemForm,
    SelectField,
    TextField,
    UploadField,
)
from app.rate_limits import limiter
from app.templating import page
from app.transactions import keep, session, work
from app.visitors import anyone
from services.attachments import commands as attachment_commands
from services.catalogue import queries as catalogue
from services.consultations import answering, material
from services.consultations.answering import Asked, Said
from services.consultations.models import Kind
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.organisation import queries as organisation


class CodeForm(SalemForm):
    """The code of a letter."""

    code = TextField(
        lambda: _("Your code"),
        hint=lambda: _("Twelve characters in three groups, as in K7MF-3QWX-9HTP."),
        spellcheck=False,
        width=20,
    )


class OpinionForm(SalemForm):
    """An opinion from an authority or another."""

    answer = RadiosField(
        lambda: _("Your answer"),
        lambda: [
            ("nothing", _("We have nothing to say against it")),
            ("comments", _("We have comments")),
        ],
    )
    body = AreaField(lambda: _("Your comments"), optional=True)
    files = UploadField(lambda: _("Attach files"), optional=True)


class NeighbourForm(OpinionForm):
    """A neighbour's answer, with as whom it is given."""

    answer = RadiosField(
        lambda: _("Your answer"),
        lambda: [
            ("nothing", _("I have nothing against it")),
            ("comments", _("I have objections or comments")),
        ],
    )
    capacity = SelectField(
        lambda: _("As whom do you answer?"),
        lambda: [
            ("", _("Choose")),
            ("owner", _("Owner of the property")),
            ("tenant", _("Tenant")),
            ("association", _("Housing cooperative or association")),
            ("agent", _("On behalf of somebody else")),
        ],
    )
    public = CheckField(
        lambda: _("I know that my answer becomes public and is shown to the applicant")
    )


@bp.route("/remiss/<secret>")
@anyone
@limiter.limit("60 per minute", deduct_when=lambda response: response.status_code == 404)
def link(secret: str):
    """Before the link is opened: programs that look at mail open nothing by looking."""
    answering.by_link(work(), secret)
    return page("consultations/link.html", secret=secret, trouble=None)


@bp.route("/remiss/<secret>", methods=["POST"])
@anyone
@limiter.limit("60 per minute")
def open_link(secret: str):
    """Open it in this browser, and in no other from then on."""
    asked = answering.by_link(work(), secret)
    try:
        answering.open_here(work(), asked, browser.secret())
    except Conflict as refusal:
        return page("consultations/link.html", 409, secret=secret, trouble=refusal_words(refusal))
    return redirect(url_for(".answer", consulted_id=asked.row.id), code=303)


@bp.route("/granne", methods=["GET", "POST"])
@anyone
@limiter.limit("10 per minute; 40 per hour", methods=["POST"])
def enter():
    """Typing in the code of a letter."""
    form = CodeForm()
    if request.method == "POST" and form.validate():
        asked = answering.by_code(work(), form.code.data)
        if asked is not None:
            answering.open_here(work(), asked, browser.secret())
            return redirect(url_for(".answer", consulted_id=asked.row.id), code=303)
        # That it was tried is kept.
        keep()
        form.code.errors = [
            _("The code is wrong, has been tried too often, or is too old. Check it, or call us.")
        ]
    return page("consultations/enter.html", 422 if request.method == "POST" else 200, form=form)


@bp.route("/yttrande/<uuid:consulted_id>", methods=["GET", "POST"])
@anyone
@limiter.limit("30 per minute", methods=["POST"])
def answer(consulted_id: UUID):
    """The question with what was chosen for it, and the answer."""
    asked = answering.opened(work(), consulted_id, browser.held_secret() or "")
    form: Any = NeighbourForm() if asked.consultation.kind == Kind.NEIGHBOURS else OpinionForm()
    if request.method == "POST" and form.validate():
        try:
            _receive(asked, form)
            capacity = form.capacity.data if "capacity" in form else ""
            said = Said(form.answer.data, _body(form), capacity)
            answering.answer_outside(work(), asked, said)
        except (Invalid, Conflict) as refusal:
            field = form.files if "file" in refusal.code else form.body
            field.errors = [refusal_words(refusal)]
        else:
            flash(_("Thank you. We have your answer."))
            return redirect(url_for(".answer", consulted_id=consulted_id), code=303)
    return page(
        "consultations/answer.html",
        422 if request.method == "POST" else 200,
        **_shown(asked),
        form=form,
    )


def _shown(asked: Asked) -> dict[str, Any]:
    authority = organisation.authorities(session())[asked.case.authority_id]
    return {
        "asked": asked,
        "consultation": asked.consultation,
        "row": asked.row,
        "case": asked.case,
        "authority": say(authority.names, i18n.language()),
        "document": catalogue.version_document(session(), asked.case.version_id),
        "material": material.of(session(), asked.consultation),
        "today": local_day(work().now),
    }


def _body(form: Any) -> str:
    words = form.body.data or ""
    if not words and form.files.data and form.answer.data == "comments":
        return str(_("See the attached files."))
    return words


def _receive(asked: Asked, form: Any) -> None:
    files = [each for each in form.files.data or [] if each.filename]
    if asked.is_over:
        raise Conflict("consultation-over")
    if len(files) > conversations.MOST_FILES:
        raise Invalid("too-many-files")
    for file in files:
        attachment_commands.receive(
            work(),
            file.stream,
            file.filename,
            owner_kind="message",
            owner_id=asked.row.id,
            kinds=conversations.MESSAGE_KINDS,
            max_bytes=g.get("max_upload_bytes", 10 * 1024 * 1024),
        )


@bp.route("/yttrande/<uuid:consulted_id>/filer/<uuid:attachment_id>")
@anyone
def shown_file(consulted_id: UUID, attachment_id: UUID):
    """A file that was chosen, in the browser in which the question is open."""
    asked = answering.opened(work(), consulted_id, browser.held_secret() or "")
    found = material.file(session(), asked.consultation, attachment_id)
    return conversations.file_answer(found.id, [found.owner_id])
