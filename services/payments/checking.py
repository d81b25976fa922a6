"""Checking that the ledger balances, and that every order and payment is what its entries explain."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.payments import lifecycle

UNBALANCED = text("""
    SELECT entry.series || ' ' || entry.number || '/' || entry.year
      FROM ledger_entry AS entry LEFT JOIN ledger_posting AS posting ON posting.entry_id = entry.id
     GROUP BY entry.id
    HAVING count(posting.position) <> entry.posting_count OR coalesce(sum(posting.amount_ore), 0) <> 0
""")
GAPS = text("""
    SELECT series || ' ' || year FROM ledger_entry JOIN voucher_series USING (series, year)
     GROUP BY series, year, last_number
    HAVING count(*) <> last_number OR max(number) <> last_number
    UNION ALL
    SELECT series || ' ' || year FROM voucher_series AS counted WHERE NOT EXISTS
           (SELECT FROM ledger_entry WHERE (series, year) = (counted.series, counted.year))
""")
ORDERS = text("""
    WITH summed AS (
      SELECT order_id,
             coalesce(sum(amount_ore) FILTER (WHERE kind IN ('payment', 'incoming', 'placed')), 0)
               AS received,
             -coalesce(sum(amount_ore) FILTER (WHERE kind = 'refund'), 0) AS refunded,
             coalesce(sum(amount_ore) FILTER (WHERE kind = 'write_off'), 0) AS written_off
        FROM ledger_entry WHERE order_id IS NOT NULL GROUP BY order_id),
    coded AS (
      SELECT order_id, account FROM payment_order_line
       UNION SELECT order_id, vat_account FROM payment_order_line WHERE vat_account IS NOT NULL),
    income AS (
      SELECT entry.order_id, -sum(posting.amount_ore) AS recognised
        FROM ledger_entry AS entry JOIN ledger_posting AS posting ON posting.entry_id = entry.id
        JOIN coded ON coded.order_id = entry.order_id AND coded.account = posting.account
       WHERE entry.kind NOT IN ('correction', 'write_off') GROUP BY entry.order_id),
    lines AS (SELECT order_id, sum(amount_ore) AS total FROM payment_order_line GROUP BY order_id)
    SELECT o.number, o.state, o.total_ore, o.received_ore, o.refunded_ore, o.written_off_ore,
           o.recognised_ore, o.cancelled_at IS NOT NULL AS cancelled,
           coalesce(lines.total, 0) AS lines, coalesce(summed.received, 0) AS received,
           coalesce(summed.refunded, 0) AS refunded, coalesce(summed.written_off, 0) AS written_off,
           coalesce(income.recognised, 0) AS recognised
      FROM payment_order AS o
      LEFT JOIN summed ON summed.order_id = o.id LEFT JOIN income ON income.order_id = o.id
      LEFT JOIN lines ON lines.order_id = o.id
""")
PAYMENTS = text("""
    SELECT payment.id::text FROM payment
      LEFT JOIN (SELECT payment_id, sum(amount_ore) AS taken FROM ledger_entry
                  WHERE kind IN ('payment', 'incoming', 'placed') GROUP BY payment_id) AS booked
        ON booked.payment_id = payment.id
     WHERE (payment.state = 'paid') <> (payment.paid_at IS NOT NULL)
        OR coalesce(booked.taken, 0) + payment.surplus_ore <> payment.paid_ore
""")
REFUNDS = text("""
    SELECT refund.id::text FROM payment_refund AS refund
      LEFT JOIN ledger_entry AS entry ON entry.refund_id = refund.id
     WHERE (refund.state = 'done') <> (entry.id IS NOT NULL)
""")
ROWS = text("""
    SELECT row.bank_reference FROM incoming_row AS row
      LEFT JOIN (SELECT incoming_row_id,
                        coalesce(sum(amount_ore) FILTER (WHERE kind IN ('incoming', 'placed')), 0)
                          AS placed,
                        -coalesce(sum(amount_ore) FILTER (WHERE kind = 'return'), 0) AS returned
                   FROM ledger_entry WHERE incoming_row_id IS NOT NULL GROUP BY incoming_row_id)
        AS booked ON booked.incoming_row_id = row.id
     WHERE row.amount_ore - coalesce(booked.placed, 0) - coalesce(booked.returned, 0) <> row.left_ore
        OR (row.state = 'returned') <> (coalesce(booked.returned, 0) <> 0)
""")
ADJUSTMENTS = text("""
    SELECT adjustment.id::text FROM ledger_adjustment AS adjustment
      LEFT JOIN ledger_entry AS entry ON entry.adjustment_id = adjustment.id
     WHERE (adjustment.state = 'booked') <> (entry.id IS NOT NULL)
""")
SHARED = text("""
    SELECT o.number FROM payment_order AS o JOIN payment AS part ON part.together_id = o.id
     GROUP BY o.id
    HAVING sum(part.amount_ore) <> o.total_ore
        OR sum(part.paid_ore) > o.received_ore
        OR (bool_and(part.state = 'paid') AND sum(part.paid_ore) <> o.received_ore)
""")
QUERIES = {
    "unbalanced": UNBALANCED,
    "voucher-gap": GAPS,
    "payment-not-explained": PAYMENTS,
    "refund-not-explained": REFUNDS,
    "row-not-explained": ROWS,
    "adjustment-not-explained": ADJUSTMENTS,
    "together-not-shared": SHARED,
}


@dataclass(frozen=True)
class Fault:
    """Something that is not as the entries say; `where` is a number or a key of ours."""

    kind: str
    where: str


def faults(session: Session) -> Iterator[Fault]:
    """Whatever is wrong with the ledger, and with what it should explain."""
    for kind, query in QUERIES.items():
        for where in session.scalars(query):
            yield Fault(kind, where)
    with session.execute(ORDERS.execution_options(yield_per=1000)) as rows:
        for row in rows:
            if not _is_explained(row):
                yield Fault("order-not-explained", row.number)


def _is_explained(row: object) -> bool:
    facts = row._mapping  # type: ignore[attr-defined]
    explained = lifecycle.order_state(
        total=facts["lines"],
        received=facts["received"],
        refunded=facts["refunded"],
        written_off=facts["written_off"],
        cancelled=facts["cancelled"],
    )
    sums = ("received", "refunded", "written_off", "recognised")
    return (
        facts["state"] == explained.value
        and facts["total_ore"] == facts["lines"]
        and all(facts[f"{name}_ore"] == facts[name] for name in sums)
    )
