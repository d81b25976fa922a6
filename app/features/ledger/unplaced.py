"""Money from the bank that nobody has found the order of, and where books differ."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app.features.ledger.blueprint import bp, require_money
from app.features.ledger.words import difference_words, refusal_words
from app.forms import SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.forms.amounts import ore_from
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.money import Money
from services.payments import matching, placing, queries

SUGGESTED = 20


class PlaceForm(SalemForm):
    """The order that the money is for, and how much of it."""

    number = TextField(lambda: _("Number of the order"))
    amount = TextField(lambda: _("Amount, if it is not all of it"), optional=True)


class ExplainForm(SalemForm):
    """Why two sets of books differ."""

    explanation = TextField(lambda: _("Why do the books differ?"))


@bp.route("/ekonomi/oplacerat")
@staff
def unplaced():
    """What waits to be placed, with guesses for the oldest."""
    require_money(work().actor)
    rows = queries.unmatched_rows(session())
    suggested = {each.id: matching.suggestions(session(), each) for each in rows[:SUGGESTED]}
    return page("ledger/unplaced.html", rows=rows, suggested=suggested)


@bp.route("/ekonomi/oplacerat/<uuid:row_id>", methods=["GET", "POST"])
@staff
def place(row_id: UUID):
    """Place one payment, or a part of it, in an order."""
    require_money(work().actor)
    row = next((each for each in queries.unmatched_rows(session()) if each.id == row_id), None)
    if row is None:
        raise NotFound("incoming-row")
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
    guesses = matching.suggestions(session(), row)
    return page("ledger/place.html", code, row=row, suggestions=guesses, form=form)


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
