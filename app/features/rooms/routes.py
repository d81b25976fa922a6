"""The rooms that one is in, one room with what is shared there, making one and leaving it."""

from collections.abc import Iterable
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations, i18n
from app.features.rooms.blueprint import ROOM, ROOMS, bp
from app.features.rooms.words import event_words, kind_words, refusal_words
from app.forms import SalemForm, TextField
from app.room_roles import role_words
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, signed_in
from services.cases import sharing
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.people import mandates
from services.people import queries as people
from services.rooms import commands, queries
from services.rooms.models import RoomEvent


class MakeForm(SalemForm):
    """What a household's room is called."""

    name = TextField(
        lambda: _("What shall the room be called?"),
        hint=lambda: _("For example The family at Exempelvägen. All members see it."),
        limit=commands.LONGEST_NAME,
    )


def documents_of(cases: Iterable[Case]) -> dict[UUID, ServiceDocument]:
    """The services of some cases, by their versions."""
    versions = {case.version_id for case in cases}
    return {each: catalogue.version_document(session(), each) for each in versions}


@bp.route(ROOMS)
@signed_in
def index():
    """The rooms that one is in, what one is invited to, and the ways to a room of one's own."""
    person_id = actor().person_id
    assert person_id is not None
    person = people.person(session(), person_id)
    rooms = queries.rooms_of(session(), person_id)
    there = {each.room.organisation_id for each in rooms}
    return page(
        "rooms/index.html",
        memberships=rooms,
        how_many=queries.how_many(session(), [each.room.id for each in rooms]),
        invited=queries.waiting_for(session(), person_id, work().now),
        signs_for=[
            way for way in _signs_for(person_id) if way.mandate.organisation_id not in there
        ],
        protected=person is not None and person.protected,
        kind_words=kind_words,
        role_words=role_words,
    )


def _signs_for(person_id: UUID) -> list[mandates.Way]:
    ways = mandates.ways(session(), person_id, local_day(work().now))
    return [way for way in ways if way.mandate.kind in commands.HEADS]


@bp.route(f"{ROOMS}/nytt", methods=["GET", "POST"])
@signed_in
def make():
    """Make a room for one's household."""
    commands.resident(work())
    form = MakeForm()
    if request.method == "POST" and form.validate():
        try:
            room = commands.make_household(work(), form.name.data)
        except (Invalid, Conflict) as refusal:
            form.name.errors = [refusal_words(refusal)]
        else:
            flash(_("The room is made. Now you can invite others, and share cases."))
            return redirect(url_for(".show", room_id=room.id), code=303)
    return page("rooms/make.html", 422 if request.method == "POST" else 200, form=form)


@bp.route(f"{ROOMS}/organisation/<uuid:organisation_id>", methods=["POST"])
@signed_in
def of_organisation(organisation_id: UUID):
    """Come into the room of a company or an association that one signs for."""
    try:
        room = commands.open_for_organisation(work(), organisation_id)
    except Conflict as refusal:
        flash(refusal_words(refusal))
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".show", room_id=room.id), code=303)


@bp.route(ROOM)
@signed_in
def show(room_id: UUID):
    """Who is in the room, what is shared there, and what has happened."""
    mine = queries.membership(session(), actor().person_id, room_id)
    shared = sharing.in_room(session(), actor(), mine.room)
    documents = documents_of(each.case for each in shared)
    members = queries.members(session(), room_id)
    events = queries.log(session(), room_id)
    return page(
        "rooms/show.html",
        mine=mine,
        room=mine.room,
        members=members,
        names={person.id: person.name for _member, person in members},
        drafts=[each for each in shared if each.case.is_draft],
        cases=[each for each in shared if not each.case.is_draft],
        documents=documents,
        invitations=queries.unanswered(session(), room_id, work().now) if mine.is_owner else [],
        log=list(zip(events, _told(events, shared, documents), strict=True)),
        status_words=lambda case: conversations.status_words(
            case, documents[case.version_id], by_another=True
        ),
        kind_words=kind_words,
        role_words=role_words,
    )


def _told(
    events: list[RoomEvent],
    shared: list[sharing.Shared],
    documents: dict[UUID, ServiceDocument],
) -> list[str]:
    # What the reader may see no more has no title in the log either.
    titles = {
        str(each.case.id): say(documents[each.case.version_id].title, i18n.language())
        for each in shared
    }
    names = queries.names_in(session(), events)
    return [event_words(each, names, titles.get(each.details.get("case", ""))) for each in events]


@bp.route(f"{ROOM}/lamna", methods=["GET", "POST"])
@signed_in
def leave(room_id: UUID):
    """Leave the room, or close it for all, after asking once."""
    mine = queries.membership(session(), actor().person_id, room_id)
    if request.method == "POST":
        closes = mine.is_owner and request.form.get("what") == "close"
        try:
            (commands.close if closes else commands.leave)(work(), room_id)
        except Conflict as refusal:
            flash(refusal_words(refusal))
            return redirect(url_for(".show", room_id=room_id), code=303)
        flash(_("The room is closed.") if closes else _("You have left the room."))
        return redirect(url_for(".index"), code=303)
    return page("rooms/leave.html", mine=mine, room=mine.room)
