"""One page of questions: shown, taken in, and on to the next one."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app import i18n
from app.features.applications import meanwhile, steps, uploads
from app.security import cleaned
from app.templating import page
from app.transactions import keep, session, work
from app.visitors import actor
from services.cases import assistance, drafts
from services.cases import meanwhile as settling
from services.cases.meanwhile import Change
from services.cases.models import Case
from services.forms import answers as forms_answers
from services.forms import builder
from services.forms.definition import ServiceDocument
from services.forms.typed import Posted
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.kernel.work import Role


def problems_of(document: ServiceDocument, case: Case) -> list[forms_answers.Problem]:
    """What does not hold in a draft today."""
    return forms_answers.check(document, case.answers, local_day(work().now), i18n.language())


def is_known() -> bool:
    """Whether a draft is somebody's, rather than a browser's."""
    # The elected have a session of their own for their work: here they are anybody.
    return actor().role in (Role.RESIDENT, Role.STAFF)


def show(document: ServiceDocument, case: Case, page_key: str) -> Response:
    """A page as it was answered, or as whoever sees it has typed it without its being accepted."""
    step = steps.step(document, case.answers, page_key)
    form_class = builder.form_class(document, step.page, i18n.language(), case.answers)
    waiting = drafts.typed_by(work(), case, page_key)
    form = form_class(Posted(waiting)) if waiting else form_class()
    return _page(document, case, step, form, before=(waiting or {}).get(meanwhile.SEEN))


def _page(
    document: ServiceDocument,
    case: Case,
    step: steps.Step,
    form: builder.PageForm,
    code: int = 200,
    before: list[str] | None = None,
    differences: list[Change] | None = None,
) -> Response:
    return page(
        "applications/page.html",
        code,
        document=document,
        case=case,
        step=step,
        form=form,
        action=_action(document, case, step),
        changing=request.args.get("andra") == "1",
        seen=(meanwhile.SEEN, meanwhile.seen(case, form, before)),
        choices=meanwhile.choices(document, case, form, differences or []),
        **_help(case, step),
    )


def _help(case: Case, step: steps.Step) -> dict[str, Any]:
    """Whether somebody sees the page together with the resident, and whether it can be asked for."""
    if case not in session() or case.registered_by_id is not None or case.protected:
        return {"helping": None, "may_get_help": False}
    helping = assistance.under_way(session(), case.id, work())
    by_resident = actor().role is not Role.STAFF
    if helping is not None and by_resident:
        assistance.looks_at(helping, step.page.key)
    return {"helping": helping, "may_get_help": by_resident}


def _action(document: ServiceDocument, case: Case, step: steps.Step) -> str:
    # Until something is answered there is no draft to post to.
    if case not in session():
        return request.script_root + request.full_path.rstrip("?")
    changing = {"andra": "1"} if request.args.get("andra") == "1" else {}
    return url_for(".ask", slug=document.slug, draft_id=case.id, page_key=step.page.key, **changing)


def answered(document: ServiceDocument, case: Case, page_key: str) -> Response:
    """Take in what was sent for a page, and go on; or show it again with what is to be mended."""
    try:
        step = steps.step(document, case.answers, page_key)
    except NotFound:
        return _asked_no_more(document, case, page_key)
    removed = request.form.get("remove")
    if removed:
        return _without(document, case, step, removed)
    opened = meanwhile.opened()
    refused = uploads.take_in(case, step.page, opened)
    form_class = builder.form_class(document, step.page, i18n.language(), case.answers)
    form = form_class(request.form)
    rearranged = builder.changes_rows(request.form)
    if rearranged:
        form.change_rows(request.form)
    accepted = not rearranged and form.validate()
    _point_out(form, refused)
    if not accepted or refused:
        # Whoever leaves for now need not be done with the page.
        code = 200 if rearranged or not form.errors else 422
        return _again(document, case, step, form, code, leaves=_leaves() and not refused)
    stored = forms_answers.store(step.page, form)
    differences = settling.settle(work(), case, stored, opened).open
    if differences:
        return _again(document, case, step, form, 409, differences, leaves=_leaves())
    left = drafts.save_page(work(), case, page_key, stored, opened).left
    meanwhile.tell_left(document, case, left)
    return _onwards(document, case, page_key)


def _again(
    document: ServiceDocument,
    case: Case,
    step: steps.Step,
    form: builder.PageForm,
    code: int,
    differences: list[Change] | None = None,
    *,
    leaves: bool,
) -> Response:
    """The same page once more, with all that was typed; it waits there for whoever leaves."""
    drafts.keep_typed(work(), case, step.page.key, typed(form))
    if leaves:
        return _left()
    keep()
    before = request.form.getlist(meanwhile.SEEN)
    return _page(document, case, step, form, code, before, differences)


def _without(document: ServiceDocument, case: Case, step: steps.Step, removed: str) -> Response:
    """The page without one of its files; somebody else may have removed it already."""
    uploads.remove(case, step.page, removed)
    form = builder.form_class(document, step.page, i18n.language(), case.answers)(request.form)
    drafts.keep_typed(work(), case, step.page.key, typed(form))
    return _back_to(document, case, step.page.key)


def _asked_no_more(document: ServiceDocument, case: Case, page_key: str) -> Response:
    """Somebody else has answered so that the page is not asked any more: say so, and go on.

    Raises NotFound when there never was such a page. What was typed waits, should it be asked again.
    """
    here = next((each for each in document.pages if each.key == page_key), None)
    if here is None:
        raise NotFound("page", page=page_key)
    form = builder.form_class(document, here, i18n.language(), case.answers)(request.form)
    drafts.keep_typed(work(), case, page_key, typed(form))
    flash(_("An earlier answer has been changed meanwhile, so that page is not asked any more."))
    return redirect(url_for(".go_on", slug=document.slug, draft_id=case.id), code=303)  # type: ignore[return-value]


def _point_out(form: builder.PageForm, refused: dict[str, list[str]]) -> None:
    for field in form.visible():
        if field.question.key in refused:
            # What was wrong with a file says more than that a file is missing.
            field.errors = refused[field.question.key]


def typed(form: builder.PageForm) -> dict[str, list[str]]:
    """What was typed, and how the answers stood when the page was opened."""
    texts = {**form.typed(), meanwhile.SEEN: request.form.getlist(meanwhile.SEEN)}
    return {cleaned(name): [cleaned(text) for text in each] for name, each in texts.items()}


def _back_to(document: ServiceDocument, case: Case, page_key: str) -> Response:
    address = url_for(".ask", slug=document.slug, draft_id=case.id, page_key=page_key)
    return redirect(address, code=303)  # type: ignore[return-value]


def _leaves() -> bool:
    return bool(request.form.get("save")) and is_known()


def _left() -> Response:
    flash(_("Saved but not sent in. You find it under My pages."))
    where = "desk.inbox" if actor().is_staff else "my_pages.index"
    return redirect(url_for(where), code=303)  # type: ignore[return-value]


def _onwards(document: ServiceDocument, case: Case, page_key: str) -> Response:
    if _leaves():
        return _left()
    after = steps.step(document, case.answers, page_key).after
    changing = request.args.get("andra") == "1"
    problems = problems_of(document, case)
    if changing and steps.first_unanswered(document, case, problems) is None:
        after = None
    elif changing:
        after = steps.first_unanswered(document, case, problems)
    if after is None:
        return redirect(url_for(".check", slug=document.slug, draft_id=case.id), code=303)  # type: ignore[return-value]
    return _back_to(document, case, after)
