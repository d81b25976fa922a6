"""The pages of an application, from the first question to the receipt."""

from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from app import browser, conversations, i18n, levels, paying
from app.features.applications import answering, interrupted, meanwhile, steps
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, anyone, sign_in_address
from services.cases import ages, charges, drafts, notices, policy, undersigning
from services.cases.models import Case, State
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.forms.visibility import warnings_at
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid, NotAllowed, NotFound
from services.kernel.words import say
from services.kernel.work import Role
from services.payments import links
from services.people import mandates
from services.signatures import queries as signatures
from services.signatures.models import SignatureRequest

bp = Blueprint("applications", __name__)
CHANNELS = ("phone", "visit", "letter", "email")
bp.register_error_handler(NotFound, interrupted.not_found)


@bp.route("/e-tjanster/<slug>/ansok", methods=["GET", "POST"])
@anyone
def begin(slug: str):
    """The first page of questions; the draft begins with the first answer."""
    service, _version, document = catalogue.current(session(), slug)
    first = steps.asked(document, {})[0]
    if not levels.is_enough(document.level, actor()):
        kept = _is_sent() and interrupted.begun(slug, document, first.key)
        return kept or _sign_in(document)
    if actor().role is Role.RESIDENT:
        stopped = _stopped(document, service.id)
        if stopped is not None:
            return stopped
    if request.method != "POST":
        # A draft that is not saved shows what will be filled in from the person's own data.
        unsaved = drafts.begin(work(), slug, _how())
        work().session.expunge(unsaved)
        return answering.show(document, unsaved, first.key)
    case = drafts.begin(work(), slug, _how())
    g.max_upload_bytes = settings().max_upload_bytes
    return answering.answered(document, case, first.key)


def _stopped(document: ServiceDocument, service_id: UUID) -> Response | None:
    """A page that says who else could use the service, where the one who acts cannot."""
    who = actor()
    covered = policy.within_mandate(who, service_id)
    if covered and drafts.fits(document, who):
        return None if ages.is_old_enough(work(), document) else _too_young(document)
    assert who.person_id is not None
    ways = mandates.ways(session(), who.person_id, local_day(work().now))
    fitting = [
        way
        for way in ways
        if drafts.fits_subject(document, way.subject)
        and (not way.mandate.services or str(service_id) in way.mandate.services)
    ]
    return page(
        "applications/wrong_party.html",
        403,
        document=document,
        ways=fitting,
        covered=covered,
        for_oneself=drafts.fits_subject(document, "self"),
    )


def _too_young(document: ServiceDocument) -> Response:
    return page("applications/too_young.html", 403, document=document)


def _sign_in(document: ServiceDocument) -> Response:
    """To the e-IDs that are sure enough, and back to this very page."""
    return redirect(sign_in_address("resident", document.level), code=303)  # type: ignore[return-value]


def _how() -> drafts.Beginning:
    channel = request.args.get("kanal", "web")
    return drafts.Beginning(
        language=i18n.language(),
        channel=channel if actor().is_staff and channel in CHANNELS else "web",
        browser_secret=None if answering.is_known() else browser.secret(),
    )


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>")
@anyone
def go_on(slug: str, draft_id: UUID):
    """Back to where one was: the first page with something missing, or the check page."""
    case, document = _draft(slug, draft_id)
    if (elsewhere := _elsewhere(slug, case)) is not None:
        return elsewhere
    problems = answering.problems_of(document, case)
    page_key = steps.first_unanswered(document, case, problems)
    if page_key is None:
        return redirect(url_for(".check", slug=slug, draft_id=case.id), code=303)
    return redirect(url_for(".ask", slug=slug, draft_id=case.id, page_key=page_key), code=303)


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>/<page_key>", methods=["GET", "POST"])
@anyone
def ask(slug: str, draft_id: UUID, page_key: str):
    """One question or one small group of them."""
    try:
        case, document = _draft(slug, draft_id, lock=_is_sent())
    except NotFound:
        kept = interrupted.answered(draft_id, page_key) if _is_sent() else None
        if kept is None:
            raise
        return kept
    if (elsewhere := _elsewhere(slug, case)) is not None:
        return elsewhere
    if not levels.is_enough(document.level, actor()):
        if _is_sent():
            interrupted.keep_typed(document, case, page_key)
        return _sign_in(document)
    if not _is_sent():
        return answering.show(document, case, page_key)
    return answering.answered(document, case, page_key)


def _elsewhere(slug: str, case: Case) -> Response | None:
    """Where to go with what is no draft to write in: it waits for others to sign, or is received."""
    if case.state == State.AWAITING_SIGNATURE:
        return redirect(url_for(".waiting", slug=slug, draft_id=case.id), code=303)  # type: ignore[return-value]
    if not case.is_draft:
        return redirect(url_for(".done", slug=slug, draft_id=case.id), code=303)  # type: ignore[return-value]
    return None


