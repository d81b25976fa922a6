"""The entrance of elected representatives: their assignments, as they are today."""

from flask import Blueprint

from app.templating import page
from app.transactions import session, work
from app.visitors import elected
from services.kernel.calendar import local_day
from services.organisation import queries as organisation

bp = Blueprint("elected", __name__)


@bp.route("/fortroendevald")
@elected
def index():
    person_id = work().actor.person_id
    offices = organisation.offices(session(), person_id, local_day(work().now))
    return page("elected/index.html", offices=offices)
