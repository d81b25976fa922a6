"""Reminding of fees that have not been paid: first a friendly word, then one more, then no more.

What follows after that, claims and the enforcement authority, is the economy system's.
"""

from datetime import timedelta

from sqlalchemy import or_, select

from services.cases import notices
from services.cases.charge_models import Charge
from services.cases.models import Case
from services.kernel.calendar import local_day
from services.kernel.work import Work
from services.payments import links
from services.payments.models import Order, OrderState

# A payment on its way through the banks is not reminded of (domain reference §5.9).
PATIENCE = timedelta(days=5)
BETWEEN = timedelta(days=14)
MOST_REMINDERS = 2
AT_A_TIME = 500


def remind(work: Work) -> int:
    """Remind of unpaid fees whose last day has passed; returns how many were reminded."""
    today = local_day(work.now)
    due = work.session.execute(
        select(Charge, Case, Order)
        .join(Order, Order.id == Charge.order_id)
        .join(Case, Case.id == Charge.case_id)
        .where(
            Charge.settled_at.is_(None),
            Charge.reminders < MOST_REMINDERS,
            Order.state.in_([OrderState.OPEN, OrderState.PART_PAID]),
            Order.cancel_asked_at.is_(None),
            Order.due_on < today - PATIENCE,
            or_(Charge.reminded_at.is_(None), Charge.reminded_at < work.now - BETWEEN),
        )
        .order_by(Order.due_on, Order.id)
        .limit(AT_A_TIME)
        .with_for_update(of=Charge, skip_locked=True)
    )
    count = 0
    for charged, case, order in due:
        charged.reminded_at, charged.reminders = work.now, charged.reminders + 1
        pay = links.pay_link(work, order.id, order.language)
        notices.tell(work, case, "payment-reminder", link=pay)
        count += 1
    return count
