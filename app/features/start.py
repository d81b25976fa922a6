"""The first page: what one can do here, round the clock."""

from flask import Blueprint

from app.public_pages import public
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, anyone
from services.cases import queries as cases
from services.catalogue import queries as catalogue
from services.kernel.work import Role

bp = Blueprint("start", __name__)
UNDER_WAY = 3


@bp.route("/")
@anyone
@public
def index():
    services = catalogue.listed(session())
    under_way = []
    if actor().role is Role.RESIDENT:
        under_way = [
            case
            for case in cases.of_party(session(), work().actor)
            if case.is_draft or case.is_open
        ]
    return page("start/index.html", services=services, under_way=under_way[:UNDER_WAY])
