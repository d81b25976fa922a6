"""What others have asked for, and wait for a second person to agree to."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.features.ledger.blueprint import bp, require_money
from app.features.ledger.words import adjustment_words, refusal_words
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.kernel.errors import Conflict, NotAllowed, NotFound
from services.payments import queries, returning
from services.payments import staff as money
from services.payments.models import Order
from services.people import queries as people


@bp.route("/ekonomi/attest")
@staff
def to_attest():
    require_money(work().actor)
    return _page()


def _page(code: int = 200, *, trouble: str | None = None):
    actor = work().actor
    refunds = queries.refunds_to_attest(session(), actor)
    adjustments = queries.adjustments_to_attest(session(), actor)
    asked_by = {each.requested_by_id for each in [*refunds, *adjustments] if each.requested_by_id}
    wanted = {each.order_id for each in [*refunds, *adjustments] if each.order_id}
    return page(
        "ledger/attest.html",
        code,
        refunds=refunds,
        adjustments=adjustments,
        orders={key: session().get_one(Order, key) for key in wanted},
        names=people.names(session(), asked_by),
        receivers={
            each.id: returning.receiver_of(work(), each)
            for each in adjustments
            if each.receiver_sealed
        },
        adjustment_words=adjustment_words(),
        trouble=trouble,
    )


@bp.route("/ekonomi/attest/<what>/<uuid:asked_id>/<answer>", methods=["POST"])
@staff
def attest(what: str, asked_id: UUID, answer: str):
    """Agree, or say no."""
    require_money(work().actor)
    steps: dict[tuple[str, str], Callable[[Any, UUID], Any]] = {
        ("aterbetalning", "ja"): money.attest_refund,
        ("aterbetalning", "nej"): money.refuse_refund,
        ("bokning", "ja"): money.attest,
        ("bokning", "nej"): money.refuse,
        ("retur", "ja"): returning.attest,
        ("retur", "nej"): returning.refuse,
    }
    if (what, answer) not in steps:
        raise NotFound("step", what=what)
    try:
        steps[what, answer](work(), asked_id)
    except (Conflict, NotAllowed) as refusal:
        return _page(422, trouble=refusal_words(refusal))
    flash(_("Attested.") if answer == "ja" else _("Refused."))
    return redirect(url_for(".to_attest"), code=303)
