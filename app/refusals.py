"""A page for each way in which a sign-in can come to nothing (identity §2.8, ID-14).

The page has plain words, a reference number and a way on. The reason stands in the log only,
with the same number, and neither tells who it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from flask import redirect, request
from flask.globals import request_ctx
from flask_babel import lazy_gettext as _
from flask_babel import refresh
from werkzeug.wrappers import Response

from app import levels
from app.federation import RESIDENTS, federation
from app.templating import page
from app.transactions import work
from identity.claims import Code, Refused
from services.kernel.words import FIRST, LANGUAGES
from services.people.models import PendingLogin

log = structlog.get_logger("salem24.sign-in")
# Whose fault it is (identity §2.8): a provider's, told by itself, or that its metadata has gone.
# Nothing that is forged comes so far: whatever cannot be verified is 403.
STATUS = {Code.PROVIDER_FAULT: 502, Code.PROVIDER_GONE: 503}
RETRY_AFTER_SECONDS = "300"
QUIET = (Code.CANCELLED, Code.NOT_PASSIVE)
SECURITY = (Code.FRAUD, Code.UNVERIFIED, Code.OTHER_PERSON)


@dataclass(frozen=True)
class Words:
    """What a page says, and whether trying again is a good idea."""

    title: Any
    text: Any
    again: bool = True


PAGES = {
    Code.FRAUD: Words(
        _("The sign-in was stopped for security reasons"),
        _("If somebody else has asked you to sign in: stop, and contact the issuer of your e-ID."),
        again=False,
    ),
    Code.FAILED: Words(_("The sign-in failed"), _("Try again, or choose another way to reach us.")),
    Code.LEVEL_TOO_LOW: Words(
        _("Your e-ID is not strong enough"),
        _("Your e-ID has too low a level of assurance for this service. Choose another e-ID."),
    ),
    Code.OTHER_PERSON: Words(
        _("You identified as somebody else"),
        _("You identified as another person than the one who is signed in. Nothing was done."),
    ),
    Code.PROVIDER_FAULT: Words(
        _("Technical fault at the e-ID service"), _("The fault is not yours. Try again later.")
    ),
    Code.UNVERIFIED: Words(
        _("We could not verify the sign-in"), _("Try again. If it does not help, contact us.")
    ),
    Code.TOO_LATE: Words(
        _("The sign-in took too long or has already been used"),
        _("Start again. What you have saved is still there."),
    ),
    Code.ATTRIBUTES_MISSING: Words(
        _("Your sign-in lacks information that the service needs"),
        _("Choose another e-ID, or contact us and we help you."),
    ),
    Code.PROVIDER_GONE: Words(
        _("This way to sign in is out of order for the moment"),
        _("Choose another e-ID, or try again later."),
    ),
}
NOT_SIGNED_OUT = Words(
    _("We could not verify the sign-out"),
    _("Close the browser to be sure that you are signed out."),
    again=False,
)
# What each refusal is called on a provider's own page about it (errorURL profile, zenodo 3941965).
CAUSES = {
    Code.ATTRIBUTES_MISSING: "IDENTIFICATION_FAILURE",
    Code.LEVEL_TOO_LOW: "AUTHENTICATION_FAILURE",
}
# Which attributes are missing, by the detail of the refusal.
LACKING = {
    "no-name": "displayName",
    "no-personal-number": "personalIdentityNumber",
    "no-prid": "prid eidasPersonIdentifier",
    "no-affiliation": "orgAffiliation",
    "affiliation-elsewhere": "orgAffiliation",
    "no-eppn": "eduPersonPrincipalName",
}


def answer(refusal: Refused, pending: PendingLogin | None) -> Response:
    """The page for a refusal, in the language that the person came from."""
    _note(refusal, pending)
    if refusal.code in QUIET:
        return redirect(_choose_again(pending, cancelled=refusal.code is Code.CANCELLED), 303)
    if pending is not None:
        speak(pending.return_to)
    status = STATUS.get(refusal.code, 403)
    response = page(
        "sign_in/refused.html",
        status,
        words=PAGES[refusal.code],
        reference=refusal.reference,
        again=_choose_again(pending, cancelled=False),
        error_url=_error_url(refusal, pending),
        others=_others(pending) if refusal.code is Code.PROVIDER_GONE else [],
    )
    if status == STATUS[Code.PROVIDER_GONE]:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def answer_sign_out(refusal: Refused, language: str) -> Response:
    """The page for a log-out message that could not be verified: nothing was ended by it."""
    _note(refusal, None)
    speak("/" if language == FIRST else f"/{language}")
    return page(
        "sign_in/refused.html",
        403,
        words=NOT_SIGNED_OUT,
        reference=refusal.reference,
        again="",
        error_url=None,
        others=[],
    )


def _others(pending: PendingLogin | None) -> list[Mapping[str, str]]:
    """The names of those that can still be used, where one of them is out of order."""
    if pending is None:
        return []
    entity = federation().entities[pending.entity]
    offered = federation().on_offer(entity, work().now, tuple(pending.levels))
    return [one.names for one in offered if one.entity_id != pending.provider]


def _note(refusal: Refused, pending: PendingLogin | None) -> None:
    tell = log.warning if refusal.code in SECURITY else log.info
    tell(
        "sign-in-refused",
        reference=refusal.reference,
        code=refusal.code.value,
        detail=refusal.detail,
        security=refusal.code in SECURITY,
        entity=pending.entity if pending else None,
        provider=pending.provider if pending else None,
        request=pending.request_id if pending else None,
    )


def _choose_again(pending: PendingLogin | None, *, cancelled: bool) -> str:
    fields = {}
    prefix = ""
    if pending is not None:
        prefix = _prefix(pending.return_to)
        fields["vidare"] = pending.return_to
        if pending.entity != RESIDENTS:
            fields["som"] = pending.entity
        if pending.same_person_id is not None:
            fields["niva"] = levels.asked(pending.levels) or ""
    if cancelled:
        fields["avbruten"] = "1"
    return f"{prefix}/logga-in" + (f"?{urlencode(fields)}" if fields else "")


def _prefix(path: str) -> str:
    for other in LANGUAGES:
        if other != FIRST and (path == f"/{other}" or path.startswith(f"/{other}/")):
            return f"/{other}"
    return ""


def speak(path: str) -> None:
    """The provider posts to an address without language: go on in the one of the way back."""
    prefix = _prefix(path)
    if prefix:
        request.environ["salem24.language"] = prefix[1:]
        request.root_path = prefix
        request_ctx.url_adapter.script_name = f"{prefix}/"  # type: ignore[union-attr]
        refresh()


def _error_url(refusal: Refused, pending: PendingLogin | None) -> str | None:
    """The provider's own page about what was missing, from its metadata (SDP-SP12).

    Its places for facts are filled in with what names nobody.
    """
    if refusal.code not in CAUSES or pending is None:
        return None
    now = work().now
    provider = federation().directory(now).provider(pending.provider, pending.entity, now)
    if provider is None or provider.error_url is None:
        return None
    facts = {
        "ERRORURL_CODE": CAUSES[refusal.code],
        "ERRORURL_TS": str(int(now.timestamp())),
        "ERRORURL_RP": federation().entities[pending.entity].entity_id,
        "ERRORURL_TID": refusal.reference,
        "ERRORURL_CTX": LACKING.get(refusal.detail, ""),
    }
    address = provider.error_url
    for place, fact in facts.items():
        address = address.replace(place, quote(fact, safe=""))
    return address
