"""The documents of a case at the desk: the list, marks of secrecy, protection, the archive package."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n
from app.features.records.blueprint import bp
from app.features.records.words import direction_words, refusal_words
from app.forms import AreaField, CheckField, DayField, SalemForm, SelectField, TextField
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may, require
from services.archive import package
from services.archive import policy as archive
from services.cases import commands as cases
from services.cases import parties, policy, protecting, queries
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms.definition import ServiceDocument
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.words import say
from services.people import queries as people
from services.records import diary, documents, secrecy

CASE = "/handlaggning/arenden/<number>"


class MarkForm(SalemForm):
    """A mark of secrecy: on what, by which provision."""

    what = SelectField(lambda: _("What is marked?"), lambda: [("case:", _("The whole case"))])
    law = TextField(lambda: _("Provision"), hint=lambda: _("For example 21 kap. 1 § OSL"))
    from_party = CheckField(
        lambda: _("Not even the party may see the document (OSL 10 kap. 3 §)"), optional=True
    )
    review_on = DayField(lambda: _("Examine again on the day"), optional=True)


class LiftForm(SalemForm):
    """Why a mark is taken away."""

    because = AreaField(lambda: _("Why is the mark taken away?"), rows=3)


@bp.route(f"{CASE}/handlingar")
@staff
def of_case(number: str):
    """The documents of a case, with their numbers, and its marks of secrecy."""
    found = _found(number)
    cases.opened_at_desk(work(), found)
    return _shown(found, _mark_form(found, empty=True))


def _found(number: str) -> Case:
    return queries.at_desk(session(), work().actor, number)


def _mark_form(found: Case, *, empty: bool = False) -> MarkForm:
    form = MarkForm(formdata=None) if empty else MarkForm()
    form.what.options = _markable(found)
    return form


def _markable(found: Case) -> list[tuple[str, str]]:
    service = catalogue.version_document(session(), found.version_id)
    language = i18n.language()
    return [
        ("case:", _("The whole case")),
        *(
            (f"document:{each.key}", f"-{each.number} {documents.title(each, service, language)}")
            for each in documents.of_case(session(), found)
        ),
        *(
            (f"answer:{each.key}", _("Answer: %(question)s", question=say(each.label, language)))
            for each in service.questions
        ),
        *(
            (f"party:{each.id}", _("Party: %(name)s", name=each.name))
            for each in parties.of(session(), found.id)
        ),
    ]


def _shown(found: Case, form: MarkForm, code: int = 200):
    service = catalogue.version_document(session(), found.version_id)
    listed = documents.of_case(session(), found)
    marks = secrecy.of_case(session(), found.id)
    actor = work().actor
    return page(
        "records/documents.html",
        code,
        case=found,
        document=service,
        entry=diary.entry(session(), found.id),
        listed=listed,
        titles=_titles(found, service, listed, {each.key for each in marks}),
        directions=direction_words,
        marks=marks,
        marked=dict(_markable(found)),
        names=people.names(session(), {each.made_by_id for each in marks}),
        form=form,
        may_work=may(actor, policy.WORK_ON, found),
        may_lead=may(actor, policy.LEAD, found),
        may_pack=may(actor, archive.EXPORT, found) and found.state in package.DONE,
    )


def _titles(
    found: Case, service: ServiceDocument, listed: list[documents.Document], marked: set[str]
) -> dict[str, tuple[str, str]]:
    """What each document is called inside, and in the public diary."""
    language = i18n.language()
    secret = found.secrecy or found.protected
    return {
        each.key: (
            documents.title(each, service, language),
            documents.public_title(each, service, language, secret=secret or each.key in marked),
        )
        for each in listed
    }


@bp.route(f"{CASE}/sekretess", methods=["GET", "POST"])
@staff
def mark(number: str):
    """Warn that something in the case may be secret."""
    found = _found(number)
    form = _mark_form(found)
    if not form.is_submitted():
        return redirect(url_for(".of_case", number=number), code=303)
    if form.validate():
        what, _separator, key = form.what.data.partition(":")
        review_on: date | None = form.review_on.data
        try:
            secrecy.mark(
                work(),
                found.id,
                what,
                key,
                form.law.data,
                from_party=form.from_party.data,
                review_on=review_on,
            )
        except (Invalid, Conflict) as refusal:
            field = form.review_on if refusal.code == "review-day" else form.law
            field.errors = [refusal_words(refusal.code)]
        else:
            flash(_("The mark is made."))
            return redirect(url_for(".of_case", number=number), code=303)
    return _shown(found, form, 422)


@bp.route(f"{CASE}/sekretess/<uuid:row_id>/hav", methods=["GET", "POST"])
@staff
def lift(number: str, row_id: UUID):
    """Take a mark away, and say why."""
    found = _found(number)
    require(work(), policy.LEAD, found)
    marked = next(
        (each for each in secrecy.of_case(session(), found.id) if each.id == row_id), None
    )
    if marked is None:
        raise NotFound("secrecy-mark")
    form = LiftForm()
    if form.is_submitted() and form.validate():
        secrecy.lift(work(), marked.id, form.because.data)
        flash(_("The mark is taken away."))
        return redirect(url_for(".of_case", number=number), code=303)
    code = 422 if form.is_submitted() else 200
    document = catalogue.version_document(session(), found.version_id)
    return page("records/lift.html", code, case=found, document=document, mark=marked, form=form)


@bp.route(f"{CASE}/skydda", methods=["POST"])
@staff
def protect(number: str):
    """Note that the case tells of somebody with protected identity; it cannot be undone here."""
    found = _found(number)
    protecting.protect_party(work(), found.id)
    flash(_("The case, and the person's other cases, are protected now."))
    return redirect(url_for("desk.inbox"), code=303)


@bp.route(f"{CASE}/arkivpaket", methods=["POST"])
@staff
def pack(number: str):
    """The whole case as a package for the archive; that it was taken out is logged."""
    found = _found(number)
    try:
        made = package.export(work(), found.id, settings().municipality_name)
    except Conflict as refusal:
        flash(refusal_words(refusal.code))
        return redirect(url_for(".of_case", number=number), code=303)
    response = Response(made, content_type="application/zip")
    name = f"{package.folder_of(found)}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
