"""Saying that a fee is wrong, by whoever holds its link."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.features.payments import forms
from app.features.payments.blueprint import bp
from app.features.payments.routes import order_behind
from app.rate_limits import limiter
from app.templating import page
from app.transactions import work
from app.visitors import anyone
from services.payments import disputing


@bp.route("/betala/<code>/bestrid", methods=["GET", "POST"])
@anyone
@limiter.limit("10 per minute", methods=["POST"])
def dispute(code: str):
    """Write what is wrong; until it has been looked at nobody is reminded."""
    found, form = order_behind(code), forms.DisputeForm()
    there = redirect(url_for(".order", code=code), code=303)
    if not found.is_payable or found.disputed_at is not None:
        return there
    if request.method == "POST" and form.validate():
        disputing.dispute(work(), found.id, form.reason.data)
        flash(_("We have noted that you think that the fee is wrong. We look at it."))
        return there
    status = 422 if request.method == "POST" else 200
    return page("payments/dispute.html", status, link=code, order=found, form=form)
