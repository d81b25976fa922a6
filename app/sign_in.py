"""From cookie to actor: the session of this request, loaded once and never trusted further.

The cookie holds a random token and nothing else; the database says whose it is, whether it
is still open and for whom it acts. A session of residents never has staff rights.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from flask import Flask, Request, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response as AnyResponse

from app import roles
from app.config import Settings
from app.transactions import act_as, work
from services.kernel.work import Actor, Role
from services.people import commands as people_commands
from services.people import mandates
from services.people import queries as people
from services.people.models import LoginSession

STAFF_ENTITY, SCHOOL_ENTITY = "medarbetare", "skola"
# Our own table of sessions decides; Flask-Login loads from it and keeps nothing of its own.
manager = LoginManager()
manager.session_protection = None


@dataclass(frozen=True)
class SignedInVisitor(UserMixin):  # type: ignore[misc]
    """Who is signed in, as Flask-Login knows them."""

    actor: Actor

    def get_id(self) -> str:
        """The person's key."""
        return str(self.actor.person_id)


@dataclass(frozen=True)
class ActingFor:
    """Whom a visitor acts for, as pages say it: by the mandate's key, by name, and as what."""

    id: UUID
    name: str
    subject: str


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host; without TLS, as on a demonstration, it cannot be."""
    return "__Host-salem24" if _secure() else "salem24"


def _secure() -> bool:
    return settings().public_url.startswith("https://")


def init_app(app: Flask) -> None:
    """Load who acts before every request that brings a session cookie."""
    manager.init_app(app)

    @app.before_request
    def recognise() -> None:
        brings_session = cookie_name() in request.cookies and request.endpoint != "static"
        if brings_session and current_user.is_authenticated:
            act_as(current_user.actor)


@manager.request_loader
def _load(came: Request) -> SignedInVisitor | None:
    token = came.cookies.get(cookie_name())
    if token is None:
        return None
    current = work()
    found = people.signed_in(current.session, token, current.now, people_commands.IDLE)
    if found is None:
        g.session_ended = True
        return None
    g.login_session = found.session
    # Said on every page, those about a fault included, when the database may be away.
    g.person_name, g.acting_for = found.person.name, _acting_for(found)
    g.mandate_ended = found.session.mandate_id is not None and found.mandate is None
    if current.now - found.session.last_seen_at > people_commands.SEEN_GRAIN:
        found.session.last_seen_at = current.now
    return SignedInVisitor(_actor(found))


def has_timed_out() -> bool:
    """Whether this visitor was signed in until the session ran out by itself."""
    return _timed_out() is not None


def timed_out_at_desk() -> bool:
    """Whether that was a session of staff or the elected."""
    found = _timed_out()
    return found is not None and found.session.entity == STAFF_ENTITY


def entity_then() -> str:
    """The entity of this session, or of the one that has just run out."""
    found = _timed_out()
    current = found.session if found is not None else g.login_session
    return str(current.entity)


def session_that_timed_out() -> LoginSession | None:
    """The session of this visitor that has run out by itself: the next one acts as it did."""
    found = _timed_out()
    return found.session if found is not None else None


def act_as_timed_out() -> bool:
    """Act as whoever's session has run out, if anybody's has.

    Only to keep what they have just sent: the answer must show nothing.
    """
    found = _timed_out()
    if found is not None:
        act_as(_actor(found))
    return found is not None


def _timed_out() -> people.SignedIn | None:
    if not g.get("session_ended"):
        return None
    current = work()
    return people.timed_out(current.session, request.cookies[cookie_name()], current.now)


def _acting_for(found: people.SignedIn) -> ActingFor | None:
    whom = found.acting_for or found.principal
    if found.mandate is None or whom is None:
        return None
    return ActingFor(found.mandate.id, whom.name, mandates.subject_of(found.mandate))


def _actor(found: people.SignedIn) -> Actor:
    if found.session.entity == SCHOOL_ENTITY:
        return Actor(Role.SCHOOL, found.person.id, assurance=found.session.assurance)
    if found.session.entity != STAFF_ENTITY:
        return _resident(found)
    return roles.actor_of(found.session)


def _resident(found: people.SignedIn) -> Actor:
    oneself = Actor(
        role=Role.RESIDENT, person_id=found.person.id, assurance=found.session.assurance
    )
    held = found.mandate
    if held is None:
        return oneself
    return replace(
        oneself,
        acting_for=held.organisation_id,
        principal_id=held.principal_id,
        is_guardian=held.kind == mandates.GUARDIAN,
        mandate_id=held.id,
        services=frozenset(UUID(key) for key in held.services) if held.services else None,
    )


def set_session_cookie(response: AnyResponse, token: str) -> None:
    """Give the browser its session; HttpOnly, Secure and Lax (identity §3, SameSite trap)."""
    response.set_cookie(
        cookie_name(), token, httponly=True, secure=_secure(), samesite="Lax", path="/"
    )


def drop_session_cookie(response: AnyResponse) -> None:
    """Take the session from the browser."""
    response.delete_cookie(cookie_name(), httponly=True, secure=_secure(), samesite="Lax", path="/")


def device() -> str:
    """What kind of device somebody signs in from, as they would say it themselves."""
    agent = request.user_agent.string
    kinds = {
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Android": "Android",
        "Mac OS": "Mac",
        "Windows": "Windows",
    }
    return next(
        (words for mark, words in kinds.items() if mark in agent),
        "Linux" if "Linux" in agent else "–",
    )


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.extensions["settings"]
    return found
