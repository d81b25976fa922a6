"""Help by telephone, at the resident: a code to read out, who looks now, and the end of it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app import browser
from app.forms import RadiosField, SalemForm
from app.rate_limits import limiter
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, anyone
from services.cases import assistance, drafts
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.errors import NotFound
from services.kernel.work import Role

bp = Blueprint("helped", __name__)
HELP = "/e-tjanster/<slug>/ansok/<uuid:draft_id>/hjalp"


class OfferForm(SalemForm):
    """What the clerk may do."""

    what = RadiosField(
        lambda: _("What may the person who helps you do?"),
        lambda: [
            ("look", _("See what I see")),
            ("fill", _("See, and fill in for me. I send it in myself")),
        ],
    )


def _mine(draft_id: UUID) -> Case:
    if actor().role is Role.STAFF:
        raise NotFound("draft")
    case = drafts.draft_for(work(), draft_id, browser.held_secret())
    if not case.is_draft or case.number is not None:
        raise NotFound("draft")
    return case


@bp.route(HELP, methods=["GET", "POST"])
@anyone
@limiter.limit("20 per minute", methods=["POST"])
def offer(slug: str, draft_id: UUID):
    """Get a code to read out, or see that somebody looks now."""
    case = _mine(draft_id)
    form = OfferForm() if request.method == "POST" else OfferForm(data={"what": "look"})
    code = None
    if request.method == "POST" and form.validate():
        at_page = request.args.get("sida") or None
        code = assistance.offer(work(), case, may_fill_in=form.what.data == "fill", at_page=at_page)
    return page(
        "helped/offer.html",
        422 if form.errors else 200,
        form=form,
        case=case,
        document=catalogue.version_document(session(), case.version_id),
        spoken=f"{code[:3]} {code[3:]}" if code else None,
        helping=assistance.under_way(session(), case.id, work()),
        minutes=int(assistance.CODE_LIVES.total_seconds() // 60),
    )


@bp.route(f"{HELP}/avsluta", methods=["POST"])
@anyone
def end(slug: str, draft_id: UUID):
    """End the help: from now on nobody else sees the page."""
    case = _mine(draft_id)
    assistance.end_all(work(), case)
    flash(_("The help is ended. Nobody else sees your page now."))
    return redirect(url_for("applications.go_on", slug=slug, draft_id=case.id), code=303)
