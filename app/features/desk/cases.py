"""A case at the desk: read it, take it, write, ask, move it on."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations, i18n
from app.features.desk.blueprint import bp
from app.forms import AreaField, DayField, RadiosField, UploadField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.cases import assignment, commands, completions, notes, policy, queries
from services.cases.lifecycle import Step, is_possible
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms.definition import ServiceDocument
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.organisation import queries as organisation
from services.people import queries as people


class WriteForm(conversations.MessageForm):
    """An answer, a request for completion or an internal note: one box, and what it is."""

    kind = RadiosField(
        lambda: _("What do you write?"),
        lambda: [
            ("answer", _("A message to the resident")),
            ("completion", _("A request for completion")),
            ("note", _("An internal note, which the resident does not see")),
        ],
    )
    body = AreaField(lambda: _("Text"))
    answer_by = DayField(lambda: _("Last day to answer, if you ask for completion"), optional=True)
    files = UploadField(lambda: _("Attach files"), optional=True)


@bp.route("/handlaggning/arenden/<number>")
@staff
def case(number: str):
    found = queries.at_desk(session(), work().actor, number)
    commands.opened_at_desk(work(), found)
    return _case_page(found, WriteForm(data={"kind": "answer"}))


def _case_page(found: Case, form: WriteForm, code: int = 200, *, trouble: str | None = None):
    shown = conversations.shown_at_desk(found)
    current = work()
    document: ServiceDocument = shown["document"]
    known = {each.author_id for each in shown["messages"]} | {
        each.actor_id for each in shown["timeline"]
    }
    known |= {
        found.handler_id,
        found.acting_person_id,
        found.registered_by_id,
        found.subject_person_id,
    }
    next_keys = commands.followers(document.statuses, found.status)
    return page(
        "desk/case.html",
        code,
        **shown,
        form=_offered(form, found),
        trouble=trouble,
        names=people.names(session(), {each for each in known if each}),
        authority=organisation.authorities(session())[found.authority_id],
        organisation=_organisation(found),
        next_statuses=[each for each in document.statuses if each.key in next_keys],
        may_work=may(current.actor, policy.WORK_ON, found),
        may_ask=is_possible(found.state, Step.ASK_COMPLETION),
        may_set_status=is_possible(found.state, Step.SET_STATUS) and bool(next_keys),
        may_take=is_possible(found.state, Step.TAKE)
        and found.handler_id != current.actor.person_id,
    )


def _offered(form: WriteForm, found: Case) -> WriteForm:
    # What the case's state does not allow is not offered; what was sent anyway is refused in words.
    possible = {
        "note": True,
        "answer": is_possible(found.state, Step.WRITE),
        "completion": is_possible(found.state, Step.ASK_COMPLETION),
    }
    form.kind.options = [choice for choice in form.kind.options if possible[choice[0]]]
    if len(form.kind.options) == 1:
        form.kind.data = form.kind.options[0][0]
    return form


def _organisation(found: Case):
    if found.subject_organisation_id is None:
        return None
    return people.organisation(session(), found.subject_organisation_id)


@bp.route("/handlaggning/arenden/<number>/ta", methods=["POST"])
@staff
def take(number: str):
    """Become the handler of the case."""
    found = queries.at_desk(session(), work().actor, number)
    assignment.take(work(), found.id)
    flash(_("You are now the handler of the case."))
    return redirect(url_for(".case", number=number), code=303)


@bp.route("/handlaggning/arenden/<number>/skriv", methods=["GET", "POST"])
@staff
def write(number: str):
    """Answer, ask for completion or make a note."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = queries.at_desk(session(), work().actor, number)
    form = WriteForm()
    if form.validate():
        try:
            _written(found, form)
        except (Invalid, Conflict) as refusal:
            conversations.explain(form, refusal)
        else:
            flash(_("Saved."))
            return redirect(url_for(".case", number=number), code=303)
    return _case_page(found, form, 422)


def _written(found: Case, form: WriteForm) -> None:
    message_id = conversations.receive_files(form)
    body = form.body.data
    if form.kind.data == "note":
        notes.note(work(), found.id, body, message_id=message_id)
    elif form.kind.data == "completion":
        answer_by: date | None = form.answer_by.data
        completions.ask(work(), found.id, body, answer_by, message_id=message_id)
    else:
        commands.write_from_desk(work(), found.id, body, message_id=message_id)


@bp.route("/handlaggning/arenden/<number>/status", methods=["GET", "POST"])
@staff
def set_status(number: str):
    """Move the case along the service's own statuses."""
    if request.method != "POST":
        return redirect(url_for(".case", number=number), code=303)
    found = queries.at_desk(session(), work().actor, number)
    seen, chosen = request.form.get("seen", type=int), request.form.get("status", "")
    if not chosen:
        return _not_set(found, _("Choose the new status."))
    try:
        changed = commands.set_status(work(), found.id, chosen, seen=seen)
    except (Invalid, Conflict) as refusal:
        return _not_set(found, conversations.refusal_words(refusal))
    document = catalogue.version_document(session(), changed.version_id)
    words = next(
        say(each.desk, i18n.language()) for each in document.statuses if each.key == changed.status
    )
    flash(_("The status is now: %(status)s", status=words))
    return redirect(url_for(".case", number=number), code=303)


def _not_set(found: Case, words: str):
    form = WriteForm(formdata=None, data={"kind": "answer"})
    return _case_page(found, form, 422, trouble=words)


@bp.route("/handlaggning/arenden/<number>/filer/<uuid:attachment_id>")
@staff
def file(number: str, attachment_id: UUID):
    found = queries.at_desk(session(), work().actor, number)
    commands.opened_at_desk(work(), found)
    messages = queries.messages(session(), found.id, with_notes=True)
    return conversations.file_answer(attachment_id, [found.id, *(each.id for each in messages)])


@bp.route("/handlaggning/arenden/<number>/kvittens.pdf")
@staff
def receipt(number: str):
    found = queries.at_desk(session(), work().actor, number)
    commands.opened_at_desk(work(), found)
    document = catalogue.version_document(session(), found.version_id)
    return conversations.receipt_answer(found, document)
