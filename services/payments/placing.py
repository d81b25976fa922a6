"""Placing money from the bank that nobody could place by its reference."""

from uuid import UUID

from services.access.rules import require
from services.audit.log import record
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import ledger, policy, queries, reading, returning, settling
from services.payments.books import EntryKind
from services.payments.incoming import Difference, IncomingRow
from services.payments.ledger import About, Voucher


def place(work: Work, row_id: UUID, order_number: str, amount: Money | None = None) -> IncomingRow:
    """Place what is left of a payment in an order, or a part of it.

    Raises NotFound("order"), Conflict("row-placed"), Conflict("row-on-its-way-back"), and
    Invalid("place-amount", most_ore=…).
    """
    order = settling.locked_order(work, queries.order_by_number(work.session, order_number).id)
    row = returning.locked_row(work, row_id)
    require(work, policy.READ, order)
    require(work, policy.KEEP_BOOKS, order)
    returning.require_here(work, row)
    most = min(Money(row.left_ore), order.outstanding)
    placed = most if amount is None else amount
    if not 0 < placed.ore <= most.ore:
        raise Invalid("place-amount", most_ore=most.ore)
    on = ledger.today(work)
    payment = settling.live_payment(work, order)
    lines = ledger.lines_of(work.session, order.id)
    claim = ledger.own(work.session, "receivable", Money(0), on)
    legs = [ledger.own(work.session, "unmatched", placed, on)]
    came = Voucher(EntryKind.PLACED, legs, Money(0), About(incoming_row_id=row.id), on)
    against = ledger.arrived(order, lines, placed, claim)
    voucher = reading.received(work, came, (order, placed), against, payment)
    _note(work, row, order.id, placed)
    ledger.book_all(work, [voucher])
    if payment is not None and not order.outstanding:
        reading.close(work, order, payment)
    record(work, "payments:place", row.id, order=str(order.id), ore=placed.ore)
    return row


def _note(work: Work, row: IncomingRow, order_id: UUID, placed: Money) -> None:
    row.left_ore -= placed.ore
    row.order_id = order_id
    if row.left_ore:
        return
    returning.settle_row(work, row, "placed")


def explain(work: Work, difference_id: UUID, explanation: str) -> Difference:
    """Say why two sets of books differ; what has to be booked is booked as a correction."""
    require(work, policy.KEEP_BOOKS, None)
    difference = work.session.get(Difference, difference_id, with_for_update=True)
    if difference is None:
        raise NotFound("difference")
    if difference.explained_at is not None:
        raise Conflict("difference-explained")
    if not explanation.strip():
        raise Invalid("reason", most=500)
    difference.explanation = explanation.strip()[:500]
    difference.explained_at, difference.explained_by_id = work.now, work.actor.person_id
    record(work, "payments:explain", difference.id, provider=difference.provider)
    return difference
