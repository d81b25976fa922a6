"""The demonstration signature service: shows what is signed, and signs for made-up people.

It stands beside the demonstration e-ID in the same small server, speaks the real protocol,
works without JavaScript, keeps nothing between two requests, and is not there in production.
"""

import base64
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request

from app.config import Settings
from app.demo import eid_setup, personas, signing_setup
from app.demo.eid_setup import Issuer
from app.demo.personas import Persona
from app.demo.signing_answers import KIND_OF, Asked, Signing, read
from app.demo.signing_words import WORDS
from identity.signing import vocabulary as words
from identity.signing.vocabulary import BINDING, REQUEST_FIELD, RESPONSE_FIELD

bp = Blueprint("signing", __name__)


@bp.post(signing_setup.PATH)
def look() -> str:
    """What somebody is asked to sign, and the choice to do so or not."""
    asked = _asked()
    persona = _signer(asked)
    language = request.accept_languages.best_match(["sv", "en"]) or "sv"
    if persona is None:
        return _forward(asked, _refused(asked, words.AUTHENTICATION_FAILED), language)
    return _page(
        "sign.html",
        language=language,
        lines=asked.message.split("\n"),
        persona=persona,
        sent=request.form[REQUEST_FIELD],
        state=asked.request_id,
    )


@bp.post(f"{signing_setup.PATH}/svar")
def answer() -> str:
    """Back to whoever asked, with a signature or without."""
    asked, language = _asked(), "en" if request.form.get("language") == "en" else "sv"
    persona, issuer = _signer(asked), _issuer(asked)
    if persona is None or issuer is None:
        abort(400)
    if "cancel" in request.form:
        return _forward(asked, _refused(asked, words.USER_CANCEL), language)
    if "other" in request.form:
        mismatch = _service().refused(asked, words.REQUESTER_ERROR, words.USER_MISMATCH)
        return _forward(asked, mismatch, language)
    return _forward(asked, _service().signed(asked, persona, issuer), language)


def _asked() -> Asked:
    entities = current_app.extensions["entities"]
    fields = list(request.form.items(multi=True))
    return read(fields, entities, signing_setup.entity_id(_settings()))


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _service() -> Signing:
    settings = _settings()
    return Signing(signing_setup.service_keys(settings), signing_setup.authority(settings))


def _refused(asked: Asked, minor: str) -> bytes:
    return _service().refused(asked, words.RESPONDER_ERROR, minor)


def _issuer(asked: Asked) -> Issuer | None:
    settings = _settings()
    return next(
        (
            issuer
            for key, issuer in eid_setup.ISSUERS.items()
            if eid_setup.entity_id(settings, key) == asked.provider
        ),
        None,
    )


def _signer(asked: Asked) -> Persona | None:
    """The one who is to sign, if the e-ID that was named knows that person."""
    issuer = _issuer(asked)
    if issuer is None or issuer.kind != KIND_OF.get(asked.attribute):
        return None
    return next((one for one in personas.of_kind(issuer.kind) if one.value == asked.value), None)


def _forward(asked: Asked, response: bytes, language: str) -> str:
    return _page(
        "sign_forward.html",
        language=language,
        return_url=asked.return_url,
        fields={
            "Binding": BINDING,
            "RelayState": asked.request_id,
            RESPONSE_FIELD: base64.b64encode(response).decode(),
        },
    )


def _page(name: str, *, language: str, **context: Any) -> str:
    return render_template(name, language=language, t=WORDS[language], **context)
