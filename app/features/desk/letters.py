"""Templates for letters and messages: written, tried on a case, changed and taken away."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n
from app.features.desk.blueprint import bp
from app.forms import AreaField, HiddenField, RadiosField, SalemForm, SelectField, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.cases import inbox
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk import texts
from services.desk.models import TextTemplate
from services.forms.definition import ServiceDocument
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.organisation import queries as organisation

ROOM = "/handlaggning/mallar"


class TemplateForm(SalemForm):
    """A template: for which authority and service, of which kind, its name and its text."""

    authority = SelectField(lambda: _("Authority"), lambda: _authorities())
    service = SelectField(lambda: _("E-service"), lambda: _services(), optional=True)
    kind = RadiosField(
        lambda: _("What is it for?"),
        lambda: [
            ("answer", _("A message to the resident")),
            ("completion", _("A request for completion")),
            ("note", _("An internal note")),
        ],
    )
    name = TextField(lambda: _("Name"))
    body = AreaField(lambda: _("Text"), rows=10)
    seen = HiddenField(lambda: "", optional=True)


def _authorities() -> list[tuple[str, str]]:
    known = organisation.authorities(session())
    mine = work().actor.authorities
    return [
        (str(key), say(each.names, i18n.language())) for key, each in known.items() if key in mine
    ]


def _offered() -> dict[UUID, ServiceDocument]:
    known = organisation.authorities(session())
    codes = {known[key].code for key in work().actor.authorities if key in known}
    return {
        service.id: document for service, document in catalogue.for_authorities(session(), codes)
    }


def _services() -> list[tuple[str, str]]:
    found = [(str(key), say(each.title, i18n.language())) for key, each in _offered().items()]
    return [("", _("All e-services")), *sorted(found, key=lambda pair: pair[1].lower())]


@bp.route(ROOM)
@staff
def templates():
    return page(
        "desk/templates.html",
        templates=texts.of(session(), work().actor),
        authorities=organisation.authorities(session()),
        services=_offered(),
    )


def _blank() -> dict[str, str]:
    return {"kind": "answer", "authority": str(next(iter(work().actor.authorities)))}


@bp.route(f"{ROOM}/ny", methods=["GET", "POST"])
@staff
def new_template():
    """Write a new template; try it on a case before it is kept."""
    form = TemplateForm() if request.method == "POST" else TemplateForm(data=_blank())
    return _written(form, None)


@bp.route(f"{ROOM}/<uuid:template_id>", methods=["GET", "POST"])
@staff
def template(template_id: UUID):
    """Change a template. A colleague's change meanwhile is shown beside one's own."""
    found = texts.one(session(), work().actor, template_id)
    if request.method == "POST":
        return _written(TemplateForm(), found)
    form = TemplateForm(
        data={
            "authority": str(found.authority_id),
            "service": str(found.service_id or ""),
            "kind": found.kind,
            "name": found.name,
            "body": found.body,
            "seen": str(found.revision),
        }
    )
    return _written(form, found)


def _written(form: TemplateForm, found: TextTemplate | None) -> Response:
    documents = _offered()
    service_id = UUID(form.service.data) if form.service.data else None
    document = documents.get(service_id) if service_id else None
    theirs: str | None = None
    trying = bool(request.form.get("prova"))
    if request.method == "POST" and form.validate() and not trying:
        try:
            replaces = (found.id, int(form.seen.data or 0)) if found else None
            texts.write(
                work(),
                UUID(form.authority.data),
                form.kind.data,
                form.name.data,
                form.body.data,
                service=(service_id, document) if service_id and document else None,
                replaces=replaces,
            )
            work().session.flush()
        except Invalid as refusal:
            form.body.errors = [_refused(refusal)]
        except Conflict as refusal:
            theirs = refusal.details.get("body", "")
        else:
            flash(_("The template is saved."))
            return redirect(url_for(".templates"), code=303)  # type: ignore[return-value]
    code = 200 if request.method != "POST" or (trying and not form.errors) else 422
    return page(
        "desk/template.html",
        409 if theirs is not None else code,
        form=form,
        found=found,
        theirs=theirs,
        fields=texts.known_fields(document),
        tried=_tried(form, service_id, documents) if trying and not form.errors else None,
    )


def _refused(refusal: Invalid) -> str:
    if refusal.code == "unknown-merge-field":
        return _("There is no merge field %(field)s.", field=refusal.details["field"])
    return _("Write a name and a text.")


def _tried(
    form: TemplateForm, service_id: UUID | None, documents: dict[UUID, ServiceDocument]
) -> tuple[Case, str] | None:
    """The text as it becomes in the newest case that one may see."""
    wanted = inbox.Filter(view="all", service_id=service_id, unprotected=True)
    newest = inbox.inbox(session(), work().actor, wanted, most=1).cases
    if not newest:
        return None
    document = catalogue.version_document(session(), newest[0].version_id)
    return newest[0], texts.filled(form.body.data, newest[0], document)


@bp.route(f"{ROOM}/<uuid:template_id>/ta-bort", methods=["POST"])
@staff
def retire_template(template_id: UUID):
    """Offer a template no more."""
    texts.retire(work(), template_id)
    flash(_("The template is removed."))
    return redirect(url_for(".templates"), code=303)
