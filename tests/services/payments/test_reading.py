"""What comes in by file: booked to the last öre, placed where it belongs, and only once."""

import io
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.money import Money
from services.kernel.work import Duty
from services.payments import checking, matching, placing, queries, reading, staff
from services.payments.events import OrderPaid
from services.payments.incoming import IncomingFile, IncomingRow
from services.payments.models import OrderState, PaymentState
from services.people import commands as people
from tests.builders import a_handler, an_authority
from tests.builders.bank_files import Paid, bgmax, camt054
from tests.builders.payments import Office


def taken(office, data, parts=None):
    """A file that is read, to its end or so many parts of it, and the rows that it left."""
    file = io.BytesIO(data)
    with office.work() as work:
        told = reading.take(work, file, allow_test=False)
    for part in islice(reading.parts(file, told), parts):
        with office.work() as work:
            reading.book(work, told.file_id, part)
    office.session.flush()
    rows = select(IncomingRow).where(IncomingRow.file_id == told.file_id)
    kept = office.session.get(IncomingFile, told.file_id)
    return kept, list(office.session.scalars(rows.order_by(IncomingRow.position)))


def agree(office):
    """The check finds nothing, and the bank's account holds what came."""
    assert list(checking.faults(office.session)) == []
    rows = office.session.scalars(select(IncomingRow)).all()
    assert office.balance("1930").ore == sum(row.amount_ore for row in rows)
    assert office.balance("2890").ore == -sum(row.left_ore for row in rows)


@pytest.mark.parametrize("written", [bgmax, camt054])
def test_an_invoice_that_is_paid_by_its_reference_is_done(office, written):
    order = office.order("900")
    invoice = office.begun(order, "invoice")
    file, rows = taken(office, written([Paid(90000, order.ocr)]))

    assert (order.state, invoice.state) == (OrderState.PAID, PaymentState.PAID)
    assert (file.rows, file.matched, rows[0].state) == (1, 1, "matched")
    assert office.balance("1510") == Money(0)
    assert [type(event) for event in office.told] == [OrderPaid]
    agree(office)


def test_a_payment_of_a_part_leaves_the_rest_open_until_it_comes(office):
    order = office.order("900")
    invoice = office.begun(order, "invoice")
    taken(office, bgmax([Paid(40000, order.ocr)]))
    assert (order.state, invoice.state) == (OrderState.PART_PAID, PaymentState.WAITING)
    assert office.balance("1510") == Money.kronor(500)

    taken(office, bgmax([Paid(50000, order.ocr)], serial=2))
    assert (order.state, invoice.state) == (OrderState.PAID, PaymentState.PAID)
    agree(office)


def test_the_same_file_is_read_once(office):
    data = bgmax([Paid(90000, office.order().ocr)])
    taken(office, data)
    with pytest.raises(Conflict, match="file-read-before"):
        taken(office, data)
    assert len(office.entries()) == 1


def test_the_same_payment_in_another_file_is_booked_once(office):
    order = office.order("900")
    paid = Paid(90000, order.ocr)
    taken(office, bgmax([paid]))
    file, rows = taken(office, bgmax([paid, Paid(100, "")]))

    assert len(rows) == 1
    assert order.received_ore == 90000
    assert office.session.get(IncomingFile, file.id).rows == 2
    agree(office)


def test_a_file_that_tells_the_same_payment_twice_is_refused(office):
    order = office.order("900")
    twice = [Paid(100, order.ocr, serial="000000000001"), Paid(200, serial="000000000001")]
    with pytest.raises(Invalid) as refusal:
        taken(office, bgmax(twice))
    assert refusal.value.details["fault"] == "twice"


def test_a_test_file_is_not_read_where_there_is_real_money(office):
    with pytest.raises(Invalid) as refusal:
        taken(office, bgmax([Paid(100)], kind="T"))
    assert refusal.value.details["fault"] == "test"


