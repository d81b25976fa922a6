"""When a session runs out while somebody is writing: what they sent waits in their draft.

Nothing is shown to them until they have signed in again; then the page says what they wrote.
"""

from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app import browser, i18n, sign_in
from app.errors import refused
from app.features.applications import answering, steps, uploads
from app.transactions import work
from app.visitors import sign_in_address
from services.cases import drafts
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms import builder
from services.forms.definition import ServiceDocument
from services.kernel.errors import NotFound


def keep_typed(document: ServiceDocument, case: Case, page_key: str) -> None:
    """Keep what was sent for a page, as it was typed, and its files."""
    step = steps.step(document, case.answers, page_key)
    uploads.take_in(case, step.page)
    form_class = builder.form_class(document, step.page, i18n.language(), case.answers)
    drafts.keep_typed(work(), case, page_key, answering.typed(form_class(request.form)))


def begun(slug: str, document: ServiceDocument, page_key: str) -> Response | None:
    """A draft begun with a session that has run out; None when there was no such session."""
    if not sign_in.act_as_timed_out():
        return None
    case = drafts.begin(work(), slug, drafts.Beginning(language=i18n.language()))
    keep_typed(document, case, page_key)
    page = url_for(".ask", slug=slug, draft_id=case.id, page_key=page_key)
    return _away(page, document)


def answered(draft_id: UUID, page_key: str) -> Response | None:
    """An answer sent with a session that has run out; None when there was no such session.

    Raises NotFound when the draft is not theirs.
    """
    if not sign_in.act_as_timed_out():
        return None
    case = drafts.draft_for(work(), draft_id, browser.held_secret(), lock=True)
    document = catalogue.version_document(work().session, case.version_id)
    if case.is_draft:
        keep_typed(document, case, page_key)
    return _away(request.script_root + request.path, document)


def not_found(refusal: NotFound) -> Response:
    """A draft that is not found because the session has run out is asked for after signing in."""
    if not sign_in.has_timed_out():
        return refused(refusal)
    return redirect(sign_in_address("resident"), code=303)


def _away(page: str, document: ServiceDocument) -> Response:
    entity = {"som": sign_in.STAFF_ENTITY} if sign_in.timed_out_at_desk() else {}
    level = {} if entity else {"niva": document.level}
    return redirect(url_for("sign_in.choose", vidare=page, **entity, **level), code=303)
