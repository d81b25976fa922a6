"""The party's side: reading the material that a decision will build on, and commenting on it."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations
from app.features.consultations.blueprint import bp
from app.features.consultations.words import refusal_words
from app.forms import AreaField, RadiosField
from app.my_cases import at_its_level
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.catalogue import queries as catalogue
from services.consultations import answering, material, queries
from services.consultations.answering import Said
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid

ROOM = "/mina-sidor/synpunkter/<uuid:consultation_id>"


class CommentForm(conversations.MessageForm):
    """Whether one has comments, and which."""

    answer = RadiosField(
        lambda: _("Do you have comments?"),
        lambda: [("comments", _("Yes, I have comments")), ("nothing", _("No, I have none"))],
    )
    body = AreaField(lambda: _("Your comments"), optional=True)


@bp.route(ROOM, methods=["GET", "POST"])
@signed_in
def mine(consultation_id: UUID):
    """Read the material, and answer once."""
    consultation, case = queries.mine(session(), work().actor, consultation_id)
    at_its_level(case)
    form = CommentForm()
    if request.method == "POST" and form.validate():
        try:
            message_id = conversations.receive_files(form) if form.files.data else None
            said = Said(form.answer.data, _body(form))
            answering.answer_as_party(work(), consultation, said, message_id)
        except (Invalid, Conflict) as refusal:
            field = form.files if "file" in refusal.code else form.body
            field.errors = [refusal_words(refusal)]
        else:
            flash(_("Thank you. We have your answer."))
            return redirect(url_for(".mine", consultation_id=consultation_id), code=303)
    return page(
        "consultations/mine.html",
        422 if request.method == "POST" else 200,
        consultation=consultation,
        case=case,
        document=catalogue.version_document(session(), case.version_id),
        material=material.of(session(), consultation),
        row=queries.asked_in(session(), consultation.id)[0],
        form=form,
        today=local_day(work().now),
    )


def _body(form: CommentForm) -> str:
    # Files need a message to belong to.
    words = form.body.data or ""
    if not words and form.files.data and form.answer.data == "comments":
        return _("See the attached files.")
    return words if form.answer.data == "comments" else ""


@bp.route(f"{ROOM}/filer/<uuid:attachment_id>")
@signed_in
def my_file(consultation_id: UUID, attachment_id: UUID):
    consultation, case = queries.mine(session(), work().actor, consultation_id)
    at_its_level(case)
    found = material.file(session(), consultation, attachment_id)
    return conversations.file_answer(found.id, [found.owner_id])