def test_a_file_for_another_bankgiro_is_refused_whole(office):
    foreign = bgmax([Paid(100)]).replace(b"050009912346", b"050055551234")
    with pytest.raises(Invalid) as refusal:
        taken(office, foreign)
    assert refusal.value.details["fault"] == "account"


@pytest.mark.parametrize(
    ("paid", "fault"),
    [
        (Paid(100), "no-reference"),
        (Paid(100, "123"), "wrong-reference"),
        (Paid(100, "Lisas kurs"), "wrong-reference"),
        (Paid(100, "10004588"), "unknown-reference"),
        (Paid(-100), "deduction"),
    ],
)
def test_what_cannot_be_placed_waits_for_a_person(office, paid, fault):
    _, rows = taken(office, bgmax([paid, Paid(500)]))
    assert (rows[0].state, rows[0].fault) == ("unmatched", fault)
    assert rows[0] in queries.unmatched_rows(office.session)
    agree(office)


def test_too_much_is_taken_as_far_as_it_is_needed(office):
    order = office.order("900")
    office.begun(order, "invoice")
    _, (row,) = taken(office, bgmax([Paid(100000, order.ocr)]))

    assert order.state == OrderState.PAID
    assert (row.fault, row.left_ore) == ("too-much", 10000)
    agree(office)


def test_money_for_what_was_paid_before_waits_for_a_person(office):
    order = office.order("900")
    office.paid(order)
    _, (row,) = taken(office, bgmax([Paid(90000, order.ocr)]))
    assert (row.fault, order.received_ore) == ("paid-before", 90000)


def test_one_payment_for_several_invoices_is_split(office):
    one, other = office.order("900"), office.order("563")
    office.begun(one, "invoice")
    _, (row,) = taken(office, bgmax([Paid(146300, one.ocr, extra=(other.ocr,))]))

    assert (one.state, other.state, row.state) == (OrderState.PAID, OrderState.PAID, "matched")
    agree(office)


def test_several_invoices_whose_sum_differs_wait_for_a_person(office):
    one, other = office.order("900"), office.order("563")
    _, (row,) = taken(office, bgmax([Paid(146200, one.ocr, extra=(other.ocr,))]))
    assert row.fault == "several-references"
    agree(office)


def test_the_same_reference_twice_in_a_file_never_takes_more_than_is_needed(office):
    order = office.order("900")
    _, rows = taken(office, bgmax([Paid(60000, order.ocr), Paid(60000, order.ocr)]))
    assert [row.left_ore for row in rows] == [0, 30000]
    agree(office)


def test_money_by_file_stops_another_attempt_that_is_under_way(office):
    order = office.order("900")
    payment = office.begun(order)
    taken(office, bgmax([Paid(90000, order.ocr)]))
    office.work_through()

    assert payment.state == PaymentState.CANCELLED
    assert office.pretend.entries[payment.instruction].outcome == "cancelled"


def suggested(office, row, who=None):
    """What an economist of the office is shown that money may be for."""
    with office.work(who or office.staff(Duty.ECONOMIST)) as work:
        return matching.suggestions(work, row)


def test_no_order_of_another_authority_is_suggested(office):
    order = office.order("900")
    _, (row,) = taken(office, bgmax([Paid(90000, text=f"Avser {order.ocr} tack")]))
    elsewhere = a_handler(office.session, an_authority(office.session, "KFN"), Duty.ECONOMIST)
    assert suggested(office, row, elsewhere) == []


def test_suggestions_say_why(office):
    order = office.order("900")
    other = office.order("900")
    _, (row,) = taken(office, bgmax([Paid(90000, text=f"Avser {order.ocr} tack")]))
    found = {each.id: reasons for each, reasons in suggested(office, row)}

    assert found == {order.id: ["reference", "amount"], other.id: ["amount"]}


