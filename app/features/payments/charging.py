"""At the desk: what a case costs, counted again with what the desk knows, and charged."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n, paying
from app.features.payments.blueprint import bp
from app.forms import SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.cases import charges, queries
from services.cases.models import Case
from services.catalogue import fees
from services.catalogue import queries as catalogue
from services.deadlines import queries as deadlines
from services.forms.amounts import number_from
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, NotFound
from services.payments import codes
from services.payments import queries as orders


@bp.route("/handlaggning/arenden/<number>/avgift", methods=["GET", "POST"])
@staff
def charge(number: str):
    """Count the fee with the desk's own figures, look at it, and charge."""
    case, document = _case(number)
    given, status = _known(case, document), 200
    form = _form(document, given)
    if request.method == "POST":
        given = _given(form)
        if form.errors:
            status = 422
        elif not request.form.get("count"):
            return _charged(case, given)
    return _page(case, document, form, given, status)


def _case(number: str) -> tuple[Case, ServiceDocument]:
    case = queries.at_desk(session(), work().actor, number)
    document = catalogue.version_document(session(), case.version_id)
    if not document.fees:
        raise NotFound("fee")
    return case, document


def _known(case: Case, document: ServiceDocument) -> dict[str, Any]:
    """What the clock tells already of what the desk would count."""
    if fees.DAYS_LATE not in fees.countable(document, i18n.language()):
        return {}
    return {fees.DAYS_LATE: deadlines.days_late(session(), case.id, local_day(work().now))}


def _form(document: ServiceDocument, known: dict[str, Any]) -> Any:
    """A field for each number that the desk may know better than who answered."""
    fields = {
        name: TextField(lambda words=words: words, optional=True, inputmode="decimal", width=10)
        for name, words in fees.countable(document, i18n.language()).items()
    }
    return type("ChargeForm", (SalemForm,), fields)(data=known)


def _given(form: Any) -> dict[str, Any]:
    given: dict[str, Any] = {}
    form.validate()
    for field in form:
        if field.name == "csrf_token" or field.data in (None, ""):
            continue
        number = number_from(field.data)
        if number is None or number < 0:
            field.errors = [_("Write “%(label)s” as a number.", label=field.label.text)]
        else:
            given[field.name] = int(number) if number == int(number) else f"{number:f}"
    return given


def _page(
    case: Case, document: ServiceDocument, form: Any, given: dict[str, Any], status: int
) -> Response:
    return page(
        "payments/charge.html",
        status,
        case=case,
        document=document,
        form=form,
        has_fields=any(field.name != "csrf_token" for field in form),
        calculation=charges.calculation(work(), case, given),
        orders=orders.orders_of_owner(session(), case.id),
        ways=paying.ways_of(document.payment),
    )


def _charged(case: Case, given: dict[str, Any]) -> Response:
    try:
        order = charges.charge(work(), case.id, given)
    except Conflict as refusal:
        words = {
            "fee-unknown": _(
                "Something is missing that the fee is counted from. Fill it in first."
            ),
            "fee-not-in-force": _(
                "The figures for the year of the fee have not been entered yet. Nothing is charged."
            ),
            "order-has-money": _("A part of the fee has been paid. Ask for a refund instead."),
        }
        flash(words.get(refusal.code, _("This could not be done. Try again in a while.")))
    else:
        flash(_("The fee is charged.") if order else _("It costs nothing, so nothing is charged."))
    return redirect(url_for(".charge", number=case.number), code=303)  # type: ignore[return-value]


@bp.route("/handlaggning/arenden/<number>/avgift/kod", methods=["POST"])
@staff
def code(number: str):
    """A new code for a letter, shown this once."""
    case, document = _case(number)
    payable = [each for each in orders.orders_of_owner(session(), case.id) if each.is_payable]
    if not payable:
        raise Conflict("order-not-payable")
    made = charges.code_for_letter(work(), case.id, payable[-1].id)
    shown = codes.spaced(made)
    return page("payments/letter_code.html", case=case, document=document, made=shown)
