"""A case at the desk: read it, take it, write, ask, move it on."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations, i18n
from app.features.desk import whole
from app.features.desk.blueprint import bp
from app.forms import AreaField, DayField, RadiosField, UploadField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.cases import assignment, commands, completions, notes, policy, queries
from services.cases.closing import Unpaid
from services.cases.lifecycle import Step, is_possible
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk import texts
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
            ("oral", _("What somebody has said to you, which the resident does not see here")),
        ],
    )
    body = AreaField(
        lambda: _("Text"),
        hint=lambda: _(
            "A note cannot be changed or removed. Name a colleague with @ and the whole name, and they are told."
        ),
    )
    answer_by = DayField(lambda: _("Last day to answer, if you ask for completion"), optional=True)
    files = UploadField(lambda: _("Attach files"), optional=True)


@bp.route("/handlaggning/arenden/<number>")
@staff
def case(number: str):
    found = queries.at_desk(session(), work().actor, number)
    commands.opened_at_desk(work(), found)
    return show(found, _beginning(found))


def _beginning(found: Case) -> WriteForm:
    """An empty box, or one with the text of a template, which is read and changed before it is sent."""
    template_id = request.args.get("mall", type=UUID)
    if template_id is None:
        return WriteForm(formdata=None, data={"kind": "answer"})
    template = texts.one(session(), work().actor, template_id)
    document = catalogue.version_document(session(), found.version_id)
    handler = people.names(session(), {work().actor.person_id})
    body = texts.filled(template.body, found, document, handler=next(iter(handler.values()), ""))
    return WriteForm(formdata=None, data={"kind": template.kind, "body": body})


def show(
    found: Case,
    form: WriteForm | None = None,
    code: int = 200,
    *,
    trouble: tuple[str, str] | None = None,
):
    """The case's page. `trouble` is what was wrong with another form of it: (where, in words)."""
    form = form or WriteForm(formdata=None, data={"kind": "answer"})
    shown = conversations.shown_at_desk(found)
    return page(
        "desk/case.html",
        code,
        **shown,
        form=_offered(form, found),
        trouble=trouble,
        authority=organisation.authorities(session())[found.authority_id],
        organisation=_organisation(found),
        **_may(found, shown["document"]),
        **whole.of(found, shown),
    )


def _may(found: Case, document: ServiceDocument) -> dict[str, Any]:
    actor = work().actor
    by_decision = commands.decided_statuses(document)
    following = commands.followers(document.statuses, found.status)
    next_keys = [key for key in following if key not in by_decision]
    may_work = may(actor, policy.WORK_ON, found)
    return {
        "next_statuses": [each for each in document.statuses if each.key in next_keys],
        "may_decide": any(key in by_decision for key in following),
        "may_work": may_work,
        "may_lead": may(actor, policy.LEAD, found),
        "may_ask": is_possible(found.state, Step.ASK_COMPLETION),
        "may_set_status": is_possible(found.state, Step.SET_STATUS) and bool(next_keys),
        "may_assign": may_work and is_possible(found.state, Step.TAKE),
        "may_take": is_possible(found.state, Step.TAKE) and found.handler_id != actor.person_id,
    }


def _offered(form: WriteForm, found: Case) -> WriteForm:
    # What the case's state does not allow is not offered; what was sent anyway is refused in words.
    possible = {
        "note": True,
        "oral": True,
        "answer": is_possible(found.state, Step.WRITE),
        "completion": is_possible(found.state, Step.ASK_COMPLETION),
    }
    form.kind.options = [choice for choice in form.kind.options if possible[choice[0]]]
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
    return show(found, form, 422)


def _written(found: Case, form: WriteForm) -> None:
    message_id = conversations.receive_files(form)
    body = form.body.data
    if form.kind.data == "note":
        notes.note(work(), found.id, body, message_id=message_id)
    elif form.kind.data == "oral":
        notes.oral(work(), found.id, body, message_id=message_id)
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
        return show(found, code=422, trouble=("status", _("Choose the new status.")))
    try:
        changed = commands.set_status(work(), found.id, chosen, seen=seen, unpaid=_of_fee())
    except Invalid as refusal:
        return show(found, code=422, trouble=_wrong(refusal))
    except Conflict as refusal:
        return show(found, code=409, trouble=("status", _overtaken(found, chosen, refusal)))
    document = catalogue.version_document(session(), changed.version_id)
    words = next(
        say(each.desk, i18n.language()) for each in document.statuses if each.key == changed.status
    )
    flash(_("The status is now: %(status)s", status=words))
    return redirect(url_for(".case", number=number), code=303)


def _of_fee() -> Unpaid | None:
    chosen = request.form.get("avgift", "")
    return Unpaid(chosen) if chosen in list(Unpaid) else None


def _wrong(refusal: Invalid) -> tuple[str, str]:
    if refusal.code == "fee-unpaid":
        return "avgift", _("Choose what becomes of the fee when the case is closed.")
    return "status", conversations.refusal_words(refusal)


def _overtaken(found: Case, chosen: str, refusal: Conflict) -> str:
    """What one wanted and what the case has become meanwhile: the handler chooses anew."""
    if refusal.code != "case-changed-meanwhile":
        return conversations.refusal_words(refusal)
    document = catalogue.version_document(session(), found.version_id)
    words = {each.key: say(each.desk, i18n.language()) for each in document.statuses}
    return _(
        "Somebody has changed the case since you opened it. You chose “%(mine)s”. The status is now “%(theirs)s”. Look at what has happened, and choose again if you still want to.",
        mine=words.get(chosen, chosen),
        theirs=conversations.status_words(found, document, desk=True),
    )


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
