"""Letting a member of a room do more or less, and taking somebody out of it."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.features.rooms.blueprint import ROOM, bp
from app.features.rooms.words import refusal_words, role_choices
from app.forms import RadiosField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.kernel.errors import Conflict, NotFound
from services.rooms import commands, queries


class RoleForm(SalemForm):
    """What a member may do."""

    role = RadiosField(lambda: _("What may this member do?"), role_choices)


@bp.route(f"{ROOM}/medlemmar/<uuid:member_id>", methods=["GET", "POST"])
@signed_in
def member(room_id: UUID, member_id: UUID):
    """Change somebody's role, as the one who looks after the room."""
    room = commands.owned(work(), room_id)
    found = {each.id: (each, person) for each, person in queries.members(session(), room_id)}
    if member_id not in found:
        raise NotFound("room-member")
    one, person = found[member_id]
    form = RoleForm(data={"role": one.role})
    if request.method == "POST" and form.validate():
        try:
            commands.change_role(work(), room_id, member_id, form.role.data)
        except Conflict as refusal:
            form.role.errors = [refusal_words(refusal)]
        else:
            flash(_("The role is changed."))
            return redirect(url_for(".show", room_id=room_id), code=303)
    code = 422 if request.method == "POST" else 200
    return page("rooms/member.html", code, room=room, member=one, person=person, form=form)


@bp.route(f"{ROOM}/medlemmar/<uuid:member_id>/ta-bort", methods=["POST"])
@signed_in
def remove(room_id: UUID, member_id: UUID):
    """Take somebody out, with what they have shared."""
    try:
        commands.remove(work(), room_id, member_id)
    except Conflict as refusal:
        flash(refusal_words(refusal))
    else:
        flash(_("The member is removed, and so is what they had shared here."))
    return redirect(url_for(".show", room_id=room_id), code=303)
