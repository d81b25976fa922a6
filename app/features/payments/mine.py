"""Mina sidor, Betalningar: what is to be paid, what has been, and several paid in one payment."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n, paying
from app.features.payments.blueprint import bp
from app.features.payments.routes import order_behind
from app.forms import ChecksField, SalemForm
from app.templating import money, page
from app.transactions import session, work
from app.visitors import anyone, signed_in
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.payments import links, queries, together
from services.payments.models import TOGETHER, Order, OrderState

TO_PAY = (OrderState.OPEN, OrderState.PART_PAID)


@bp.route("/mina-sidor/betalningar", methods=["GET", "POST"])
@signed_in
def mine():
    """One's own, or those of the organisation that one acts for, the newest first."""
    found = queries.my_orders(session(), work().actor)
    orders = together.one_by_one(session(), found)
    to_pay = [each for each in orders if _waits(each)]
    form = _together_form([each for each in to_pay if each.owner_kind != TOGETHER])
    if request.method == "POST" and form.validate():
        answer = _collected(form, to_pay)
        if answer is not None:
            return answer
    return page(
        "payments/mine.html",
        422 if request.method == "POST" else 200,
        to_pay=to_pay,
        others=[each for each in orders if not _waits(each)],
        links={each.id: links.code_of(session(), each.id) for each in orders},
        way_words=paying.way_words(),
        today=local_day(work().now),
        form=form,
        is_several=len(form.orders.choices) >= together.FEWEST,
    )


def _waits(order: Order) -> bool:
    return order.state in TO_PAY and order.cancel_asked_at is None


def _together_form(orders: Sequence[Order]) -> Any:
    """Which of several to pay in one payment."""
    words = [
        (
            each.number,
            _(
                "%(what)s, %(amount)s (%(number)s)",
                what=say(each.description, i18n.language()),
                amount=money(each.outstanding.ore),
                number=each.number,
            ),
        )
        for each in orders
    ]

    class TogetherForm(SalemForm):
        """The orders that are ticked."""

        orders = ChecksField(
            lambda: _("Which do you want to pay together?"),
            lambda: words,
            hint=lambda: _("You pay all that you tick in one single payment."),
            missing=lambda: _("Tick at least two fees."),
        )

    return TogetherForm()


def _collected(form: Any, to_pay: Sequence[Order]) -> Any:
    """On to where they are paid together; otherwise why not stands at the field."""
    ticked = [each.id for each in to_pay if each.number in form.orders.data]
    try:
        found = together.collect(work(), ticked, i18n.language())
    except (Conflict, Invalid) as refusal:
        form.orders.errors = [_refusal_words(refusal)]
        return None
    return redirect(url_for(".order", code=links.code_of(session(), found.id)), code=303)


def _refusal_words(refusal: Conflict | Invalid) -> str:
    number = refusal.details.get("number", "")
    words = {
        "together-number": _("Tick at least two fees, and at most twenty."),
        "together-payers": _("These fees have different payers. Pay them one by one."),
        "together-ways": _("There is no way in which all of these can be paid. Pay them one by one."),
        "order-being-paid": _("%(number)s is being paid already. Finish or cancel that first.", number=number),
        "order-not-payable": _("%(number)s can no longer be paid.", number=number),
    }  # fmt: skip
    return words.get(refusal.code, _("This could not be done. Try again in a while."))


@bp.route("/betala/<code>/dela-upp", methods=["POST"])
@anyone
def take_apart(code: str) -> Response:
    """Let each of the fees be paid by itself again."""
    found = order_behind(code)
    try:
        together.undo(work(), found.id)
    except Conflict:
        flash(_("Something has been paid already, so they are paid together."))
        return redirect(url_for(".order", code=code), code=303)  # type: ignore[return-value]
    flash(_("You can pay each fee by itself again in a moment."))
    return redirect(url_for(".mine"), code=303)  # type: ignore[return-value]
