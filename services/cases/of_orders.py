"""Which case an order is for, when something has happened to its money."""

from uuid import UUID

import structlog

from services.cases.changing import locked
from services.cases.models import Case
from services.kernel.errors import NotFound
from services.kernel.work import Work

log = structlog.get_logger("salem24.payments")
CASE = "case"


def case_of_order(work: Work, order_id: UUID, owner_kind: str, owner_id: UUID) -> Case | None:
    """The case of an order, locked; None for orders of other things, and where the case is gone.

    What has happened to money is booked whatever has become of the case: a refusal here would
    undo that too.
    """
    if owner_kind != CASE:
        return None
    try:
        return locked(work, owner_id)
    except NotFound:
        log.error("order-without-case", order=str(order_id), case=str(owner_id))
        return None
