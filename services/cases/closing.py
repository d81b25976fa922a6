"""Ending a case: what becomes of a fee that nobody has paid, and of what was left to be done."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from services.cases.changing import note_event
from services.cases.models import Case, State
from services.forms.definition import Status
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work
from services.payments import commands as payments
from services.payments import queries as orders
from services.payments.models import Order, PaymentState

STRUCK_OFF = "struck_off"


class Unpaid(StrEnum):
    """What becomes of an unpaid fee when its case is closed: nothing, or it is owed all the same."""

    CANCEL = "cancel"
    STAND = "stand"


def asks_of_fees(status: Status) -> bool:
    """Whether whoever sets a status says what becomes of the fee: what is struck off owes nothing."""
    return State(status.state) is State.CLOSED and status.outcome != STRUCK_OFF


def unpaid(session: Session, case_id: UUID) -> list[Order]:
    """The orders of a case that are still to be paid, the oldest first."""
    found = orders.orders_of_owner(session, case_id)
    return [each for each in found if each.is_payable and each.cancel_asked_at is None]


def is_being_paid(work: Work, order: Order) -> bool:
    """Whether somebody pays it now, or may have paid it: an invoice alone only waits."""
    live = orders.live_payment(work.session, order.id)
    if live is None:
        return False
    provider = work.resources["providers"].get(live.provider)
    return live.state == PaymentState.UNKNOWN or getattr(provider, "settles", True)


def may_be_cancelled(work: Work, order: Order) -> bool:
    """Whether it may be cancelled with its case: nothing has been paid, and nobody pays."""
    return not order.received_ore and not is_being_paid(work, order)


def require_nobody_pays(work: Work, case_id: UUID) -> None:
    """Raises Conflict("order-being-paid", number=…) where money of a case has come or may come."""
    for order in orders.orders_of_owner(work.session, case_id):
        if not may_be_cancelled(work, order):
            raise Conflict("order-being-paid", number=order.number)


def settle_unpaid(work: Work, case: Case, choice: Unpaid | None) -> None:
    """Do with the unpaid orders of a case that is being closed as its handler has chosen.

    Raises Invalid("fee-unpaid", numbers=…) while nothing is chosen, and
    Conflict("order-being-paid") for one that has been paid in part or may be: money decides.
    """
    found = unpaid(work.session, case.id)
    if not found:
        return
    if choice is None:
        raise Invalid("fee-unpaid", numbers=[each.number for each in found])
    if choice is Unpaid.STAND:
        note_event(work, case, "fee_stands", public=False, orders=[each.number for each in found])
        return
    for order in found:
        if not may_be_cancelled(work, order):
            raise Conflict("order-being-paid", number=order.number)
        payments.cancel_order(work, order.id, "case-closed")