def test_a_company_is_known_by_its_number_which_is_not_kept(office):
    order = office.order("900")
    with office.work() as work:
        company = people.add_organisation(work, "8029990002", "Testföreningen", "association")
    order.payer_person_id, order.payer_organisation_id = None, company.id
    _, (row,) = taken(office, bgmax([Paid(100, number="8029990002", name="Testföreningen")]))

    assert suggested(office, row) == [(order, ["payer"])]
    assert "8029990002" not in str(vars(row))


def test_a_person_places_what_was_left_and_whose_it_was_is_forgotten(office):
    economist = office.staff(Duty.ECONOMIST)
    order = office.order("900")
    invoice = office.begun(order, "invoice")
    _, (row,) = taken(office, bgmax([Paid(90000, name="Åsa Öberg", text="kurs")]))
    with office.work(economist) as work:
        placing.place(work, row.id, order.number)

    assert (order.state, invoice.state, row.state) == (OrderState.PAID, PaymentState.PAID, "placed")
    assert (row.payer_name, row.message) == (None, None)
    agree(office)


def test_nobody_places_more_than_is_needed_or_without_the_duty(office):
    order = office.order("500")
    _, (row,) = taken(office, bgmax([Paid(90000)]))
    with pytest.raises(NotAllowed), office.work(office.staff(Duty.HANDLER)) as work:
        placing.place(work, row.id, order.number)
    economist = office.staff(Duty.ECONOMIST)
    with pytest.raises(Invalid, match="place-amount"), office.work(economist) as work:
        placing.place(work, row.id, order.number, Money.kronor(501))
    with office.work(economist) as work:
        placing.place(work, row.id, order.number)
    assert (row.left_ore, row.state) == (40000, "unmatched")


def test_money_of_a_closed_month_is_booked_today(office):
    with office.work() as work:
        staff.close_month(work, date(2026, 10, 1))
    taken(office, bgmax([Paid(100)], paid_on=date(2026, 10, 30)))
    assert office.entries()[0].booked_on == date(2026, 11, 24)


def test_a_file_that_was_broken_off_is_gone_on_with(office):
    order = office.order("900")
    data = bgmax([Paid(100, order.ocr) for _ in range(600)])
    file, _ = taken(office, data, parts=1)
    assert (file.done, file.rows) == (reading.AT_ONCE, 600)

    file, rows = taken(office, data)
    assert (file.done, len(rows)) == (600, 600)
    assert order.received_ore == 60000
    agree(office)
    with pytest.raises(Conflict, match="file-read-before"):
        taken(office, data)


def test_two_who_read_the_same_file_book_it_once(office):
    file = io.BytesIO(bgmax([Paid(100)]))
    with office.work() as work:
        told = reading.take(work, file, allow_test=False)
    (part,) = reading.parts(file, told)
    with office.work() as work:
        reading.book(work, told.file_id, part)
    with pytest.raises(Conflict, match="file-being-read"), office.work() as work:
        reading.book(work, told.file_id, part)
    agree(office)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.integers(1, 2000), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 5), st.integers(-500, 3000)), min_size=1, max_size=12),
    st.sampled_from([bgmax, camt054]),
)
def test_whatever_comes_the_ledger_holds_all_of_it(lent, totals, told, written):
    try:
        office = Office(lent)
        orders = [office.order(str(kronor)) for kronor in totals]
        for order in orders[::2]:
            office.begun(order, "invoice")
        payments = [
            Paid(kronor * 100 or 1, orders[place].ocr if place < len(orders) else "10004588")
            for place, kronor in told
        ]
        if sum(each.ore for each in payments) < 0:
            payments.append(Paid(10**6))
        taken(office, written(payments))
        agree(office)
        assert all(order.received_ore <= order.total_ore for order in orders)
    finally:
        lent.rollback()


def test_a_late_file_is_suggested_for_nothing_newer(office):
    _, (row,) = taken(office, bgmax([Paid(90000)], paid_on=date(2026, 11, 1)))
    office.now += timedelta(days=2)
    assert suggested(office, row) == []
