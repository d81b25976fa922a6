"""The first page: what one can do here, round the clock."""

from flask import Blueprint

from app import conversations
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
    under_way = _under_way() if actor().role is Role.RESIDENT else []
    documents = {
        case.version_id: catalogue.version_document(session(), case.version_id)
        for case in under_way
    }
    return page(
        "start/index.html",
        services=catalogue.listed(session()),
        under_way=under_way,
        documents=documents,
        status_words=lambda case: conversations.status_words(case, documents[case.version_id]),
    )


def _under_way():
    found = cases.of_party(session(), work().actor)
    return [case for case in found if case.is_draft or case.is_open][:UNDER_WAY]
