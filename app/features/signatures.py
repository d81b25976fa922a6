"""Signing: what one signs is shown, the service is asked, and the proof can be read afterwards."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n, signing
from app.my_cases import my_case
from app.rate_limits import limiter
from app.security import csrf
from app.templating import page
from app.transactions import keep, session, work
from app.visitors import anyone, signed_in, staff
from identity.claims import Code, Refused
from services.attachments import queries as attachments
from services.cases import queries as cases
from services.cases import undersigning
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.kernel.errors import NotFound
from services.signatures import commands, queries
from services.signatures import signing as ways
from services.signatures.models import Signature, SignatureRequest

bp = Blueprint("signatures", __name__)


@bp.route("/skriv-under/<uuid:signature_id>")
@signed_in
def show(signature_id: UUID):
    """What one is asked to sign, in full; or what came of it."""
    signature, asked = _mine(signature_id)
    if "klart" in request.args and (receipt := _receipt(asked)):
        return redirect(receipt, code=303)
    return page("signatures/show.html", **_shown(signature, asked))


@bp.route("/skriv-under/<uuid:signature_id>", methods=["POST"])
@signed_in
@limiter.limit("60 per minute")
def sign(signature_id: UUID):
    """To the signature service."""
    return _away(signature_id, ".show")


@bp.route("/handlaggning/skriv-under/<uuid:signature_id>")
@staff
def show_at_desk(signature_id: UUID):
    """What somebody at work is asked to sign, as a decision."""
    return page("signatures/at_desk.html", **_shown(*_mine(signature_id)))


@bp.route("/handlaggning/skriv-under/<uuid:signature_id>", methods=["POST"])
@staff
@limiter.limit("60 per minute")
def sign_at_desk(signature_id: UUID):
    """To the signature service."""
    return _away(signature_id, ".show_at_desk")


@bp.route("/skriv-under/<uuid:signature_id>/avsta", methods=["GET", "POST"])
@signed_in
def decline(signature_id: UUID):
    """Say no, after being asked once."""
    signature, asked = _mine(signature_id)
    commands.check_open(signature, asked)
    if request.method == "POST":
        commands.decline(work(), signature_id)
        flash(_("You have said no. Nothing is signed."))
        return redirect(url_for("my_pages.index"), code=303)
    return page("signatures/decline.html", signature=signature, asked=asked)


@bp.route("/skriv-under/<uuid:signature_id>/handling.pdf")
@signed_in
def document(signature_id: UUID):
    """The document, with the signatures that are on it now."""
    return _pdf(_mine(signature_id)[1])


@bp.route("/handlaggning/skriv-under/<uuid:signature_id>/handling.pdf")
@staff
def document_at_desk(signature_id: UUID):
    """The same for somebody at work."""
    return _pdf(_mine(signature_id)[1])


@bp.route("/skriv-under/<uuid:signature_id>/bevis")
@signed_in
def proof(signature_id: UUID):
    """Who signed what, when and how surely, as it was checked then."""
    return _proof("signatures/proof.html", _mine(signature_id)[1])


@bp.route("/mina-sidor/arenden/<number>/underskrifter")
@signed_in
def proof_of_case(number: str):
    """The same for the case's party."""
    case = my_case(number)
    return _proof("signatures/proof.html", _signed(case))


@bp.route("/handlaggning/arenden/<number>/underskrifter")
@staff
def proof_at_desk(number: str):
    """The same for whoever may read the case."""
    case = cases.at_desk(session(), work().actor, number)
    return _proof("signatures/proof_at_desk.html", _signed(case), case=case)


@bp.route(signing.RETURN, methods=["POST"])
@anyone
@limiter.limit("240 per minute")
def answer():
    """What the signature service answers, by the browser."""
    # Whatever comes of it, the attempt is used up.
    keep()
    remembered = None
    try:
        remembered = signing.came_back()
        signing.settle(remembered)
        response = redirect(f"{remembered.attempt.return_to}?klart=1", code=303)
    except Refused as refusal:
        response = _refused(refusal, remembered)
    signing.forget(response)
    return response


@bp.route(signing.RETURN)
@anyone
def reloaded():
    """Somebody who loads the answer's page again, or goes back to it."""
    return redirect(url_for("my_pages.index"), code=303)


csrf.exempt(answer)


def _mine(signature_id: UUID) -> tuple[Signature, SignatureRequest]:
    return queries.mine(session(), work().actor, signature_id)


def _away(signature_id: UUID, back: str) -> Response:
    signature, asked = _mine(signature_id)
    address = url_for(back, signature_id=signature_id)
    if not _is_current(asked) or not (signature.is_open and asked.is_open):
        return redirect(address, code=303)
    try:
        return signing.leave(ways.prepare(work(), signature_id), address)
    except Refused as refusal:
        return _refused(refusal, None, again=address)


def _is_current(asked: SignatureRequest) -> bool:
    return asked.owner_kind != undersigning.OWNER or undersigning.is_current(work(), asked)


def _receipt(asked: SignatureRequest) -> str | None:
    """The receipt of a case that has just come in, for whoever began it."""
    case = _case(asked)
    if case is None or case.is_draft or case.acting_person_id != work().actor.person_id:
        return None
    document = catalogue.version_document(session(), case.version_id)
    return url_for("applications.done", slug=document.slug, draft_id=case.id)


def _case(asked: SignatureRequest) -> Case | None:
    """The case that a document belongs to, if it is one; its signers may read what they sign."""
    if asked.owner_kind != undersigning.OWNER:
        return None
    return cases.to_sign(session(), asked.owner_id)


def _shown(signature: Signature, asked: SignatureRequest) -> dict[str, Any]:
    case = _case(asked)
    facts: dict[str, Any] = {
        "signature": signature,
        "asked": asked,
        "everybody": queries.signatures(session(), [asked.id]),
        "current": _is_current(asked),
        "case": case,
        "service": None,
        "answers": [],
        "files": [],
    }
    if case is not None:
        version = catalogue.version_document(session(), case.version_id)
        facts["service"] = version
        facts["mine"] = case.acting_person_id == work().actor.person_id
        facts["answers"] = forms_answers.shown(version, case.answers, i18n.language())
        facts["files"] = attachments.of_owner(session(), case.id) if asked.is_open else []
    return facts


def _signed(case: Case) -> SignatureRequest:
    signed = queries.signed_of(session(), undersigning.OWNER, case.id)
    if not signed:
        raise NotFound("signatures")
    return signed[-1]


def _pdf(asked: SignatureRequest) -> Response:
    response = Response(commands.document(work(), asked), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="handling.pdf"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _proof(template: str, asked: SignatureRequest, **facts: Any) -> Response:
    signatures = queries.signatures(session(), [asked.id])
    return page(template, asked=asked, signatures=signatures, **facts)


def _refused(
    refusal: Refused, remembered: ways.Remembered | None, again: str | None = None
) -> Response:
    """Back to what was to be signed, where somebody only changed their mind; else the page for it."""
    signing.note(refusal, remembered)
    back = remembered.attempt.return_to if remembered else again
    if back is not None:
        signing.speak(back)
    if refusal.code is Code.CANCELLED and back is not None:
        flash(_("You cancelled. Nothing is signed, and nothing is sent in."))
        return redirect(back, code=303)
    return page(
        "signatures/refused.html",
        403,
        words=signing.refusal_words(refusal.code, refusal.detail),
        reference=refusal.reference,
        back=back or url_for("my_pages.index"),
    )
