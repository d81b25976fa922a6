"""Help by telephone and by letter, at the clerk: a code that is read out, and a code on paper."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n
from app.features.desk.blueprint import bp
from app.forms import SalemForm, SelectField, TextField
from app.rate_limits import limiter
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, staff
from services.cases import assistance, drafts, paper_forms
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.forms.kinds import kind_of
from services.kernel.errors import NotFound
from services.kernel.words import say


class CodeForm(SalemForm):
    """The six digits that the resident reads out."""

    code = TextField(
        lambda: _("The code that the resident reads out"),
        hint=lambda: _("Six digits"),
        inputmode="numeric",
        width=10,
    )


class PaperForm(SalemForm):
    """The code on a form that has come by post."""

    paper = TextField(lambda: _("The code on the paper form"), width=10)


class PrintForm(SalemForm):
    """Which form to print."""

    service = SelectField(lambda: _("E-service"), lambda: [("", _("Choose")), *_services()])


def _services() -> list[tuple[str, str]]:
    found = [(each.slug, say(each.title, i18n.language())) for each in catalogue.listed(session())]
    return sorted(found, key=lambda pair: pair[1].lower())


@bp.route("/handlaggning/hjalp", methods=["GET", "POST"])
@staff
@limiter.limit("10 per minute", methods=["POST"], key_func=lambda: f"help:{actor().person_id}")
def help_by_code():
    """Take up the help that a code was read out for, or open the case of a paper form."""
    forms = _forms()
    which = request.form.get("vad", "")
    if request.method == "POST" and which in forms and forms[which].validate():
        try:
            return _opened(which, forms[which])
        except NotFound:
            field = next(each for each in forms[which] if each.name not in ("csrf_token",))
            field.errors = [_("The code is wrong, used or too old.")]
    code = 422 if request.method == "POST" else 200
    return page("desk/help.html", code, **forms, which=which)


def _forms() -> dict[str, SalemForm]:
    kinds = {"spoken": CodeForm, "paper": PaperForm, "blank": PrintForm}
    which = request.form.get("vad", "")
    return {name: kind() if name == which else kind(formdata=None) for name, kind in kinds.items()}


def _opened(which: str, form: SalemForm) -> Response:
    if which == "spoken":
        begun = assistance.begin(work(), form["code"].data)
        return redirect(url_for(".helping", assistance_id=begun.id), code=303)  # type: ignore[return-value]
    if which == "blank":
        case = paper_forms.printed(work(), form["service"].data, i18n.language())
        return redirect(url_for(".paper_form", draft_id=case.id), code=303)  # type: ignore[return-value]
    case = paper_forms.by_code(work(), form["paper"].data)
    if case.number is not None:
        return redirect(url_for(".case", number=case.number), code=303)  # type: ignore[return-value]
    document = catalogue.version_document(session(), case.version_id)
    address = url_for("applications.go_on", slug=document.slug, draft_id=case.id)
    return redirect(address, code=303)  # type: ignore[return-value]


@bp.route("/handlaggning/hjalp/<uuid:assistance_id>", methods=["GET", "POST"])
@staff
def helping(assistance_id: UUID):
    """What the resident sees now: the page, and the answers so far; and the end of the help."""
    given = assistance.given_by(session(), work().actor, assistance_id)
    if request.method == "POST":
        assistance.end(work(), given)
        flash(_("The help is ended."))
        return redirect(url_for(".inbox"), code=303)
    case: Case = drafts.draft_for(work(), given.case_id, None)
    document = catalogue.version_document(session(), case.version_id)
    pages = {each.key: each for each in document.pages}
    return page(
        "desk/helping.html",
        given=given,
        case=case,
        document=document,
        at=pages.get(given.at_page or ""),
        answers=forms_answers.shown(document, case.answers, i18n.language()),
    )


@bp.route("/handlaggning/blankett/<uuid:draft_id>")
@staff
def paper_form(draft_id: UUID):
    """The form to print, with its code."""
    case = paper_forms.of_clerk(work(), drafts.draft_for(work(), draft_id, None))
    document = catalogue.version_document(session(), case.version_id)
    language = i18n.language()
    return page(
        "desk/paper_form.html",
        case=case,
        document=document,
        printed=f"{case.paper_code[:4]}-{case.paper_code[4:]}" if case.paper_code else "",
        pages=[
            (each, [question for question in each.questions if kind_of(question).asks])
            for each in document.pages
        ],
        choices=lambda question: _choices(question, language),
    )


def _choices(question: forms_answers.Question, language: str) -> list[str]:
    """The answers to tick on paper; none where one writes."""
    possible = kind_of(question).possible(question) or ()
    shown = (kind_of(question).display(question, each, language) for each in possible)
    return sorted(words for words in shown if isinstance(words, str))
