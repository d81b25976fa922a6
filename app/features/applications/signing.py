"""When an application is signed: on to the signature, waiting for others, taking it back."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import browser
from app.features.applications.routes import bp
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.cases import drafts, undersigning
from services.cases.models import State
from services.catalogue import queries as catalogue
from services.signatures import queries as signatures


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>/vantar")
@signed_in
def waiting(slug: str, draft_id: UUID) -> Response:
    """Who has signed and who has not, and how to take it back."""
    case = drafts.draft_for(work(), draft_id, browser.held_secret())
    asked = signatures.open_of(session(), undersigning.OWNER, case.id)
    if case.state != State.AWAITING_SIGNATURE or asked is None:
        return redirect(url_for(".go_on", slug=slug, draft_id=draft_id), code=303)
    return page(
        "signatures/waiting.html",
        case=case,
        document=catalogue.version_document(session(), case.version_id),
        asked=asked,
        everybody=signatures.signatures(session(), [asked.id]),
    )


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>/ta-tillbaka", methods=["POST"])
@signed_in
def take_back(slug: str, draft_id: UUID) -> Response:
    """Make a draft of it again."""
    case = drafts.draft_for(work(), draft_id, browser.held_secret(), lock=True)
    undersigning.take_back(work(), case)
    flash(_("You have taken it back. It is a draft again, and nobody can sign it now."))
    return redirect(url_for(".check", slug=slug, draft_id=draft_id), code=303)
