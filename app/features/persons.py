"""Persons at the desk: cases by a party's name, and the extract of one person's data (article 15)."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n
from app.forms import RadiosField, SalemForm, SelectField
from app.forms.person_number import PersonNumberField
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, staff
from services.cases import names, policy
from services.catalogue import queries as catalogue
from services.documents import extract as documents
from services.kernel.calendar import local_day
from services.kernel.errors import Invalid, NotFound
from services.kernel.words import say
from services.organisation import queries as organisation
from services.records import extract

bp = Blueprint("persons", __name__)
JSON, PDF = "json", "pdf"
LONGEST = 100


class ExtractForm(SalemForm):
    """Of whom, by which authority, why, and in which form."""

    number = PersonNumberField(
        lambda: _("Personal identity number"),
        hint=lambda: _("12 digits, for example 19900101-2385"),
    )
    authority = SelectField(lambda: _("Authority"), lambda: _led())
    reason = RadiosField(
        lambda: _("Why is the extract taken out?"),
        lambda: [
            ("person", _("The person has asked for it")),
            ("representative", _("Somebody who represents the person has asked for it")),
            ("oversight", _("The data protection officer or the supervisory authority needs it")),
        ],
    )


def _led() -> list[tuple[str, str]]:
    known = organisation.authorities(session())
    return [
        (str(key), say(known[key].names, i18n.language()))
        for key, duties in actor().authorities.items()
        if duties & policy.LEADERS and key in known
    ]


@bp.route("/handlaggning/personer")
@staff
def search():
    """Cases with a party whose name begins with what is asked, within one's authorities."""
    asked = request.args.get("namn", "").strip()[:LONGEST]
    found, wrong = None, ""
    if asked:
        try:
            found = names.by_name(work(), asked)
        except Invalid:
            wrong = _("Write at least two letters of a name.")
    versions = {each.case.version_id for each in found or []}
    return page(
        "persons/search.html",
        422 if wrong else 200,
        asked=asked,
        found=found,
        wrong=wrong,
        most=names.MOST,
        documents={each: catalogue.version_document(session(), each) for each in versions},
        role_words=_role_words,
        may_extract=bool(_led()),
    )


def _role_words(role: str) -> str:
    words = {
        names.APPLICANT: _("Sent in by"),
        names.SUBJECT: _("Whom it is about"),
        names.ORGANISATION: _("Organisation"),
    }
    return words.get(role, _("Another party"))


@bp.route("/handlaggning/registerutdrag", methods=["GET", "POST"])
@staff
def take_extract():
    """What one authority holds of one person, found by the whole number, as the person gets it."""
    offered = _led()
    form = ExtractForm()
    if request.method == "POST" and offered and form.validate():
        answer = _extracted(form)
        if answer is not None:
            return answer
        form.number.errors = [_("The authority has no case of that person that you may see.")]
    code = 422 if request.method == "POST" and offered else 200
    return page("persons/extract.html", code, form=form, offered=offered)


def _extracted(form: ExtractForm) -> Response | None:
    authority_id, language = UUID(form.authority.data), i18n.language()
    try:
        person, cases = extract.at_desk(
            work(), form.number.data, authority_id, language, form.reason.data
        )
    except NotFound:
        return None
    authority = say(organisation.authorities(session())[authority_id].names, language)
    if request.form.get("form") == JSON:
        return _file(_as_json(authority, cases), "application/json", JSON)
    made = documents.pdf(
        cases,
        language=language,
        municipality=settings().municipality_name,
        authority=authority,
        person=person.name,
        day=local_day(work().now),
    )
    return _file(made, "application/pdf", PDF)


def _as_json(authority: str, cases: list[dict[str, Any]]) -> bytes:
    told = {"authority": authority, "cases": cases}
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _file(data: bytes, kind: str, ending: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="registerutdrag.{ending}"'
    return answer
