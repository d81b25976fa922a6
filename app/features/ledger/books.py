"""The books: a SIE file for the economy system, and closing a month."""

from datetime import date, timedelta

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.features.ledger.blueprint import bp, require_money
from app.features.ledger.words import refusal_words
from app.forms import DayField, SalemForm
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may, require
from services.audit.log import record
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.payments import checking, policy, sie
from services.payments import staff as money
from services.payments.models import ClosedMonth

SHOWN = 24


class PeriodForm(SalemForm):
    """From which day to which, within one year."""

    first = DayField(lambda: _("From and including"))
    last = DayField(lambda: _("To and including"))


@bp.route("/ekonomi/bokforing", methods=["GET", "POST"])
@staff
def books():
    """Fetch the vouchers of a period, see whether the ledger balances, and close a month."""
    current = work()
    require_money(current.actor)
    today = local_day(current.now)
    form = PeriodForm(data={"first": today.replace(day=1), "last": today})
    if request.method == "POST" and form.validate():
        try:
            return _sie_file(form.first.data, form.last.data)
        except (Invalid, Conflict):
            form.last.errors = [_("Choose days within one year, the first one first.")]
    return page(
        "ledger/books.html",
        422 if request.method == "POST" else 200,
        form=form,
        closed=_closed(),
        next_month=_next_month(today),
        may_close=may(current.actor, policy.CLOSE, None),
    )


def _sie_file(first: date, last: date) -> Response:
    require(work(), policy.KEEP_BOOKS, None)
    told = settings()
    sender = sie.Sender(told.municipality_name, told.municipality_number, "1.0")
    lines = sie.lines(session(), sender, first, last, local_day(work().now))
    made = b"".join(sie.encoded(lines))
    record(work(), "ledger:export", None, first=first.isoformat(), last=last.isoformat())
    answer = Response(made, content_type="application/octet-stream")
    name = f"salem24-{first:%Y%m%d}-{last:%Y%m%d}.se"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _closed() -> list[ClosedMonth]:
    query = select(ClosedMonth).order_by(ClosedMonth.month.desc()).limit(SHOWN)
    return list(session().scalars(query))


def _next_month(today: date) -> date | None:
    closed = _closed()
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    if not closed:
        return last
    following = (closed[0].month + timedelta(days=32)).replace(day=1)
    return following if following <= last else None


@bp.route("/ekonomi/bokforing/stang", methods=["POST"])
@staff
def close():
    """Close the next month: nothing is booked in it any more."""
    require_money(work().actor)
    month = _next_month(local_day(work().now))
    try:
        if month is None:
            raise Conflict("month-not-over")
        money.close_month(work(), month)
    except Conflict as refusal:
        flash(refusal_words(refusal))
    else:
        flash(_("The month is closed."))
    return redirect(url_for(".books"), code=303)


@bp.route("/ekonomi/bokforing/kontroll")
@staff
def check():
    """Whether the ledger balances and explains every order."""
    require_money(work().actor)
    return page("ledger/check.html", faults=list(checking.faults(session())))
