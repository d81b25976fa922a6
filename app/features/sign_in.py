"""Signing in with an e-ID, and out again (identity ID-01, ID-03, ID-11 to ID-15)."""

from datetime import datetime

import structlog
from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app import beforehand, e_ids, levels, pending_cookie, provider_logout, refusals, roles
from app.federation import RESIDENTS, SCHOOL, STAFF, federation
from app.landing import landing
from app.onwards import onwards
from app.rate_limits import limiter
from app.security import csrf
from app.sign_in import (
    device,
    drop_session_cookie,
    session_that_timed_out,
    set_session_cookie,
)
from app.templating import page
from app.transactions import keep, work
from app.visitors import actor, anyone
from app.ways_back import way_back
from identity import own_metadata
from identity.begin import begin
from identity.claims import Code, Identity, Refused
from identity.finish import finish
from identity.gate import LARGEST_FORM
from identity.provider import Provider, ServiceProvider
from services.kernel.errors import Conflict, NotFound
from services.people import accounts, commands, queries
from services.people.accounts import Ties
from services.people.commands import Named
from services.people.models import LoginSession, PendingLogin, Person

bp = Blueprint("sign_in", __name__)
HOME = {RESIDENTS: "my_pages.index", STAFF: "desk.inbox", SCHOOL: "school.index"}
METADATA_SECONDS = 3600
log = structlog.get_logger("salem24.sign-in")


@bp.route("/logga-in")
@anyone
def choose():
    entity = _entity_chosen()
    if _signed_in_to(entity) and "igen" not in request.args and not _stepped_up(entity):
        return redirect(_way_back(entity), code=303)
    return _choice(entity)


@bp.route("/logga-in", methods=["POST"])
@anyone
@limiter.limit("600 per minute")
def leave():
    entity = _entity_chosen()
    if "forget" in request.form:
        return _forgotten()
    provider = _provider_chosen(entity)
    if provider is None:
        return _choice(entity, nothing_chosen=True)
    stepped_up = _stepped_up(entity)
    if g.get("login_session") is not None and stepped_up is None:
        # Whoever signs in anew leaves the old session behind, whatever comes of the new one.
        commands.close_session(work(), g.login_session.id)
    force = True if stepped_up else None
    sent = begin(
        entity,
        provider,
        work().now,
        levels=_levels(entity),
        force=force,
        country=request.form.get("country"),
        known=beforehand.known(stepped_up),
        message=beforehand.message(),
    )
    secret = commands.begin_login(
        work(),
        request_id=sent.request_id,
        entity=entity.name,
        provider=provider.entity_id,
        levels=list(sent.levels),
        force=sent.force,
        return_to=_way_back(entity),
        stepped_up=stepped_up,
        timed_out=session_that_timed_out(),
    )
    response = onwards(sent.url, sent.fields)
    if stepped_up is None:
        drop_session_cookie(response)
    pending_cookie.remember(response, sent.relay_state, secret)
    _remember_choice(response, provider)
    return response


@bp.route("/saml/<name>/acs", methods=["POST"])
@anyone
@limiter.limit("240 per minute")
def answer(name: str):
    entity = _entity(name)
    # Whatever comes of it, the pending log-in is used up.
    keep()
    pending = handle = None
    try:
        form = _posted()
        handle = dict(form).get("RelayState") or None
        pending = _pending(handle)
        store = federation().directory(work().now)
        identity = finish(form, pending, entity, store, _mark_used, work().now)
        response = _welcome(identity, pending)
    except Refused as refusal:
        response = refusals.answer(refusal, pending)
    pending_cookie.forget(response, handle)
    return response


@bp.route("/saml/<name>/acs")
@anyone
def reloaded(name: str):
    entity = _entity(name)
    return redirect(url_for("sign_in.choose", som=None if name == RESIDENTS else entity.name), 303)


@bp.route("/saml/<name>/metadata")
@anyone
def metadata(name: str):
    document = own_metadata.document(_entity(name), work().now)
    response = Response(document, mimetype="application/samlmetadata+xml")
    response.headers["Cache-Control"] = f"public, max-age={METADATA_SECONDS}"
    g.cacheable = True
    return response


@bp.route("/logga-ut", methods=["POST"])
@anyone
def sign_out():
    response = redirect(url_for("sign_in.signed_out"), code=303)
    if g.get("login_session") is not None:
        commands.close_session(work(), g.login_session.id)
        provider_logout.prepare(response, g.login_session)
        flash(_("You are signed out."))
    drop_session_cookie(response)
    return response


@bp.route("/logga-ut")
@anyone
def signed_out():
    return page(
        "sign_in/signed_out.html",
        still_signed_in=g.get("login_session") is not None,
        provider=provider_logout.offered(),
        told=request.args.get("utfardare"),
    )


@bp.route("/e-legitimationer/<name>.png")
@anyone
def logo(name: str):
    """A provider's logo, from us: nobody's browser calls a provider before one is chosen."""
    picture = e_ids.logos().picture(name)
    if picture is None:
        raise NotFound("logo")
    response = Response(picture, mimetype="image/png")
    # The name is the checksum: what stands there never changes.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    g.cacheable = True
    return response


