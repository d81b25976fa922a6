"""When a fee has been paid: its case goes on if it can, and the money is booked whatever the case says.

The case's part is tried within the booking, so that a payer sees at once that it has come in. Where
it refuses, it alone is undone, and tried once more in a unit of work of its own. What refuses there
too stands with the order for the economist, and on the case's timeline for the handler.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from services.access.rules import require
from services.audit.log import apart, record
from services.cases import charges
from services.cases.changing import locked, note_event
from services.cases.charge_models import Charge
from services.jobs.commands import plan
from services.jobs.worker import Part, Series
from services.kernel.errors import Conflict, NotFound, Refusal
from services.kernel.work import Actor, Work
from services.payments import policy
from services.payments import queries as orders
from services.payments.events import OrderPaid
from services.payments.models import Order

log = structlog.get_logger("salem24.payments")
CASE, GO_ON = "case", "payments.case_goes_on"
SHOWN = 50


def paid(work: Work, event: OrderPaid) -> None:
    """Let the case go on. Nothing that it refuses, or the database does, undoes the booking."""
    if event.owner_kind != CASE:
        return
    try:
        with apart(work):
            charges.paid(work, event)
    except (Refusal, SQLAlchemyError) as fault:
        log.error("case-does-not-go-on", order=str(event.order_id), fault=_code(fault))
        _note(work, event.order_id, _code(fault))
        plan(work, GO_ON, order_id=str(event.order_id))


def _code(fault: Exception) -> str:
    return fault.code if isinstance(fault, Refusal) else "database"


def _note(work: Work, order_id: UUID, code: str) -> None:
    charged = work.session.get(Charge, order_id)
    if charged is not None:
        charged.stuck_at, charged.stuck_code = charged.stuck_at or work.now, code


def _parts(work: Work, arguments: dict[str, Any]) -> Iterator[Part]:
    charged = work.session.get(Charge, UUID(arguments["order_id"]))
    if charged is None or charged.stuck_at is None:
        return iter(())
    return iter([partial(_go_on, order_id=charged.order_id)])


def _go_on(work: Work, *, order_id: UUID) -> None:
    order = orders.order(work.session, order_id)
    charges.paid(work, OrderPaid(order.id, order.owner_kind, order.owner_id))
    charged = work.session.get_one(Charge, order_id)
    charged.stuck_at = charged.stuck_code = None


def _refused(work: Work, arguments: dict[str, Any], refusal: Refusal) -> None:
    order = orders.order(work.session, UUID(arguments["order_id"]))
    _note(work, order.id, refusal.code)
    try:
        case = locked(work, order.owner_id)
    except NotFound:
        return
    note_event(work, case, "fee_paid_stuck", public=False, order=order.number, code=refusal.code)
    case.unread_by_desk = True


def try_again(work: Work, order_id: UUID) -> None:
    """Let the case try again, when what it refused has been put right. Raises Conflict("not-stuck")."""
    order = orders.order(work.session, order_id)
    require(work, policy.READ, order)
    require(work, policy.KEEP_BOOKS, None)
    if stuck_code(work.session, order.id) is None:
        raise Conflict("not-stuck")
    record(work, "payments:try-again", order.id)
    plan(work, GO_ON, order_id=str(order.id))


def stuck_code(session: Session, order_id: UUID) -> str | None:
    """Why the case of a paid order has not gone on; None where it has."""
    charged = session.get(Charge, order_id)
    return charged.stuck_code if charged is not None else None


def stuck(session: Session, actor: Actor) -> list[Order]:
    """Orders that are paid and whose case has not gone on, in one's own authorities, oldest first."""
    visible: ColumnElement[bool] = policy.visible_to_economy(actor)
    query = select(Order).join(Charge, Charge.order_id == Order.id).where(visible)
    waiting = query.where(Charge.stuck_at.is_not(None)).order_by(Charge.stuck_at, Order.id)
    return list(session.scalars(waiting.limit(SHOWN)))


go_on = Series(_parts, _refused)
