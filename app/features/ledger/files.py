"""Files from the bank: handed in, looked at before they are booked, followed, and listed."""

from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.features.ledger.blueprint import bp
from app.features.ledger.words import file_fault_words, file_state_words, refusal_words
from app.forms import SalemForm, UploadField
from app.sign_in import settings
from app.templating import page
from app.transactions import keep, session, work
from app.visitors import staff
from services.access.rules import require
from services.audit.log import record
from services.kernel.errors import Conflict, Invalid, NotFound
from services.payments import handing_in, policy
from services.payments.incoming import FileState, IncomingFile

FORMATS = {"bgmax": "BgMax", "camt054": "camt.054"}


class FileForm(SalemForm):
    """One file from the bank."""

    file = UploadField(
        lambda: _("File from the bank"),
        hint=lambda: _(
            "BgMax or camt.054, as the bank sends it, of at most 40 MB. Those who run the platform read a larger one. Nothing is booked yet."
        ),
        missing=lambda: _("Choose the file that the bank has sent."),
        max_files=1,
        max_bytes=handing_in.MOST_BYTES,
        accept=None,
    )


@bp.route("/ekonomi/filer", methods=["GET", "POST"])
@staff
def files():
    """Hand in a file, and see how earlier ones went."""
    require(work(), policy.KEEP_BOOKS, None)
    form = FileForm()
    if request.method == "POST" and form.validate():
        answer = _handed_in(form)
        if answer is not None:
            return answer
    return _files_page(form, 422 if request.method == "POST" else 200)


def _files_page(form: FileForm, code: int) -> Response:
    found = handing_in.files(session(), work().actor)
    return page(
        "ledger/files.html",
        code,
        form=form,
        files=found,
        kept=handing_in.kept(session(), found),
        formats=FORMATS,
        states=file_state_words(),
        fault_words=file_fault_words,
    )


def _handed_in(form: FileForm) -> Any:
    """On to the page of a file that is right; otherwise what is wrong stands at the field."""
    if len(form.file.data) > 1:
        form.file.errors = [_("Choose one file at a time.")]
        return None
    (chosen,) = form.file.data
    try:
        found = handing_in.hand_in(
            work(), chosen.stream, chosen.filename, allow_test=not settings().is_production
        )
    except Conflict as refusal:
        if "file_id" not in refusal.details:
            form.file.errors = [refusal_words(refusal)]
            return None
        flash(_("This file has been read already. Nothing is changed."))
        return redirect(url_for(".bank_file", file_id=refusal.details["file_id"]), code=303)
    except Invalid as refusal:
        # That it was refused, and why, is kept in the list.
        keep()
        form.file.errors = [_refused(refusal)]
        return None
    return redirect(url_for(".bank_file", file_id=found.id), code=303)


def _refused(refusal: Invalid) -> str:
    if "fault" in refusal.details:
        return file_fault_words(refusal.details["fault"], refusal.details.get("line"))
    return refusal_words(refusal)


@bp.route("/ekonomi/filer/<uuid:file_id>")
@staff
def bank_file(file_id: UUID):
    """What a file is before it is booked, how far that has come, and how it went."""
    found = _found(file_id)
    record(work(), "payments:look-at-file", found.id)
    booked = handing_in.kept(session(), [found]).get(found.id, 0)
    return page(
        "ledger/file.html",
        file=found,
        formats=FORMATS,
        fault=file_fault_words(found.fault, found.fault_line) if found.fault else "",
        outcome=_outcome(found, booked),
        follows=found.state == FileState.READING,
        still=request.args.get("stilla") == "1",
    )


def _found(file_id: UUID) -> IncomingFile:
    require(work(), policy.KEEP_BOOKS, None)
    return handing_in.file_by_id(session(), work().actor, file_id)


def _outcome(found: IncomingFile, booked: int) -> list[str]:
    """Where its payments went, in sentences."""
    listed, before = booked - found.matched, found.done - booked
    words = [
        ngettext(
            "%(num)s payment is placed by its reference.",
            "%(num)s payments are placed by their references.",
            found.matched,
        ),
        ngettext(
            "%(num)s payment went to the list of what is not placed.",
            "%(num)s payments went to the list of what is not placed.",
            listed,
        ),
    ]
    if before:
        words.append(
            ngettext(
                "%(num)s payment had come in another file already, and was not booked again.",
                "%(num)s payments had come in another file already, and were not booked again.",
                before,
            )
        )
    return words


@bp.route("/ekonomi/filer/<uuid:file_id>/lage")
@staff
def bank_file_state(file_id: UUID):
    """How far it has come, for the page that follows it."""
    found = _found(file_id)
    return jsonify({"state": f"{found.state}:{found.done}"})


@bp.route("/ekonomi/filer/<uuid:file_id>/<answer>", methods=["POST"])
@staff
def answer_file(file_id: UUID, answer: str):
    """Let it be booked, or leave it out."""
    found = _found(file_id)
    if answer not in ("ja", "nej"):
        raise NotFound("step", what=answer)
    try:
        if answer == "ja":
            handing_in.confirm(work(), found.id)
            return redirect(url_for(".bank_file", file_id=found.id), code=303)
        handing_in.leave_out(work(), found.id)
    except Conflict as refusal:
        flash(refusal_words(refusal))
        return redirect(url_for(".bank_file", file_id=found.id), code=303)
    flash(_("The file is left out. Nothing of it is booked."))
    return redirect(url_for(".files"), code=303)
