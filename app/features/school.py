"""The entrance of pupils and others with a school's account: what they can do here."""

from flask import Blueprint

from app import levels
from app.templating import page
from app.transactions import session
from app.visitors import actor, pupils
from services.catalogue import queries as catalogue

bp = Blueprint("school", __name__)
# An association or a company is nothing that a school's account can speak for.
ONESELF = "person"


@bp.route("/skola")
@pupils
def index():
    open_to = [
        document
        for document in catalogue.listed(session())
        if ONESELF in document.audiences and levels.is_enough(document.level, actor())
    ]
    return page("school/index.html", services=open_to)
