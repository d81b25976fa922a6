"""Money from the bank that nobody has found the order of, and where books differ."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.features.ledger.blueprint import bp, require_money
from app.features.ledger.words import difference_words, refusal_words
from app.forms import AreaField, SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.forms.amounts import ore_from
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.money import Money
from services.payments import matching, placing, policy, queries, returning
from services.payments.incoming import IncomingRow
from services.payments.staff import MOST_REASON

SUGGESTED = 20


class PlaceForm(SalemForm):
    """The order that the money is for, and how much of it."""

    number = TextField(lambda: _("Number of the order"))
    amount = TextField(lambda: _("Amount, if it is not all of it"), optional=True)


class ReturnForm(SalemForm):
    """To whom money goes back, and why."""

    receiver = TextField(
        lambda: _("To whom, and to which account?"),
        hint=lambda: _("For example: Testföreningen, bankgiro 991-2346."),
        missing=lambda: _("Write to whom and to which account."),
        limit=returning.MOST_RECEIVER,
    )
    reason = AreaField(lambda: _("Why does the money go back?"), rows=3, limit=MOST_REASON)


class ExplainForm(SalemForm):
    """Why two sets of books differ."""

    explanation = TextField(lambda: _("Why do the books differ?"))


@bp.route("/ekonomi/oplacerat")
@staff
def unplaced():
    """What waits to be placed, with guesses for the oldest."""
    require_money(work().actor)
    return _unplaced_page()


def _unplaced_page(code: int = 200, *, trouble: str | None = None) -> Response:
    rows = queries.unmatched_rows(session())
    backs = queries.returns(session())
    going = {row.id for _back, row in backs}
    guessed = [each for each in rows if each.id not in going][:SUGGESTED]
    return page(
        "ledger/unplaced.html",
        code,
        rows=rows,
        suggested={each.id: matching.suggestions(work(), each) for each in guessed},
        going=going,
        to_pay_out=[
            (back, row, returning.receiver_of(work(), back))
            for back, row in backs
            if back.state == "attested"
        ],
        trouble=trouble,
    )


@bp.route("/ekonomi/oplacerat/<uuid:row_id>", methods=["GET", "POST"])
@staff
def place(row_id: UUID):
    """Place one payment, or a part of it, in an order."""
    require_money(work().actor)
    row = _waiting(row_id)
    form = PlaceForm(data={"number": request.args.get("order", "")})
    if request.method == "POST" and form.validate():
        try:
            typed = (form.amount.data or "").strip()
            amount = Money(ore_from(typed) or 0) if typed else None
            placing.place(work(), row_id, form.number.data.strip().upper(), amount)
        except (Invalid, Conflict, NotFound, NotAllowed) as refusal:
            field = form.amount if refusal.code == "place-amount" else form.number
            field.errors = [refusal_words(refusal)]
        else:
            flash(_("The money is placed."))
            return redirect(url_for(".unplaced"), code=303)
    code = 422 if request.method == "POST" else 200
    guesses = matching.suggestions(work(), row)
    return page("ledger/place.html", code, row=row, suggestions=guesses, form=form)


def _waiting(row_id: UUID) -> IncomingRow:
    row = next((each for each in queries.unmatched_rows(session()) if each.id == row_id), None)
    if row is None:
        raise NotFound("incoming-row")
    return row


@bp.route("/ekonomi/oplacerat/<uuid:row_id>/aterbetala", methods=["GET", "POST"])
@staff
def give_back(row_id: UUID):
    """Ask that money which belongs to nobody here is paid back."""
    require(work(), policy.KEEP_BOOKS, None)
    row, form = _waiting(row_id), ReturnForm()
    if request.method == "POST" and form.validate():
        try:
            returning.ask_return(work(), row_id, form.receiver.data, form.reason.data)
        except (Invalid, Conflict) as refusal:
            field = form.reason if refusal.code == "reason" else form.receiver
            field.errors = [refusal_words(refusal)]
        else:
            flash(_("Somebody else must attest it now."))
            return redirect(url_for(".unplaced"), code=303)
    code = 422 if request.method == "POST" else 200
    return page("ledger/give_back.html", code, row=row, form=form)


@bp.route("/ekonomi/oplacerat/utbetald/<uuid:adjustment_id>", methods=["POST"])
@staff
def given_back(adjustment_id: UUID):
    """Note that it has been paid out by the bank."""
    require(work(), policy.KEEP_BOOKS, None)
    try:
        returning.paid_out(work(), adjustment_id)
    except Conflict as refusal:
        return _unplaced_page(422, trouble=refusal_words(refusal))
    flash(_("Saved."))
    return redirect(url_for(".unplaced"), code=303)


@bp.route("/ekonomi/avstamning")
@staff
def differences():
    """Where a provider's books and ours differ."""
    require_money(work().actor)
    found = queries.open_differences(session())
    return page("ledger/differences.html", found=found, kinds=difference_words())


@bp.route("/ekonomi/avstamning/<uuid:difference_id>", methods=["GET", "POST"])
@staff
def explain(difference_id: UUID):
    """Say why they differ; what has to be booked is booked as a correction."""
    require_money(work().actor)
    found = {each.id: each for each in queries.open_differences(session())}.get(difference_id)
    if found is None:
        raise NotFound("difference")
    form = ExplainForm()
    if request.method == "POST" and form.validate():
        try:
            placing.explain(work(), difference_id, form.explanation.data)
        except (Invalid, Conflict, NotAllowed) as refusal:
            form.explanation.errors = [refusal_words(refusal)]
        else:
            flash(_("Saved."))
            return redirect(url_for(".differences"), code=303)
    code = 422 if request.method == "POST" else 200
    return page("ledger/explain.html", code, found=found, kinds=difference_words(), form=form)
