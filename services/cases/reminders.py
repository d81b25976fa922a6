"""Reminding of fees that have not been paid, step by step, and handing over what nobody pays.

The service's document says when (domain reference §5.9). What follows after that, claims and the
enforcement authority, is the economy system's. A fee that is disputed waits.
"""

from datetime import date, timedelta

from sqlalchemy import select

from services.cases import notices
from services.cases.changing import note_event
from services.cases.charge_models import Charge
from services.cases.models import Case
from services.cases.of_orders import case_of_order
from services.catalogue import queries as catalogue
from services.forms.charging import PaymentTerms, Reminding
from services.kernel.calendar import local_day
from services.kernel.work import Work
from services.payments import invoicing, links
from services.payments import queries as orders
from services.payments.events import DisputeSettled, OrderDisputed
from services.payments.models import Order, OrderState

USUAL = Reminding(hand_over=40)
AT_A_TIME = 500


def first_day(terms: PaymentTerms, due_on: date | None) -> date | None:
    """When a fee is reminded of for the first time; never where it has no last day."""
    return due_on and due_on + timedelta(days=_steps(terms).after[0])


def _steps(terms: PaymentTerms | None) -> Reminding:
    return (terms.reminding if terms else None) or USUAL


def remind(work: Work) -> int:
    """Job: do what is due today of reminders and handing over; returns how many were reminded."""
    today = local_day(work.now)
    due = work.session.execute(
        select(Charge, Case, Order)
        .join(Order, Order.id == Charge.order_id)
        .join(Case, Case.id == Charge.case_id)
        .where(
            Charge.remind_on <= today,
            Charge.settled_at.is_(None),
            Order.state.in_([OrderState.OPEN, OrderState.PART_PAID]),
            Order.cancel_asked_at.is_(None),
            Order.disputed_at.is_(None),
        )
        .order_by(Charge.remind_on, Order.id)
        .limit(AT_A_TIME)
        .with_for_update(of=Charge, skip_locked=True)
    )
    return sum(_step(work, today, charged, case, order) for charged, case, order in due)


def _step(work: Work, today: date, charged: Charge, case: Case, order: Order) -> bool:
    """The next step with a fee; whether it was a reminder."""
    steps = _steps(catalogue.version_document(work.session, case.version_id).payment)
    last_day = _last_day(work, order, today)
    if not charged.reminders and last_day + timedelta(days=steps.after[0]) > today:
        # The invoice that was chosen later has a last day of its own.
        charged.remind_on = last_day + timedelta(days=steps.after[0])
        return False
    if charged.reminders >= len(steps.after):
        charged.remind_on, charged.handed_over_at = None, work.now
        note_event(work, case, "fee_handed_over", public=True, order=order.number)
        _tell(work, case, order, "payment-handed-over")
        return False
    charged.reminded_at, charged.reminders = work.now, charged.reminders + 1
    charged.remind_on = _next(steps, charged.reminders, last_day, today)
    _tell(work, case, order, "payment-reminder")
    return True


def _last_day(work: Work, order: Order, today: date) -> date:
    live = orders.live_payment(work.session, order.id)
    if live is not None and live.next.get("due_on"):
        return invoicing.due_on(order, live)
    return order.due_on or today


def _next(steps: Reminding, done: int, last_day: date, today: date) -> date | None:
    """The day of the next step: never sooner after this one than the document lets pass between."""
    if done < len(steps.after):
        planned = steps.after[done]
    elif steps.hand_over is not None:
        planned = steps.hand_over
    else:
        return None
    between = planned - steps.after[done - 1]
    return max(last_day + timedelta(days=planned), today + timedelta(days=between))


def _tell(work: Work, case: Case, order: Order, letter: str) -> None:
    notices.tell(work, case, letter, link=links.pay_link(work, order.id, order.language))
    notices.text(work, case, letter)


def disputed(work: Work, event: OrderDisputed) -> None:
    """A fee is said to be wrong: whoever handles the case sees it, and nobody is reminded."""
    case = case_of_order(work, event.order_id, event.owner_kind, event.owner_id)
    if case is not None:
        note_event(work, case, "fee_disputed", public=True)
        case.unread_by_desk = True


def resumed(work: Work, event: DisputeSettled) -> None:
    """The fee stands: the payer is told, and has as long to pay as before a first reminder."""
    case = case_of_order(work, event.order_id, event.owner_kind, event.owner_id)
    charged = work.session.get(Charge, event.order_id)
    if charged is not None and charged.remind_on is not None:
        charged.remind_on = local_day(work.now) + timedelta(days=USUAL.after[0])
    if case is not None:
        note_event(work, case, "fee_dispute_settled", public=True)
        notices.tell(work, case, "case-updated")
