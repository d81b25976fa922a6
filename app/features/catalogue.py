"""The e-services: finding one, and reading what it is before one begins."""

from flask import Blueprint, request

from app import i18n, paying
from app.public_pages import public
from app.templating import page
from app.transactions import session
from app.visitors import anyone
from services.catalogue import queries as catalogue
from services.organisation import queries as organisation
from services.statistics import queries as statistics

bp = Blueprint("catalogue", __name__)
LONGEST_SEARCH = 100
# What fits nothing else is taken in too (förvaltningslagen 7 §).
OTHER = "ovrigt-arende"


@bp.route("/e-tjanster")
@anyone
@public
def index():
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    category = request.args.get("kategori", "")
    offered = catalogue.listed(session())
    found = catalogue.search(session(), words, i18n.language()) if words else offered
    other = next((each.slug for each in offered if each.slug == OTHER), None)
    if category:
        found = [document for document in found if document.category == category]
    return page("catalogue/index.html", services=found, words=words, category=category, other=other)


@bp.route("/e-tjanster/<slug>")
@anyone
@public
def service(slug: str):
    offered, version, document = catalogue.current(session(), slug)
    unit = organisation.units(session()).get(document.unit)
    authority = organisation.authority_by_code(session(), document.authority)
    return page(
        "catalogue/service.html",
        document=document,
        version=version,
        unit=unit,
        authority=authority,
        pace=statistics.pace(session(), offered.id),
        ways=paying.ways_of(document.payment),
    )
