"""The database itself refuses a ledger that is wrong."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from services.kernel.errors import Conflict
from services.kernel.money import Money
from services.payments import ledger, staff
from services.payments.books import Entry, EntryKind, Posting
from services.payments.ledger import About, Leg
from tests.builders import a_work

TODAY = date(2026, 11, 24)
LEGS = [Leg("1912", Money(100)), Leg("3110", Money(-100), "3100", "310")]


def booked(office, legs=LEGS, on=TODAY, kind=EntryKind.CORRECTION):
    with office.work() as work:
        return ledger.book(work, kind, legs, Money(0), About(), on)


def written(office, amounts, **changes):
    """An entry written past all our own care, as a fault in the code would."""
    facts = {"id": uuid4(), "series": "X", "year": 2026, "number": 1, "booked_on": TODAY,
             "kind": "correction", "text": "", "amount_ore": 0,
             "posting_count": len(amounts), "booked_at": office.now, **changes}  # fmt: skip
    with office.work() as work:
        work.session.execute(insert(Entry), [facts])
        for position, amount in enumerate(amounts, start=1):
            posting = {"entry_id": facts["id"], "position": position, "account": "1912"}
            work.session.execute(insert(Posting), [{**posting, "amount_ore": amount}])
    return facts["id"]


@pytest.mark.parametrize("amounts", [(100, -99), (100, 100), (1, -2, 2)])
def test_an_entry_that_does_not_balance_is_refused(office, amounts):
    with pytest.raises(IntegrityError, match="ledger entry"):
        written(office, amounts)


@pytest.mark.parametrize("amounts", [(), (0,), (100,)])
def test_an_entry_of_less_than_two_postings_is_refused(office, amounts):
    with pytest.raises(IntegrityError):
        written(office, amounts)


def test_an_entry_that_lacks_a_posting_it_says_it_has_is_refused(office):
    with pytest.raises(IntegrityError, match="ledger entry"):
        written(office, (100, -100), posting_count=3)


def test_nothing_can_be_added_to_an_entry_that_is_written(office):
    entry_id = booked(office)
    postings = [
        {"entry_id": entry_id, "position": position, "account": "1", "amount_ore": amount}
        for position, amount in ((3, 5), (4, -5))
    ]
    with pytest.raises(IntegrityError, match="written already"):
        office.session.execute(insert(Posting), postings)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET text = 'x'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_posting SET amount_ore = amount_ore * 2",
        "DELETE FROM ledger_posting",
        "TRUNCATE ledger_posting",
        "UPDATE payment_event SET kind = 'x'",
        "DELETE FROM payment_event",
        "UPDATE payment_notice SET verdict = 'x'",
        "DELETE FROM payment_notice",
        "UPDATE payment_order_line SET amount_ore = 1",
    ],
)
def test_what_is_written_is_never_changed(office, change):
    payment = office.paid(office.order())
    office.heard("e1", payment.instruction)
    with pytest.raises(IntegrityError, match="append-only"), office.session.begin_nested():
        office.session.execute(text(change))


def test_vouchers_are_numbered_without_gaps_in_each_series_and_year(office):
    for _ in range(3):
        booked(office)
    booked(office, kind=EntryKind.INCOMING)
    booked(office, on=date(2025, 12, 31))
    numbers = [(entry.series, entry.year, entry.number) for entry in office.entries()]

    assert sorted(numbers) == [
        ("I", 2026, 1), ("J", 2025, 1), ("J", 2026, 1), ("J", 2026, 2), ("J", 2026, 3),
    ]  # fmt: skip


def test_a_voucher_that_is_not_kept_leaves_no_gap(office):
    booked(office)
    with office.session.begin_nested() as part:
        booked(office)
        part.rollback()
    booked(office)
    assert [entry.number for entry in office.entries()] == [1, 2]


def test_nothing_is_booked_in_a_closed_month(office):
    with office.work() as work:
        staff.close_month(work, date(2026, 10, 1))
    with pytest.raises(Conflict, match="month-closed"):
        booked(office, on=date(2026, 10, 31))
    assert booked(office, on=date(2026, 9, 30))
    with pytest.raises(IntegrityError, match="is closed"):
        written(office, (100, -100), booked_on=date(2026, 10, 31))


def test_a_closed_month_stays_closed(office):
    with office.work() as work:
        staff.close_month(work, date(2026, 10, 1))
    with pytest.raises(IntegrityError, match="append-only"), office.session.begin_nested():
        office.session.execute(text("DELETE FROM closed_month"))


def test_money_from_a_month_that_is_closed_is_booked_today(office):
    order = office.order()
    payment = office.begun(order)
    with office.work() as work:
        staff.close_month(work, date(2026, 10, 1))
    paid_at = office.now - timedelta(days=30)
    office.pretend.pay(payment.instruction)
    entry = office.pretend.entries[payment.instruction]
    office.pretend.entries[payment.instruction] = entry.__class__(
        **{**vars(entry), "paid_at": paid_at}
    )
    office.ask(payment)

    (voucher,) = office.entries()
    assert voucher.booked_on == TODAY
    assert payment.paid_at == paid_at


def test_the_same_money_is_never_booked_twice(office):
    payment = office.paid(office.order())
    about = About(payment_id=payment.id)
    with pytest.raises(IntegrityError, match="uq_ledger_entry_payment"):
        ledger.book(a_work(office.session), EntryKind.PAYMENT, LEGS, Money(0), about, TODAY)


def test_only_one_attempt_to_pay_can_be_under_way(office):
    payment = office.start(office.order())
    with pytest.raises(IntegrityError, match="uq_payment_live"), office.session.begin_nested():
        office.session.execute(
            text(
                "INSERT INTO payment (id, order_id, provider, instruction, amount_ore, paid_ore,"
                " surplus_ore, state, language, next, asks, created_at)"
                " SELECT gen_random_uuid(), order_id, provider, :name, amount_ore, 0, 0, state,"
                " language, next, 0, created_at FROM payment WHERE id = :id"
            ),
            {"id": payment.id, "name": "A" * 32},
        )
