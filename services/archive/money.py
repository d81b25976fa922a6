"""What was charged and paid in a case, as it is kept in its package."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.payments import queries as payments
from services.payments.models import Order


def of_case(session: Session, case_id: UUID) -> list[dict[str, Any]]:
    """Every order with its lines, payments and refunds, in öre."""
    return [_told(session, each) for each in payments.orders_of_owner(session, case_id)]


def _told(session: Session, order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "description": order.description,
        "state": order.state,
        "total_ore": order.total_ore,
        "received_ore": order.received_ore,
        "refunded_ore": order.refunded_ore,
        "written_off_ore": order.written_off_ore,
        "lines": [
            {"words": each.words, "amount_ore": each.amount_ore, "account": each.account}
            for each in payments.lines(session, order.id)
        ],
        "payments": [
            {"provider": each.provider, "amount_ore": each.amount_ore, "state": each.state}
            for each in payments.payments_of(session, order.id)
        ],
        "refunds": [
            {"amount_ore": each.amount_ore, "state": each.state}
            for each in payments.refunds_of(session, order.id)
        ],
    }
