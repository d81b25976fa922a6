"""Choosing as what one works: whoever is both staff and elected is one of them at a time."""

from flask import Blueprint, abort, g, redirect, request, url_for

from app import roles
from app.sign_in import STAFF_ENTITY, set_session_cookie
from app.templating import page
from app.transactions import work
from app.visitors import anyone
from app.ways_back import way_back
from services.kernel.work import Role
from services.people import commands
from services.people.models import LoginSession

bp = Blueprint("roles", __name__)
HOME = {Role.STAFF: "desk.inbox", Role.ELECTED: "elected.index"}


@bp.route("/inloggad/roll")
@anyone
def choose():
    current = _at_work()
    return _choice(current)


@bp.route("/inloggad/roll", methods=["POST"])
@anyone
def chosen():
    """Go on in a session of that role; the one before it ends."""
    current = _at_work()
    role = next((one for one in roles.held(current.person_id) if one == _wanted()), None)
    if role is None:
        return _choice(current, nothing_chosen=True)
    token = commands.in_role(work(), current, role)
    response = redirect(_onwards(role), code=303)
    set_session_cookie(response, token)
    return response


def _at_work() -> LoginSession:
    current: LoginSession | None = g.get("login_session")
    if current is None or current.entity != STAFF_ENTITY:
        abort(404)
    return current


def _wanted() -> str:
    return request.form.get("role", "")


def _onwards(role: Role) -> str:
    """Back to where they were going, if that is an entrance of this role, otherwise to its start."""
    wanted, start = way_back(HOME[role]), url_for(HOME[role])
    return wanted if wanted.startswith(start) else start


def _choice(current: LoginSession, *, nothing_chosen: bool = False):
    return page(
        "roles/choose.html",
        422 if nothing_chosen else 200,
        roles=roles.held(current.person_id),
        chosen=current.role,
        onwards=request.values.get("vidare", ""),
        nothing_chosen=nothing_chosen,
    )
