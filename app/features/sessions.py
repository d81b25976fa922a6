"""One's own sign-ins: when, how, from what kind of device; ended one by one, or all; extended."""

from dataclasses import dataclass

from flask import Blueprint, flash, g, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from app import roles
from app.federation import STAFF, federation
from app.sign_in import drop_session_cookie
from app.templating import page
from app.transactions import work
from app.visitors import anyone, elected, signed_in, staff
from app.ways_back import way_back
from identity import assurance
from identity.provider import Words
from services.kernel.errors import NotAllowed
from services.people import commands, queries
from services.people.models import LoginSession

bp = Blueprint("sessions", __name__)
OTHERS, ALL = "others", "all"


@dataclass(frozen=True)
class SignIn:
    """A session as its page tells of it: also by which e-ID, and how sure that is."""

    session: LoginSession
    names: Words | None
    height: int


@bp.route("/mina-sidor/inloggningar", methods=["GET", "POST"])
@signed_in
def mine():
    """Those of a resident."""
    return _sessions("my_pages.index")


@bp.route("/handlaggning/inloggningar", methods=["GET", "POST"])
@staff
def of_staff():
    """Those of somebody at the desk."""
    return _sessions("desk.inbox")


@bp.route("/fortroendevald/inloggningar", methods=["GET", "POST"])
@elected
def of_elected():
    """Those of an elected representative."""
    return _sessions("elected.index")


def _sessions(home: str):
    current = work()
    assert current.actor.person_id is not None
    found = [
        each
        for each in queries.open_sessions(current.session, current.actor.person_id, current.now)
        if commands.ends_at(each) > current.now
    ]
    if request.method == "POST":
        return _end(found)
    return page(
        "sessions/index.html",
        sessions=[_told(each) for each in found],
        this=g.login_session.id,
        home=home,
        idle=commands.IDLE[g.login_session.entity],
        longest=commands.LONGEST[g.login_session.entity],
        several_roles=g.login_session.entity == STAFF
        and len(roles.held(current.actor.person_id)) > 1,
    )


def _told(each: LoginSession) -> SignIn:
    provider = federation().directory(work().now).providers.get(each.provider)
    height = next((at for at in (4, 3, 2) if assurance.at_least(each.assurance, at)), 1)
    return SignIn(each, provider.names if provider else None, height)


def _end(found: list[LoginSession]):
    """End the session that was chosen, or all others, or all of them."""
    chosen, here = request.form.get("session", ""), g.login_session.id
    ended = [
        each
        for each in found
        if chosen in (str(each.id), ALL) or (chosen == OTHERS and each.id != here)
    ]
    for each in ended:
        commands.close_session(work(), each.id)
    if any(each.id == here for each in ended):
        response = redirect(url_for("sign_in.signed_out"), code=303)
        drop_session_cookie(response)
        return response
    flash(_("Signed out there."))
    return redirect(url_for(request.endpoint or ""), code=303)


@bp.route("/inloggad/stanna", methods=["POST"])
@anyone
def extend():
    """Stay signed in: one press, as often as one likes, up to the longest that a session lasts."""
    current = g.get("login_session")
    if current is None:
        raise NotAllowed("signed-out")
    ends = commands.extend(work(), current)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(ends=ends.isoformat())
    return redirect(way_back("start.index"), code=303)
