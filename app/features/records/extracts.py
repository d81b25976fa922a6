"""My data: what each authority holds of me, to read and to take away."""

import json
from uuid import UUID

from flask import g
from werkzeug.wrappers import Response

from app import i18n
from app.features.records.blueprint import bp
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.documents import extract as documents
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.kernel.words import say
from services.organisation import queries as organisation
from services.records import extract


@bp.route("/mina-sidor/mina-uppgifter")
@signed_in
def my_data():
    """The authorities that have cases of mine; each answers for what it holds."""
    known = organisation.authorities(session())
    held = [known[key] for key in extract.authorities_of(work()) if key in known]
    language = i18n.language()
    return page(
        "records/my_data.html",
        authorities=sorted(held, key=lambda each: say(each.names, language)),
    )


@bp.route("/mina-sidor/mina-uppgifter/<uuid:authority_id>.json")
@signed_in
def my_data_json(authority_id: UUID):
    """The extract for machines (article 20 asks for a common format)."""
    told = {"authority": _authority(authority_id), "cases": _told(authority_id)}
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return _file(text.encode(), "application/json", "json")


@bp.route("/mina-sidor/mina-uppgifter/<uuid:authority_id>.pdf")
@signed_in
def my_data_pdf(authority_id: UUID):
    """The extract for people."""
    acting_for = g.get("acting_for")
    made = documents.pdf(
        _told(authority_id),
        language=i18n.language(),
        municipality=settings().municipality_name,
        authority=_authority(authority_id),
        person=acting_for.name if acting_for else g.person_name,
        day=local_day(work().now),
    )
    return _file(made, "application/pdf", "pdf")


def _authority(authority_id: UUID) -> str:
    found = organisation.authorities(session()).get(authority_id)
    if found is None or authority_id not in extract.authorities_of(work()):
        raise NotFound("authority")
    return say(found.names, i18n.language())


def _told(authority_id: UUID):  # type: ignore[no-untyped-def]
    return extract.of(work(), authority_id, i18n.language())


def _file(data: bytes, kind: str, ending: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="mina-uppgifter.{ending}"'
    return answer
