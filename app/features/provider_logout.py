"""The way to a provider's own sign-out and back, and providers that end sessions of ours (ID-23)."""

from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from app import i18n, provider_logout, refusals
from app.federation import federation
from app.onwards import onwards
from app.rate_limits import limiter
from app.security import csrf
from app.transactions import keep, work
from app.visitors import anyone
from identity import logout, logout_gate
from identity.claims import Code, Refused, never_a_fault
from identity.gate import LARGEST_FORM
from identity.logout_gate import ANSWER, Received
from identity.provider import ServiceProvider
from services.kernel.errors import Conflict, NotFound
from services.kernel.words import FIRST
from services.people import commands, logouts

bp = Blueprint("provider_logout", __name__)
log = structlog.get_logger("salem24.sign-out")


@bp.route("/logga-ut/utfardaren", methods=["POST"])
@anyone
def leave():
    """Ask the provider to end its own session too."""
    provider = provider_logout.offered()
    if provider is None or provider_logout.COOKIE not in request.cookies:
        return redirect(url_for("sign_in.signed_out"), code=303)
    secret = request.cookies[provider_logout.COOKIE]
    found = logouts.offered(work(), secret)
    entity = federation().entities[found.entity]
    asked = logout.ask(entity, provider, provider_logout.session_of(found.told), work().now)
    logouts.sent(work(), secret, asked.request_id)
    response = onwards(asked.leaving.url, asked.leaving.fields)
    response.delete_cookie(provider_logout.COOKIE, path="/", httponly=True, samesite="Lax")
    return response


@bp.route("/saml/<name>/slo")
@anyone
@limiter.limit("240 per minute")
def came_by_address(name: str):
    query = request.query_string.decode("latin-1")
    return _came(name, lambda: logout_gate.redirected(query))


@bp.route("/saml/<name>/slo", methods=["POST"])
@anyone
@limiter.limit("240 per minute")
def came_by_form(name: str):
    return _came(name, _posted)


csrf.exempt(came_by_form)


def _posted() -> Received:
    request.max_content_length = request.max_form_memory_size = LARGEST_FORM
    if (request.content_length or 0) > LARGEST_FORM:
        raise Refused(Code.UNVERIFIED, "form-too-large")
    return logout_gate.posted(list(request.form.items(multi=True)))


def _came(name: str, receive: Callable[[], Received]) -> Response:
    """Either a provider's answer to us, or its own wish."""
    entity = federation().entities.get(name) or abort(404)
    # Whatever comes of it, what was used up stays used up.
    keep()
    try:
        if ANSWER in request.values:
            return _heard(entity, receive)
        return _end(entity, receive)
    except Refused as refusal:
        return refusals.answer_sign_out(refusal, i18n.language())


def _heard(entity: ServiceProvider, receive: Callable[[], Received]) -> Response:
    """The provider has answered. Here it is over in any case; the page tells how it went there."""
    now = work().now
    with never_a_fault():
        received = receive()
    try:
        pending = logouts.take(work(), logout.in_response_to(received))
    except NotFound as fault:
        raise Refused(Code.TOO_LATE, "no-pending-logout") from fault
    if pending.entity != entity.name:
        raise Refused(Code.TOO_LATE, "other-entity")
    done = logout.read_answer(
        lambda: received,
        pending.request_id or "",
        pending.provider,
        entity,
        federation().directory(now),
        now,
    )
    log.info("signed-out-at-provider", provider=pending.provider, whole=done)
    prefix = "" if pending.language == FIRST else f"/{pending.language}"
    told = "klar" if done else "delvis"
    return redirect(f"{prefix}/logga-ut?utfardare={told}", code=303)


def _end(entity: ServiceProvider, receive: Callable[[], Received]) -> Response:
    """A provider ends its session, and with it ours that came from it."""
    now = work().now
    ending = logout.read_request(receive, entity, federation().directory(now), _mark_used, now)
    provider = ending.provider.entity_id
    name = provider_logout.whole(ending.name, provider, entity)
    ended = logouts.end(work(), provider, name, ending.indexes)
    log.info("ended-by-provider", provider=provider, request=ending.request_id, sessions=ended)
    leaving = logout.answer(entity, ending, now)
    return onwards(leaving.url, leaving.fields)


def _mark_used(issuer: str, assertion_id: str, until: datetime) -> bool:
    try:
        commands.guard_replay(work(), issuer, assertion_id, until)
    except Conflict:
        return False
    return True
