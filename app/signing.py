"""Somebody's way to the signature service and back, for every feature that asks to sign (ID-25)."""

from urllib.parse import urlsplit

import structlog
from flask import current_app, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import levels
from app.demo import signing_setup
from app.federation import RESIDENTS, STAFF, federation
from app.refusals import PAGES, SECURITY, Words, speak
from app.sign_in import settings
from app.templating import page
from app.transactions import act_as, work
from identity import attributes
from identity.claims import Code, Refused
from identity.gate import LARGEST_FORM
from identity.provider import ServiceProvider
from identity.signing import ask, finish
from identity.signing.parties import Message, SignatureService, Signer
from services.cases import undersigning
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Actor, Role
from services.organisation import queries as organisation
from services.people import queries as people
from services.signatures import signing
from services.signatures.models import SignatureRequest

__all__ = [
    "RETURN",
    "came_back",
    "forget",
    "leave",
    "note",
    "refusal_words",
    "service",
    "settle",
    "speak",
]
COOKIE = "__Host-salem24_signing"
# As with signing in: without TLS, programs that follow forms bring no Secure cookie along.
PLAIN_COOKIE = "salem24_signing"
CHANGED = "changed-since-asked"
RETURN = "/skriv-under/svar"
IDENTIFIERS = (
    ("pnr", attributes.PERSONAL_NUMBER),
    ("prid", attributes.PRID),
    ("orgAffiliation", attributes.AFFILIATION),
)
log = structlog.get_logger("salem24.signing")


def service() -> SignatureService | None:
    """The signature service that is connected, if any; a demonstration's own where there is none."""
    found = settings()
    if found.signature_service is not None:
        return found.signature_service
    if "signature-service" not in current_app.extensions and found.is_demonstration:
        current_app.extensions["signature-service"] = signing_setup.ensure(found)
    demonstration: SignatureService | None = current_app.extensions.get("signature-service")
    return demonstration


def leave(ready: signing.Ready, return_to: str) -> Response:
    """The page that takes the browser to the service; it goes on by itself where scripts run.

    Raises Refused when there is no service, or nothing that the signer could be known by.
    """
    where = service()
    if where is None:
        raise Refused(Code.PROVIDER_GONE, "no-signature-service")
    entity = federation().entities[g.login_session.entity]
    signer = _signer(ready)
    wanted = ask.Wanted(
        ready.task, signer, _levels(entity), _message(ready.request), work().now + signing.PENDING
    )
    requester = ask.Requester(entity.entity_id, settings().public_url + RETURN, entity.keys)
    sent = ask.ask(requester, where, wanted, work().now)
    way = signing.Way(
        message_id=sent.request_id,
        message=sent.xml,
        signer=signer,
        service=where.entity_id,
        levels=wanted.levels,
        entity=entity.name,
        return_to=return_to,
    )
    response = page("signatures/onwards.html", url=sent.url, fields=sent.fields.items())
    _remember(response, signing.remember(work(), ready, way))
    return response


def came_back() -> signing.Remembered:
    """The attempt that this answer belongs to, used up as it is taken. Raises Refused."""
    try:
        return signing.take(work(), _remembered())
    except (KeyError, NotFound) as fault:
        raise Refused(Code.TOO_LATE, "no-signing-attempt") from fault


def settle(remembered: signing.Remembered) -> SignatureRequest:
    """Check the posted answer, and put the signature in. Raises Refused.

    The browser brings no session along from another site: whoever has just identified to the
    service is the one who acts.
    """
    where = service()
    if where is None or where.entity_id != remembered.attempt.service:
        raise Refused(Code.PROVIDER_GONE, "other-signature-service")
    signed = finish.finish(_posted(), remembered, where, work().now)
    signature, asked = signing.subject_of(work(), remembered)
    if asked.owner_kind == undersigning.OWNER and not undersigning.is_current(work(), asked):
        raise Refused(Code.TOO_LATE, CHANGED)
    act_as(_actor(remembered.attempt.entity, signature.person_id, signed.level))
    try:
        settled = signing.complete(work(), remembered, signed)
    except Invalid as fault:
        raise Refused(Code.UNVERIFIED, fault.code) from fault
    except Conflict as fault:
        raise Refused(Code.TOO_LATE, fault.code) from fault
    log.info(
        "signed",
        signature=str(signature.id),
        assurance=signed.level,
        provider=signed.provider,
        request=remembered.request_id,
    )
    return settled


