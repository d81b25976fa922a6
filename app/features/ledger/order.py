"""One order: its lines, attempts to pay, vouchers, and what may be done about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app import paying
from app.features.ledger.blueprint import bp, require_money
from app.features.ledger.words import (
    payment_words,
    refund_words,
    refusal_words,
    state_words,
    stuck_words,
)
from app.forms import AreaField, SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.audit.log import record
from services.cases import after_payment, handed_over
from services.forms.amounts import ore_from
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.money import Money
from services.payments import disputing, finding, policy, queries
from services.payments import staff as money
from services.payments.disputing import MOST_REASON as MOST_DISPUTED
from services.payments.models import TOGETHER, Order, Payment, PaymentState, RefundState
from services.payments.staff import MOST_REASON


class RefundForm(SalemForm):
    """How much goes back, and why."""

    amount = TextField(lambda: _("How much is to be paid back, in kronor?"))
    reason = AreaField(lambda: _("Why?"), rows=3, limit=MOST_REASON)


class WriteOffForm(SalemForm):
    """Why what is left will not come."""

    reason = AreaField(lambda: _("Why is the rest written off?"), rows=3, limit=MOST_REASON)


class CounterForm(SalemForm):
    """That it was paid at the counter."""

    receipt = TextField(lambda: _("Number of the till's receipt"))


class DisputeForm(SalemForm):
    """What the payer says is wrong."""

    reason = AreaField(lambda: _("What does the payer say is wrong?"), rows=3, limit=MOST_DISPUTED)


class SettledForm(SalemForm):
    """That the fee has been looked at, and stands."""


FORMS: dict[str, type[SalemForm]] = {
    "aterbetala": RefundForm,
    "skriv-av": WriteOffForm,
    "kassan": CounterForm,
    "bestrid": DisputeForm,
    "star-fast": SettledForm,
}


@bp.route("/ekonomi/betalningar/<number>")
@staff
def order(number: str):
    actor = work().actor
    require_money(actor)
    found = finding.order_by_number(session(), actor, number)
    record(work(), "order:read", found.id)
    return _page(found)


def _page(found: Order, code: int = 200, *, trouble: str | None = None, **typed: Any):
    actor = work().actor
    payments = queries.payments_of(session(), found.id)
    at_counter = _at_counter(payments)
    is_shared = found.owner_kind == TOGETHER
    return page(
        "ledger/order.html",
        code,
        order=found,
        lines=queries.lines(session(), found.id),
        payments=payments,
        refunds=queries.refunds_of(session(), found.id),
        entries=finding.entries(session(), found.id),
        state_words=state_words(),
        payment_words=payment_words(),
        refund_words=refund_words(),
        way_words=paying.way_words(),
        forms={name: typed.get(name) or form(formdata=None) for name, form in FORMS.items()},
        may_refund=may(actor, policy.ASK, found) and bool(found.kept) and not is_shared,
        may_write_off=may(actor, policy.ASK, found) and bool(found.claim) and not is_shared,
        may_dispute=may(actor, policy.KEEP_BOOKS, found) and found.is_payable,
        may_take=may(actor, policy.TAKE, found) and at_counter is not None,
        unknown=[each for each in payments if each.state == PaymentState.UNKNOWN],
        to_pay_out=[each for each in queries.refunds_of(session(), found.id) if _is_by_hand(each)],
        stuck=stuck_words(stuck)
        if (stuck := after_payment.stuck_code(session(), found.id))
        else "",
        handed_over_at=handed_over.when(session(), found.id),
        trouble=trouble,
    )


def _at_counter(payments: list[Payment]) -> Payment | None:
    found = [each for each in payments if each.provider == "counter"]
    return next((each for each in found if each.state == PaymentState.WAITING), None)


def _is_by_hand(refund: Any) -> bool:
    provider = work().resources["providers"].get(refund.provider)
    settles = provider is not None and provider.settles
    return not settles and refund.state in (RefundState.ATTESTED, RefundState.ASKED)


@bp.route("/ekonomi/betalningar/<number>/<what>", methods=["POST"])
@staff
def act(number: str, what: str):
    """Ask for a refund or a write-off; note a payment at the counter, or what is disputed."""
    require_money(work().actor)
    found = finding.order_by_number(session(), work().actor, number)
    if what not in FORMS:
        raise NotFound("step", what=what)
    form = FORMS[what]()
    if not form.validate():
        return _page(found, 422, **{what: form})
    return _done(found, lambda: _filled_in(found, what, form), {what: form})


def _filled_in(found: Order, what: str, form: Any) -> None:
    if what == "aterbetala":
        amount = ore_from(form.amount.data) or 0
        money.ask_refund(work(), found.id, Money(amount), form.reason.data)
    elif what == "skriv-av":
        money.ask_write_off(work(), found.id, form.reason.data)
    elif what == "bestrid":
        disputing.dispute_at_desk(work(), found.id, form.reason.data)
    elif what == "star-fast":
        disputing.settle(work(), found.id)
    else:
        payment = _at_counter(queries.payments_of(session(), found.id))
        if payment is None:
            raise Conflict("payment-state")
        money.take_at_counter(work(), payment.id, form.receipt.data)


@bp.route("/ekonomi/betalningar/<number>/avsluta/<uuid:payment_id>", methods=["POST"])
@staff
def end(number: str, payment_id: UUID):
    """End a payment that the provider cannot tell about, after asking it by other means."""
    require_money(work().actor)
    found = finding.order_by_number(session(), work().actor, number)
    if payment_id not in {each.id for each in queries.payments_of(session(), found.id)}:
        raise NotFound("payment")
    return _done(found, lambda: money.end_unknown(work(), payment_id))


@bp.route("/ekonomi/betalningar/<number>/utbetald/<uuid:refund_id>", methods=["POST"])
@staff
def paid_out(number: str, refund_id: UUID):
    """Note that a refund that no provider sends has been paid out."""
    require_money(work().actor)
    found = finding.order_by_number(session(), work().actor, number)
    if refund_id not in {each.id for each in queries.refunds_of(session(), found.id)}:
        raise NotFound("refund")
    return _done(found, lambda: money.refund_paid_out(work(), refund_id))


@bp.route("/ekonomi/betalningar/<number>/arendet-igen", methods=["POST"])
@staff
def try_case_again(number: str):
    """Let a case that refused to go on try once more."""
    require_money(work().actor)
    found = finding.order_by_number(session(), work().actor, number)
    return _done(found, lambda: after_payment.try_again(work(), found.id))


def _done(found: Order, do: Callable[[], Any], typed: dict[str, Any] | None = None):
    try:
        do()
    except (Invalid, Conflict, NotFound, NotAllowed) as refusal:
        return _page(found, 422, trouble=refusal_words(refusal), **(typed or {}))
    flash(_("Saved."))
    return redirect(url_for(".order", number=found.number), code=303)
