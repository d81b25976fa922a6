"""Two accounts that may be one person's: somebody who owns the system looks, and decides (ID-10)."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.templating import page
from app.transactions import work
from app.visitors import admins
from services.people import accounts

bp = Blueprint("accounts", __name__)


@bp.route("/handlaggning/samma-person")
@admins
def index() -> Response:
    return page("accounts/index.html", suggestions=accounts.looked_at(work()))


@bp.route("/handlaggning/samma-person/<uuid:suggestion_id>", methods=["POST"])
@admins
def decide(suggestion_id: UUID) -> Response:
    if "merge" in request.form:
        accounts.merge(work(), suggestion_id)
        flash(_("The two are one account from now on."))
    else:
        accounts.dismiss(work(), suggestion_id)
        flash(_("The two stay apart."))
    return redirect(url_for("accounts.index"), code=303)  # type: ignore[return-value]