def _to_sign(slug: str, case: Case, asked: SignatureRequest) -> Response:
    """To one's own signature, or to the page that says whom it waits for."""
    for each in signatures.signatures(session(), [asked.id]):
        if each.person_id == actor().person_id and case.state == State.DRAFT:
            return redirect(url_for("signatures.show", signature_id=each.id), code=303)  # type: ignore[return-value]
    if case.state == State.DRAFT and _is_anothers(case):
        flash(_("It is ready. Whoever began it signs it first, under My pages."))
        return redirect(url_for("rooms.index"), code=303)  # type: ignore[return-value]
    return redirect(url_for(".waiting", slug=slug, draft_id=case.id), code=303)  # type: ignore[return-value]


def _is_anothers(case: Case) -> bool:
    return policy.only_by_room(actor(), case)


def _is_sent() -> bool:
    return request.method == "POST"


def _draft(slug: str, draft_id: UUID, *, lock: bool = False) -> tuple[Case, ServiceDocument]:
    case = drafts.draft_for(work(), draft_id, browser.held_secret(), lock=lock)
    return case, catalogue.version_document(session(), case.version_id)


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>/granska", methods=["GET", "POST"])
@anyone
def check(slug: str, draft_id: UUID):
    """Check your answers, and hand them in: once, however often the button is pressed."""
    case, document = _draft(slug, draft_id, lock=request.method == "POST")
    if not levels.is_enough(document.level, actor()):
        return _sign_in(document)
    if (elsewhere := _elsewhere(slug, case)) is not None:
        return elsewhere
    problems = answering.problems_of(document, case)
    must_sign = undersigning.is_needed(work(), case, document)
    changed = meanwhile.changed_since(document, case) if request.method == "POST" else []
    if request.method == "POST" and not problems and not changed:
        if must_sign:
            return _to_sign(slug, case, undersigning.ask(work(), case))
        if charges.pays_first(document):
            return _to_pay(slug, case)
        drafts.submit(work(), case)
        return redirect(url_for(".done", slug=slug, draft_id=case.id), code=303)
    answers = forms_answers.shown(document, case.answers, i18n.language())
    return page(
        "applications/check.html",
        409 if changed else 422 if request.method == "POST" else 200,
        document=document,
        case=case,
        answers=answers,
        seen=(meanwhile.SEEN, meanwhile.seen_of(document, case)),
        changed=changed,
        problems=problems,
        may_discard=not _is_anothers(case),
        must_sign=must_sign,
        calculation=charges.calculation(work(), case) if document.fees else None,
        pays_first=charges.pays_first(document),
        ways=paying.ways_of(document.payment),
        steps=len(steps.asked(document, case.answers)) + 1,
        warnings=[say(each.text, i18n.language()) for each in warnings_at(document, case.answers)],
    )


def _to_pay(slug: str, case: Case) -> Response:
    order = charges.pay_first(work(), case)
    if order is None:
        return redirect(url_for(".done", slug=slug, draft_id=case.id), code=303)  # type: ignore[return-value]
    code = links.code_of(session(), order.id)
    return redirect(url_for("payments.order", code=code), code=303)  # type: ignore[return-value]


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>/klart")
@anyone
def done(slug: str, draft_id: UUID):
    """The receipt: the number, what happens next, and the link by which one follows the case."""
    case, document = _draft(slug, draft_id)
    if case.is_draft:
        return redirect(url_for(".go_on", slug=slug, draft_id=case.id), code=303)
    return page(
        "applications/done.html",
        document=document,
        case=case,
        orders=paying.orders_of(case, document),
        follow=None
        if case.protected or _is_anothers(case)
        else notices.follow_secret(work(), case),
        status=conversations.status_words(case, document),
    )


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>/kvittens.pdf")
@anyone
def receipt_pdf(slug: str, draft_id: UUID):
    """The receipt as an accessible PDF."""
    case, document = _draft(slug, draft_id)
    if case.is_draft:
        raise Invalid("not-sent-in")
    return conversations.receipt_answer(case, document)


@bp.route("/e-tjanster/<slug>/ansok/<uuid:draft_id>/ta-bort", methods=["GET", "POST"])
@anyone
def discard(slug: str, draft_id: UUID):
    """Throw a draft away, after asking once."""
    case, document = _draft(slug, draft_id, lock=True)
    if not case.is_draft:
        raise NotAllowed("already-sent-in")
    if _is_anothers(case):
        raise NotAllowed("draft-of-another")
    if request.method == "POST":
        drafts.discard(work(), case)
        flash(_("The draft is removed."))
        return redirect(url_for("start.index"), code=303)
    return page("applications/discard.html", document=document, case=case)
