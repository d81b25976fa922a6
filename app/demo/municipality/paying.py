"""How the demonstration's fees have been paid: through the bank, or before the matter came in."""

from services.cases.models import Case
from services.kernel.work import Work
from services.payments import commands, lifecycle, queries, settling
from services.payments.models import Order

INVOICE = "invoice"


def to_pay(work: Work, case: Case) -> list[Order]:
    """What the case has been charged and nobody has paid yet."""
    found = queries.orders_of_owner(work.session, case.id)
    return [order for order in found if order.is_payable]


def pay(work: Work, case: Case) -> None:
    """Pay all that the case has been charged: by invoice where one may, else in its first way."""
    for order in to_pay(work, case):
        on = [way for way in (INVOICE, *order.ways) if way in order.ways]
        way = next((way for way in on if way in work.resources["providers"]), None)
        if way is None:
            continue
        begun = commands.start(work, order.id, way)
        work.session.flush()  # So that the payment is found when it is locked with its order.
        locked, payment = settling.locked_payment(work, begun.id)
        for happening in (
            lifecycle.Tried(),
            lifecycle.Accepted(locked.ocr, {"kind": way, "ocr": locked.ocr}),
            lifecycle.Paid(payment.amount, work.now, locked.ocr),
        ):
            settling.happened(work, locked, payment, happening)
