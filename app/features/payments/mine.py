"""Mina sidor, Betalningar: what is to be paid, what has been, and what has come back."""

from app import paying
from app.features.payments.blueprint import bp
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.kernel.calendar import local_day
from services.payments import links, queries
from services.payments.models import Order, OrderState

TO_PAY = (OrderState.OPEN, OrderState.PART_PAID)


@bp.route("/mina-sidor/betalningar")
@signed_in
def mine():
    """One's own, or those of the organisation that one acts for, the newest first."""
    orders = queries.my_orders(session(), work().actor)
    to_pay = [each for each in orders if _waits(each)]
    return page(
        "payments/mine.html",
        to_pay=to_pay,
        others=[each for each in orders if not _waits(each)],
        links={each.id: links.code_of(session(), each.id) for each in orders},
        way_words=paying.way_words(),
        today=local_day(work().now),
    )


def _waits(order: Order) -> bool:
    return order.state in TO_PAY and order.cancel_asked_at is None
