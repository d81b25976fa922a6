"""From what it costs to a receipt: choosing a way, paying, and being told what is true."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n, paying
from app.features.payments import forms, paper_facts
from app.features.payments.blueprint import bp
from app.features.payments.standing import Standing, fingerprint, standing
from app.rate_limits import limiter
from app.templating import money, page
from app.transactions import session, work
from app.visitors import anyone
from services.cases import charges
from services.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from services.kernel.money import Money
from services.payments import commands, invoicing, links, qr, queries
from services.payments.aliases import swish_number
from services.payments.invoicing import Addressed
from services.payments.models import TOGETHER, Order, Payment, PaymentState
from services.payments.provider import Provider

PART = "del"
LONGEST_ORE = 12


@bp.route("/betala", methods=["GET", "POST"])
@anyone
@limiter.limit("30 per minute", methods=["POST"])
def enter():
    """Typing in the code of a letter."""
    form = forms.CodeForm()
    if request.method == "POST" and form.validate():
        try:
            found = queries.order_by_code(session(), form.code.data)
            return redirect(url_for(".order", code=links.code_of(session(), found.id)), code=303)
        except NotFound:
            form.code.errors = [_("We do not know that code. Check that it is right.")]
    return page("payments/enter.html", 422 if request.method == "POST" else 200, form=form)


def order_behind(code: str) -> Order:
    """The order whose link somebody holds. Raises NotFound."""
    return queries.order(session(), links.order_id_of(session(), code))


def providers() -> dict[str, Provider]:
    """The ways to pay that are on, by their keys."""
    found: dict[str, Provider] = work().resources["providers"]
    return found


@bp.route("/betala/<code>")
@anyone
@limiter.limit("120 per minute", deduct_when=lambda response: response.status_code == 404)
def order(code: str):
    """What is to be paid and why, and in which ways."""
    found = order_behind(code)
    return _order_page(code, found, _ways_form(found))


def _ways_form(found: Order) -> Any:
    ways = [way for way in found.ways if way in providers()]
    return forms.ways_form(ways, found, money)


def _part(found: Order) -> Money | None:
    """The part that was chosen on the page before; None for all that is left."""
    ore = request.args.get(PART, "")
    return Money(int(ore)) if ore.isdecimal() and len(ore) < LONGEST_ORE else None


def _order_page(code: str, found: Order, form: Any, status: int = 200) -> Response:
    return page(
        "payments/order.html",
        status,
        link=code,
        order=found,
        lines=queries.lines(session(), found.id),
        live=queries.live_payment(session(), found.id),
        refunds=queries.refunds_of(session(), found.id),
        way_words=paying.way_words(),
        form=form,
        is_offered=bool(form.way.options),
        is_together=found.owner_kind == TOGETHER,
        places_left=charges.places_left(session(), found),
        wrong=None,
    )


@bp.route("/betala/<code>", methods=["POST"])
@anyone
def choose(code: str):
    """The chosen way: at once where nothing more need be asked, else its own page."""
    found = order_behind(code)
    form = _ways_form(found)
    if not form.validate():
        return _order_page(code, found, form, 422)
    way, part = form.way.data, forms.part_of(form)
    query = {PART: part.ore} if part is not None else {}
    if way == "swish":
        return redirect(url_for(".swish", code=code, **query), code=303)
    if way == "invoice" and paper_facts.asks_for_address(found):
        return redirect(url_for(".invoice", code=code, **query), code=303)
    return _begin(code, found, way, part=part)


def _begin(
    code: str, found: Order, way: str, *, part: Money | None, alias: str | None = None
) -> Response:
    """Begin to pay; whoever has begun already comes to what is under way, and pays it once."""
    live = queries.live_payment(session(), found.id)
    try:
        payment = commands.start(
            work(),
            found.id,
            way,
            payer_alias=alias,
            amount=part,
            language=i18n.language(),
            eligible=charges.may_be_paid,
        )
    except (Conflict, Invalid, Unavailable) as refusal:
        flash(_refusal_words(refusal.code))
        return redirect(url_for(".order", code=code), code=303)  # type: ignore[return-value]
    if live is not None and live.id == payment.id and live.provider != way:
        flash(
            _(
                "You have already begun to pay in another way. Cancel that first if you want to change."
            )
        )
    return _to_payment(code, payment)


def _refusal_words(code: str) -> str:
    words = {
        "order-not-payable": _("There is nothing left to pay here."),
        "fee-changed": _("Your answers have changed since. Check them again before you pay."),
        "place-gone": _(
            "The last place has been taken by somebody else. You have not paid anything."
        ),
        "service-closed": _(
            "It is not possible to apply for this now. You have not paid anything."
        ),
        "too-young": _("Whoever applies is too young for this. You have not paid anything."),
        "answers": _(
            "Something that you have answered no longer holds. Check your answers before you pay."
        ),
        "way-away": _("This way to pay does not work right now. Choose another one."),
        "way": _("This cannot be paid in that way. Choose another one."),
        "part-payment": _("That part cannot be paid. Look at what is left to pay."),
    }
    return words.get(code, _("This could not be done. Try again in a while."))


def _to_payment(code: str, payment: Payment) -> Response:
    address = url_for(".payment", code=code, payment_id=payment.id)
    return redirect(address, code=303)  # type: ignore[return-value]


@bp.route("/betala/<code>/swish", methods=["GET", "POST"])
@anyone
def swish(code: str):
    """Swish in this telephone or by a QR code, or sent to a number."""
    found, form = order_behind(code), forms.SwishForm()
    part = _part(found)
    if request.method == "POST":
        if request.form.get("here"):
            return _begin(code, found, "swish", part=part)
        if form.validate():
            try:
                alias = swish_number(form.number.data)
                return _begin(code, found, "swish", part=part, alias=alias)
            except Invalid:
                form.number.errors = [
                    _("Check the mobile number. It can be written like 070-174 06 05.")
                ]
    if not found.is_payable:
        return redirect(url_for(".order", code=code), code=303)
    status = 422 if request.method == "POST" else 200
    return page(
        "payments/swish.html", status, link=code, order=found, form=form,
        amount=part or found.outstanding,
    )  # fmt: skip


@bp.route("/betala/<code>/uppgifter", methods=["GET", "POST"])
@anyone
def invoice(code: str):
    """Where an invoice is sent, and what a business wants on it."""
    found = order_behind(code)
    form = _invoice_form(found)
    if request.method == "POST" and form.validate():
        words = {name: getattr(form, name).data or "" for name in invoicing.WORDS if name in form}
        kept = {name: getattr(found, name) or "" for name in invoicing.WORDS if name not in form}
        invoicing.address_invoice(
            work(), found.id, Addressed(**{**kept, **words}, payer_address=form.address)
        )
        return _begin(code, found, "invoice", part=_part(found))
    if not found.is_payable or paper_facts.is_protected(found):
        return redirect(url_for(".order", code=code), code=303)
    status = 422 if request.method == "POST" else 200
    return page("payments/invoice_words.html", status, link=code, order=found, form=form)


def _invoice_form(found: Order) -> forms.AddressForm:
    is_business = found.payer_organisation_id is not None
    kind = forms.InvoiceForm if is_business else forms.PersonInvoiceForm
    return kind(obj=found, data=found.payer_address or {})


def payment_of(found: Order, payment_id: UUID) -> Payment:
    """An attempt to pay this very order. Raises NotFound."""
    payment = queries.payment(session(), payment_id)
    if payment.order_id != found.id:
        raise NotFound("payment")
    return payment


def _stands(found: Order, attempt: Payment) -> Standing:
    came_back = request.args.get("tillbaka") == "1"
    provider = providers().get(attempt.provider)
    return standing(found, attempt, provider, work().now, came_back=came_back)


@bp.route("/betala/<code>/<uuid:payment_id>")
@anyone
def payment(code: str, payment_id: UUID):
    """What to do now, or how it went. True whenever it is read, however one came here."""
    found = order_behind(code)
    attempt = payment_of(found, payment_id)
    if attempt.together_id is not None and _is_paid_there(attempt):
        there = links.code_of(session(), attempt.together_id)
        return redirect(url_for(".order", code=there), code=303)
    now = _stands(found, attempt)
    return page(
        "payments/payment.html",
        link=code,
        order=found,
        payment=attempt,
        now=now,
        still=request.args.get("stilla") == "1",
        address=_same_page(code, payment_id),
        way=paying.way_words().get(attempt.provider, attempt.provider),
        drawn=_drawn(found, attempt),
        due_on=_due_on(found, attempt),
        letter=paper_facts.letter(found, attempt),
        owner=charges.case_of(session(), found),
        state=fingerprint(now, attempt)["state"],
    )


def _is_paid_there(attempt: Payment) -> bool:
    """Whether a part is waiting for the payment that it is a part of."""
    return attempt.state == PaymentState.WAITING and attempt.cancel_asked_at is None


def _same_page(code: str, payment_id: UUID, **more: Any) -> str:
    came_back = {"tillbaka": 1} if request.args.get("tillbaka") == "1" else {}
    return url_for(".payment", code=code, payment_id=payment_id, **came_back, **more)


def _due_on(found: Order, attempt: Payment) -> date | None:
    return invoicing.due_on(found, attempt) if attempt.next.get("due_on") else None


def _drawn(found: Order, attempt: Payment) -> str | None:
    """The QR code of what to do next, where there is one."""
    if attempt.state != PaymentState.WAITING:
        return None
    text = attempt.next.get("qr")
    return qr.svg(text) if text else paper_facts.bank_code(found, attempt)


@bp.route("/betala/<code>/<uuid:payment_id>/lage")
@anyone
def state(code: str, payment_id: UUID):
    """Whether there is something new to show, for the page that waits."""
    found = order_behind(code)
    attempt = payment_of(found, payment_id)
    return jsonify(fingerprint(_stands(found, attempt), attempt))


@bp.route("/betala/<code>/<uuid:payment_id>/avbryt", methods=["POST"])
@anyone
def stop(code: str, payment_id: UUID):
    """Call an attempt off; the page then says whether it is, or whether money came first."""
    found = order_behind(code)
    attempt = payment_of(found, payment_id)
    commands.cancel(work(), attempt.id)
    return _to_payment(code, attempt)
