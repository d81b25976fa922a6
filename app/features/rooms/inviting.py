"""Inviting somebody to a room, and answering an invitation that one has got."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import interrupted, levels
from app.features.rooms.blueprint import ROOM, ROOMS, bp
from app.features.rooms.words import refusal_words, role_choices
from app.forms import RadiosField, SalemForm, TextField
from app.forms.person_number import PersonNumberField
from app.rate_limits import limiter
from app.room_roles import role_words
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, sign_in_address, signed_in
from services.kernel.errors import Conflict, Invalid, NotFound
from services.rooms import commands, invitations, queries
from services.rooms.invitations import Guest
from services.rooms.models import Room, RoomInvitation

# To let somebody else into one's cases is done no less surely than to sign (ID-08).
LEVEL = "signed"


class InviteForm(SalemForm):
    """Whom one asks to come, and as what."""

    name = TextField(
        lambda: _("What do you call the one you invite?"),
        hint=lambda: _("Only those who look after the room see it."),
        limit=commands.LONGEST_NAME,
    )
    role = RadiosField(lambda: _("What may they do in the room?"), role_choices)
    number = PersonNumberField(
        lambda: _("Their personal identity number"),
        hint=lambda: _(
            "12 digits, for example 19900101-2385. With it the invitation is for that person only,"
            " who also finds it under My pages."
        ),
        optional=True,
    )


class CodeForm(SalemForm):
    """The code that somebody has been given."""

    code = TextField(
        lambda: _("The code of the invitation"),
        hint=lambda: _("Twelve letters and digits, for example AC3D-4K7M-9PQR."),
        limit=40,
    )


@bp.route(f"{ROOM}/bjud-in", methods=["GET", "POST"])
@signed_in
def invite(room_id: UUID):
    """Invite somebody; the code is shown once, on the page that answers."""
    if not levels.is_enough(LEVEL, actor()):
        if request.method == "POST":
            # What was filled in is there again when the same person has come back.
            interrupted.keep_for_later()
        return redirect(sign_in_address("resident", LEVEL), code=303)
    room = commands.owned(work(), room_id)
    form = InviteForm()
    if request.method == "POST" and form.validate():
        guest = Guest(form.name.data, form.role.data, form.number.data or None)
        try:
            invitation, code = invitations.invite(work(), room_id, guest)
        except (Invalid, Conflict) as refusal:
            _explain(form, refusal)
        else:
            return _invited(room, invitation, code)
    code_of_page = 422 if request.method == "POST" else 200
    return page("rooms/invite.html", code_of_page, room=room, form=form)


def _invited(room: Room, invitation: RoomInvitation, code: str) -> Response:
    return page(
        "rooms/invited.html",
        room=room,
        invitation=invitation,
        code_to_give=code,
        link=work().resources["public_url"] + url_for(".enter_code", kod=code),
    )


def _explain(form: InviteForm, refusal: Invalid | Conflict) -> None:
    field = form.number if refusal.code == "invitation-to-oneself" else form.name
    field.errors = [refusal_words(refusal)]


@bp.route(f"{ROOM}/inbjudningar/<uuid:invitation_id>/ta-tillbaka", methods=["POST"])
@signed_in
def withdraw(room_id: UUID, invitation_id: UUID):
    """Take an invitation back before it is answered."""
    invitations.withdraw(work(), room_id, invitation_id)
    flash(_("The invitation is taken back. Its code does not work any more."))
    return redirect(url_for(".show", room_id=room_id), code=303)


@bp.route(f"{ROOMS}/inbjudan", methods=["GET", "POST"])
@signed_in
@limiter.limit("10 per minute; 40 per hour", methods=["POST"])
def enter_code():
    """Take up an invitation by its code. A link only fills the code in: it is opened by a button."""
    form = CodeForm() if request.method == "POST" else CodeForm(data={"code": _code_in_link()})
    if request.method == "POST" and form.validate():
        try:
            invitation = invitations.open_with(work(), form.code.data)
        except NotFound:
            form.code.errors = [
                _("The code is wrong, has been used or is too old. Ask for a new invitation.")
            ]
        else:
            return redirect(url_for(".answer", invitation_id=invitation.id), code=303)
    return page("rooms/code.html", 422 if request.method == "POST" else 200, form=form)


def _code_in_link() -> str:
    return "".join(sign for sign in request.args.get("kod", "") if sign.isalnum() or sign == "-")[
        :40
    ]


@bp.route(f"{ROOMS}/inbjudningar/<uuid:invitation_id>", methods=["GET", "POST"])
@signed_in
def answer(invitation_id: UUID):
    """Say yes or no to an invitation."""
    invited = queries.invitation_to(session(), actor().person_id, invitation_id, work().now)
    if request.method != "POST":
        return page("rooms/answer.html", invited=invited, role_words=role_words)
    if request.form.get("answer") != "accept":
        invitations.decline(work(), invitation_id)
        flash(_("You have declined the invitation."))
        return redirect(url_for(".index"), code=303)
    try:
        invitations.accept(work(), invitation_id)
    except Conflict as refusal:
        flash(refusal_words(refusal))
        return redirect(url_for(".index"), code=303)
    flash(_("You are in the room now."))
    return redirect(url_for(".show", room_id=invited.room.id), code=303)