def refusal_words(code: Code, detail: str) -> Words:
    """What a page says when nothing was signed; the draft is always still there."""
    if detail == CHANGED:
        return Words(
            _("You have changed what you were to sign"),
            _(
                "Your signature was for what it said before, so we have not kept it. Check the answers and sign again."
            ),
        )
    if detail == "signed-meanwhile":
        return Words(
            _("Somebody else signed at the same moment"),
            _(
                "Your signature did not fit any more. Sign again: it takes effect on what is there now."
            ),
        )
    if code is Code.OTHER_PERSON:
        return Words(
            _("Somebody else identified"),
            _("You must sign with your own e-ID."),
        )
    if code in (Code.TOO_LATE, Code.UNVERIFIED):
        return Words(
            _("The signature could not be taken in"),
            _(
                "It took too long, has been used already, or could not be verified. Sign again. What you have filled in is still there."
            ),
        )
    found = PAGES[code]
    return Words(found.title, found.text, found.again)


def note(refusal: Refused, remembered: signing.Remembered | None) -> None:
    """Write a refusal to the log: codes and numbers, nothing of the person."""
    tell = log.warning if refusal.code in SECURITY else log.info
    tell(
        "signing-refused",
        reference=refusal.reference,
        code=refusal.code.value,
        detail=refusal.detail,
        request=remembered.request_id if remembered else None,
    )


def forget(response: Response) -> None:
    """Take the attempt's cookie from the browser."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="None")
    if _without_tls():
        response.delete_cookie(PLAIN_COOKIE, path="/", httponly=True, samesite="Lax")


def _signer(ready: signing.Ready) -> Signer:
    """Known by the strongest identifier that we have, at the provider that this session is from."""
    for kind, attribute in IDENTIFIERS:
        value = people.identifier(work().session, ready.signature.person_id, kind)
        if value is not None:
            return Signer(attribute, value, g.login_session.provider)
    raise Refused(Code.ATTRIBUTES_MISSING, "no-identifier")


def _levels(entity: ServiceProvider) -> tuple[str, ...]:
    return levels.wanted("signed", entity.levels)


def _message(request_: SignatureRequest) -> Message:
    """What the signature service shows: what it is, for whom, and which document to the bit."""
    title = request_.title.get(request_.language) or request_.title["sv"]
    lines = (
        _("I sign: %(title)s", title=title),
        _("To: %(municipality)s", municipality=settings().municipality_name),
        _("The document's checksum (SHA-256): %(checksum)s", checksum=request_.checksum),
    )
    return Message("\n".join(lines))


def _posted() -> list[tuple[str, str]]:
    request.max_content_length = request.max_form_memory_size = LARGEST_FORM
    if (request.content_length or 0) > LARGEST_FORM:
        raise Refused(Code.UNVERIFIED, "form-too-large")
    return list(request.form.items(multi=True))


def _actor(entity: str, person_id: object, level: str) -> Actor:
    person = people.person(work().session, person_id)  # type: ignore[arg-type]
    assert person is not None
    if entity == STAFF:
        duties = organisation.duties(work().session, person.id, local_day(work().now))
        return Actor(Role.STAFF, person.id, authorities=duties, assurance=level)
    assert entity == RESIDENTS
    return Actor(Role.RESIDENT, person.id, assurance=level)


def _remember(response: Response, secret: str) -> None:
    seconds = int(signing.PENDING.total_seconds())
    response.set_cookie(
        COOKIE, secret, max_age=seconds, path="/", secure=True, httponly=True, samesite="None"
    )
    if _without_tls():
        response.set_cookie(
            PLAIN_COOKIE, secret, max_age=seconds, path="/", httponly=True, samesite="Lax"
        )


def _remembered() -> str:
    if COOKIE not in request.cookies and _without_tls():
        return request.cookies[PLAIN_COOKIE]
    return request.cookies[COOKIE]


def _without_tls() -> bool:
    found = settings()
    return not found.is_production and urlsplit(found.public_url).scheme == "http"
