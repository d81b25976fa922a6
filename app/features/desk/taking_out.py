"""Saved views, and the inbox as a file."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import conversations, i18n
from app.features.desk import asked
from app.features.desk.blueprint import bp
from app.features.desk.inbox import cell, column_titles
from app.transactions import session, work
from app.visitors import staff
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk import export as files
from services.desk import views
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid
from services.kernel.words import say
from services.organisation import queries as organisation
from services.people import queries as people

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.route("/handlaggning/vyer", methods=["POST"])
@staff
def save_view():
    """Keep the present view with a name."""
    question = asked.read(request.form)
    authority_id = request.form.get("namnd", type=UUID) or _authority_of(question.wanted.unit_key)
    try:
        view = views.save(
            work(),
            request.form.get("namn", ""),
            authority_id,
            asked.as_kept(question.wanted),
            list(question.columns),
            shared=bool(request.form.get("delad")),
            unit_key=question.wanted.unit_key if request.form.get("delad") == "enhet" else None,
        )
    except Invalid:
        flash(_("Give the view a name, and save it again."))
        return redirect(asked.address(question.query), code=303)
    flash(_("The view is saved."))
    return redirect(url_for(".inbox", sparad=view.id), code=303)


def _authority_of(unit_key: str | None) -> UUID:
    mine = list(work().actor.authorities)
    of_unit = organisation.authority_of_unit(session(), unit_key) if unit_key else None
    return of_unit if of_unit in mine else mine[0]


@bp.route("/handlaggning/vyer/<uuid:view_id>/ta-bort", methods=["POST"])
@staff
def remove_view(view_id: UUID):
    """Take a view of one's own away."""
    views.remove(work(), view_id)
    flash(_("The view is removed."))
    return redirect(url_for(".inbox"), code=303)


@bp.route("/handlaggning/export")
@staff
def export():
    """The present list as a file, within the own authorities; taking it out is logged."""
    kind = request.args.get("slag", "csv")
    if kind not in files.KINDS:
        raise BadRequest("slag")
    question = asked.read(request.args)
    found = files.cases(work(), question.wanted)
    documents = {
        each: catalogue.version_document(session(), each)
        for each in {case.version_id for case in found}
    }
    columns = column_titles(documents, question.columns)
    rows = _rows(found, documents, [key for key, _words in columns])
    head = [*_head(), *(words for _key, words in columns)]
    response = Response(files.as_file(work(), kind, head, rows), content_type=TYPES[kind])
    name = f"arenden-{local_day(work().now).isoformat()}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _head() -> list[str]:
    return [
        *(_("Number"), _("E-service"), _("Case"), _("Status"), _("Authority"), _("Unit")),
        *(_("Received"), _("Last day"), _("Handler"), _("Came in by"), _("Closed on")),
    ]


def _rows(
    found: list[Case], documents: dict[UUID, ServiceDocument], columns: list[str]
) -> list[list[str]]:
    language = i18n.language()
    authorities = organisation.authorities(session())
    units = organisation.units(session())
    handlers = people.names(session(), {each.handler_id for each in found if each.handler_id})
    return [
        [
            case.number or "",
            say(documents[case.version_id].title, language),
            case.headline,
            conversations.status_words(case, documents[case.version_id], desk=True),
            say(authorities[case.authority_id].names, language),
            say(units[case.unit_key].names, language) if case.unit_key in units else case.unit_key,
            local_day(case.received_at).isoformat() if case.received_at else "",
            case.due_on.isoformat() if case.due_on else "",
            handlers.get(case.handler_id, "") if case.handler_id else "",
            conversations.channel_words(case.channel),
            local_day(case.closed_at).isoformat() if case.closed_at else "",
            *(cell(case, documents[case.version_id], key) for key in columns),
        ]
        for case in found
    ]
