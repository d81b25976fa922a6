"""Following a case by its secret link, without an account."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from app import conversations
from app.rate_limits import limiter
from app.templating import page
from app.transactions import session, work
from app.visitors import anyone
from services.cases import commands, queries
from services.kernel.errors import Conflict, Invalid

bp = Blueprint("follow", __name__)


@bp.route("/folj/<secret>")
@anyone
@limiter.limit("120 per minute", deduct_when=lambda response: response.status_code == 404)
def case(secret: str):
    found = queries.by_link(session(), secret)
    shown = conversations.shown_to_party(found)
    return page("follow/case.html", **shown, secret=secret, form=conversations.MessageForm())


@bp.route("/folj/<secret>", methods=["POST"])
@anyone
@limiter.limit("60 per minute")
def write(secret: str):
    found = queries.by_link(session(), secret)
    form = conversations.MessageForm()
    if form.validate():
        try:
            message_id = conversations.receive_files(form)
            commands.write_by_link(work(), found, form.body.data, message_id=message_id)
        except (Invalid, Conflict) as refusal:
            conversations.explain(form, refusal)
        else:
            flash(_("Your message is sent."))
            return redirect(url_for("follow.case", secret=secret), code=303)
    shown = conversations.shown_to_party(found)
    return page("follow/case.html", 422, **shown, secret=secret, form=form)
