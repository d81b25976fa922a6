"""Sharing one's own cases and drafts with a room, ending it, and reading a draft that is shared."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import i18n
from app.features.rooms.blueprint import ROOM, bp
from app.features.rooms.routes import documents_of
from app.features.rooms.words import refusal_words
from app.forms import RadiosField, SalemForm
from app.my_cases import at_its_level
from app.templating import day, page
from app.transactions import session, work
from app.visitors import actor, signed_in
from services.cases import policy, sharing
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.rooms import queries
from services.rooms.models import Room


class ShareForm(SalemForm):
    """Which of one's cases or drafts the room shall see."""

    case = RadiosField(lambda: _("What do you want to share?"), list)


@bp.route(f"{ROOM}/dela", methods=["GET", "POST"])
@signed_in
def share(room_id: UUID):
    """Choose one of one's own cases or drafts, and let the room see it."""
    room = queries.membership(session(), actor().person_id, room_id).room
    offered = _offered(room)
    form = ShareForm()
    form.case.options = offered
    if request.method == "POST" and form.validate():
        try:
            sharing.share(work(), UUID(form.case.data), room_id)
        except (Invalid, Conflict) as refusal:
            form.case.errors = [refusal_words(refusal)]
        else:
            flash(_("It is shared with the room."))
            return redirect(url_for(".show", room_id=room_id), code=303)
    code = 422 if request.method == "POST" else 200
    return page("rooms/share.html", code, room=room, form=form, offered=offered)


def _offered(room: Room) -> list[tuple[str, str]]:
    cases = sharing.to_share(session(), actor(), room)
    documents = documents_of(cases)
    found = []
    for case in cases:
        title = say(documents[case.version_id].title, i18n.language())
        facts = {"title": title, "day": day(case.changed_at), "number": case.number or ""}
        if case.is_draft:
            words = _("Draft: %(title)s, saved %(day)s", **facts)
        else:
            words = _("%(title)s, %(number)s", **facts)
        found.append((str(case.id), words))
    return found


@bp.route(f"{ROOM}/sluta-dela/<uuid:case_id>", methods=["POST"])
@signed_in
def end(room_id: UUID, case_id: UUID):
    """Share a case or a draft no more."""
    sharing.end(work(), case_id, room_id)
    flash(_("It is not shared with the room any more."))
    return redirect(url_for(".show", room_id=room_id), code=303)


@bp.route(f"{ROOM}/utkast/<uuid:case_id>")
@signed_in
def draft(room_id: UUID, case_id: UUID):
    """What is written in a draft that is shared, and the way on for those who may send in."""
    case = sharing.draft_in_room(session(), actor(), room_id, case_id)
    at_its_level(case)
    document = catalogue.version_document(session(), case.version_id)
    return page(
        "rooms/draft.html",
        room=queries.membership(session(), actor().person_id, room_id).room,
        case=case,
        document=document,
        answers=forms_answers.shown(document, case.answers, i18n.language()),
        may_go_on=policy.sends_in_room(actor(), case) or policy.is_party(actor(), case),
    )