csrf.exempt(answer)


def _remember_choice(response: AnyResponse, provider: Provider) -> None:
    """Only if asked to, and no longer than that."""
    if request.form.get("remember"):
        e_ids.remember(response, provider.entity_id)
    elif e_ids.remembered_mark():
        e_ids.forget(response)


def _forgotten() -> AnyResponse:
    flash(_("We have forgotten which e-ID you chose last."))
    kept = {
        name: request.form[name] for name in ("som", "vidare", "niva") if request.form.get(name)
    }
    response = redirect(url_for("sign_in.choose", **kept), code=303)
    e_ids.forget(response)
    return response


def _entity(name: str) -> ServiceProvider:
    return federation().entities.get(name) or abort(404)


def _entity_chosen() -> ServiceProvider:
    wanted = request.values.get("som")
    return federation().entities[wanted if wanted in (STAFF, SCHOOL) else RESIDENTS]


def _signed_in_to(entity: ServiceProvider) -> bool:
    current = g.get("login_session")
    return current is not None and current.entity == entity.name


def _stepped_up(entity: ServiceProvider) -> LoginSession | None:
    """The session that is to become surer than it is, because a service calls for it."""
    if not _signed_in_to(entity) or levels.is_enough(request.values.get("niva", ""), actor()):
        return None
    found: LoginSession = g.login_session
    return found


def _levels(entity: ServiceProvider) -> tuple[str, ...]:
    return levels.wanted(request.values.get("niva"), entity.levels)


def _provider_chosen(entity: ServiceProvider) -> Provider | None:
    offered = federation().on_offer(entity, work().now, _levels(entity))
    wanted = request.form.get("provider")
    return next((one for one in offered if one.entity_id == wanted), None)


def _way_back(entity: ServiceProvider) -> str:
    return way_back(HOME[entity.name])


def _choice(entity: ServiceProvider, *, nothing_chosen: bool = False) -> AnyResponse:
    offered = e_ids.arranged(federation().on_offer(entity, work().now, _levels(entity)))
    return page(
        "sign_in/choose.html",
        422 if nothing_chosen else 200,
        entity=entity,
        e_ids=offered,
        countries=e_ids.countries(),
        remembered=any(one.is_remembered for one in offered),
        idle=commands.IDLE[entity.name],
        longest=commands.LONGEST[entity.name],
        onwards=request.values.get("vidare", ""),
        level=request.values.get("niva", ""),
        stepping_up=_stepped_up(entity) is not None,
        cancelled="avbruten" in request.args,
        ended=bool(g.get("session_ended")),
        nothing_chosen=nothing_chosen,
    )


def _posted() -> list[tuple[str, str]]:
    request.max_content_length = request.max_form_memory_size = LARGEST_FORM
    if (request.content_length or 0) > LARGEST_FORM:
        raise Refused(Code.UNVERIFIED, "form-too-large")
    return list(request.form.items(multi=True))


def _pending(handle: str | None) -> PendingLogin:
    secret = pending_cookie.secret_of(handle)
    if secret is None:
        raise Refused(Code.TOO_LATE, "no-pending-login")
    try:
        return commands.take_pending(work(), secret)
    except NotFound as fault:
        raise Refused(Code.TOO_LATE, "pending-login-gone") from fault


def _mark_used(issuer: str, assertion_id: str, until: datetime) -> bool:
    try:
        commands.guard_replay(work(), issuer, assertion_id, until)
    except Conflict:
        return False
    return True


def _welcome(identity: Identity, pending: PendingLogin) -> AnyResponse:
    person = _person(identity, pending)
    token = commands.open_session(
        work(),
        person,
        entity=identity.entity,
        assurance=identity.assurance,
        provider=identity.source,
        transaction_id=identity.transaction_id,
        device=device(),
        role=roles.only_one(person.id) if identity.entity == STAFF else None,
    )
    provider_logout.remember(token, identity.provider_session, identity.source, identity.entity)
    if pending.replaces_session_id is not None:
        commands.replace_session(work(), pending.replaces_session_id, token)
    if person.session_only:
        flash(
            _(
                "Your e-ID cannot recognise you next time. Write down the number of what you send in."
            )
        )
    log.info(
        "signed-in",
        entity=identity.entity,
        provider=identity.source,
        assurance=identity.assurance,
        transaction=identity.transaction_id,
        request=pending.request_id,
    )
    response = redirect(landing(pending, person), code=303)
    set_session_cookie(response, token)
    return response


def _person(identity: Identity, pending: PendingLogin) -> Person:
    if pending.same_person_id is not None:
        known = queries.person_by_identifier(work().session, identity.kind, identity.value)
        if known is None or known.id != pending.same_person_id:
            raise Refused(Code.OTHER_PERSON, "another-person-came-back")
    return accounts.recognise(
        work(),
        Named(identity.kind, identity.value, identity.given_name, identity.surname),
        Ties(
            previous_number=identity.previous_number,
            eidas_identifier=identity.eidas_identifier,
            school_number=identity.national_number,
            lasting=identity.is_lasting,
        ),
    )
