"""Several orders in one payment: each gets its own, none is paid twice, and one can go back."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from services.kernel.errors import Conflict, Invalid
from services.kernel.money import Money
from services.kernel.work import Duty
from services.payments import checking, commands, finding, queries, staff, together
from services.payments.events import OrderPaid
from services.payments.models import OrderState, Payment, PaymentState, RefundState
from services.payments.provider import Outcome
from tests.builders import a_person
from tests.builders.bank_files import Paid, bgmax
from tests.builders.payments import MAPS
from tests.services.payments.test_reading import taken


@pytest.fixture
def orders(office):
    """Two fees of one payer, one of them with VAT."""
    return office.order("900"), office.order_of([("125", MAPS)])


def collected(office, orders):
    with office.work() as work:
        return together.collect(work, [each.id for each in orders], "sv")


def paid(office, orders):
    one = collected(office, orders)
    payment = office.paid(one)
    office.work_through()
    return one, payment


def agree(office):
    assert list(checking.faults(office.session)) == []
    assert not office.balance("2890")


def test_one_payment_pays_each_order(office, orders):
    one, _ = paid(office, orders)
    assert (one.total_ore, one.state) == (102500, OrderState.PAID)
    assert [each.state for each in orders] == [OrderState.PAID] * 2
    assert [each.received_ore for each in orders] == [90000, 12500]
    assert office.balance("1912") == Money.kronor(1025)
    assert (office.balance("3110"), office.balance("2611")) == (Money(-90000), Money(-2500))
    assert {event.order_id for event in office.told if isinstance(event, OrderPaid)} == {
        one.id, *(each.id for each in orders)
    }  # fmt: skip
    assert together.members(office.session, one) == sorted(orders, key=lambda each: each.id)
    agree(office)


def test_money_is_in_transit_until_it_is_shared_and_nothing_can_be_paid_twice(office, orders):
    one = collected(office, orders)
    office.paid(one)
    assert office.balance("2890") == Money.kronor(-1025)
    assert [each.state for each in orders] == [OrderState.OPEN] * 2
    live = queries.live_payment(office.session, orders[0].id)
    assert office.start(orders[0]) is live
    assert list(checking.faults(office.session)) == []
    office.forget_jobs()
    office.do("payments.sweep")
    office.work_through()
    office.do("payments.share", order_id=one.id)
    assert orders[0].received_ore == 90000
    agree(office)


def test_an_order_that_is_being_paid_is_not_collected(office, orders):
    office.start(orders[0])
    with pytest.raises(Conflict, match="order-being-paid"):
        collected(office, orders)
    other = office.order("100")
    collected(office, [orders[1], other])
    with pytest.raises(Conflict, match="order-being-paid"):
        collected(office, [other, office.order("50")])


def test_the_database_refuses_two_at_once(office, orders):
    one = collected(office, orders)
    (part, _) = together.parts(office.session, one.id)
    facts = {each.key: getattr(part, each.key) for each in Payment.__mapper__.column_attrs}
    office.session.add(Payment(**{**facts, "id": one.id, "instruction": "A" * 32}))
    with pytest.raises(IntegrityError, match="uq_payment_live"):
        office.session.flush()


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.EXPIRED])
def test_what_was_not_paid_can_be_paid_in_another_way_or_by_itself(office, orders, outcome):
    one = collected(office, orders)
    payment = office.begun(one)
    office.pretend.end(payment.instruction, outcome)
    office.ask(payment)
    assert one.is_payable
    with office.work() as work:
        together.undo(work, one.id)
    office.work_through()
    assert one.state == OrderState.CANCELLED
    assert queries.live_payment(office.session, orders[0].id) is None
    assert office.paid(orders[0]).state == PaymentState.PAID
    agree(office)


def test_whoever_forgets_to_pay_finds_the_orders_by_themselves(office, orders):
    one = collected(office, orders)
    office.now += together.HELD + timedelta(minutes=1)
    office.do("payments.sweep")
    office.work_through()
    assert one.state == OrderState.CANCELLED
    assert all(each.is_payable for each in orders)
    agree(office)


def test_late_money_for_what_was_undone_goes_back(office, orders):
    one = collected(office, orders)
    payment = office.begun(one)
    office.pretend.pay(payment.instruction)
    with office.work() as work:
        together.undo(work, one.id)
    office.work_through()
    office.work_through(timedelta(minutes=30))
    assert (one.state, orders[0].state) == (OrderState.PAID, OrderState.PAID)
    agree(office)


@pytest.mark.parametrize(
    ("kronor", "states", "received"),
    [
        (1000, [OrderState.PAID, OrderState.PART_PAID], [90000, 10000]),
        (100, [OrderState.PART_PAID, OrderState.OPEN], [10000, 0]),
        (900, [OrderState.PAID, OrderState.OPEN], [90000, 0]),
    ],
)
def test_too_little_is_shared_out_in_turn_when_the_time_is_over(
    office, orders, kronor, states, received
):
    one = collected(office, orders)
    payment = office.begun(one)
    office.pretend.pay(payment.instruction, Money.kronor(kronor))
    office.ask(payment)
    office.work_through()
    assert (one.state, one.outstanding) == (OrderState.PART_PAID, Money.kronor(1025 - kronor))
    office.now += together.HELD + timedelta(minutes=1)
    office.do("payments.sweep")
    office.work_through()
    assert one.state == OrderState.CANCELLED
    assert [each.state for each in orders] == states
    assert [each.received_ore for each in orders] == received
    agree(office)
    for each in orders:
        if each.outstanding:
            assert office.paid(each).state == PaymentState.PAID
    assert [each.state for each in orders] == [OrderState.PAID] * 2
    agree(office)


def test_whoever_paid_too_little_may_pay_the_rest_meanwhile(office, orders):
    one = collected(office, orders)
    payment = office.begun(one)
    office.pretend.pay(payment.instruction, Money.kronor(1000))
    office.ask(payment)
    assert office.paid(one).paid_ore == 2500
    office.work_through()
    assert [each.state for each in orders] == [OrderState.PAID] * 2
    agree(office)


def test_too_little_on_an_invoice_is_waited_for_and_then_shared(office, orders):
    one = collected(office, orders)
    office.begun(one, "invoice")
    with office.work() as work:
        together.hold(work, one, "invoice")
    taken(office, bgmax([Paid(90000, one.ocr)]))
    office.now += together.HELD + timedelta(days=40)
    office.do("payments.sweep")
    office.work_through()
    assert one.state == OrderState.PART_PAID
    office.now += together.REST
    office.do("payments.sweep")
    office.work_through()
    assert (one.state, orders[0].state) == (OrderState.CANCELLED, OrderState.PAID)
    assert orders[1].is_payable
    agree(office)


def test_one_that_is_withdrawn_takes_all_apart(office, orders):
    one = collected(office, orders)
    office.begun(one)
    with office.work() as work:
        commands.cancel_order(work, orders[0].id, "withdrawn")
    office.work_through()
    states = [one.state, *(each.state for each in orders)]
    assert states == [OrderState.CANCELLED, OrderState.CANCELLED, OrderState.OPEN]
    agree(office)


def test_an_order_that_the_bank_has_paid_meanwhile_gives_its_part_back(office, orders):
    one = collected(office, orders)
    payment = office.begun(one)
    taken(office, bgmax([Paid(90000, orders[0].ocr)]))
    office.pretend.pay(payment.instruction)
    office.ask(payment)
    office.work_through()
    assert (orders[0].received_ore, orders[1].state) == (90000, OrderState.PAID)
    (back,) = office.refunds()
    assert (back.of_surplus, back.amount_ore, back.payment_id) == (True, 90000, payment.id)
    with office.work(office.staff(Duty.ATTESTER)) as work:
        staff.attest_refund(work, back.id)
    office.work_through()
    office.work_through(timedelta(hours=1))
    assert office.balance("1912") == Money(12500)
    agree(office)


def test_one_invoice_is_for_all_of_them(office, orders):
    one = collected(office, orders)
    with office.work() as work:
        together.hold(work, one, "invoice")
    office.begun(one, "invoice")
    office.now += timedelta(days=2)
    office.do("payments.sweep")
    taken(office, bgmax([Paid(102500, one.ocr)]))
    office.work_through()
    assert [each.state for each in orders] == [OrderState.PAID] * 2
    agree(office)


def test_one_of_them_is_paid_back_by_the_way_it_came(office, orders):
    one, payment = paid(office, orders)
    economist, attester = office.staff(Duty.ECONOMIST), office.staff(Duty.ATTESTER)
    with office.work(economist) as work:
        refund = staff.ask_refund(work, orders[0].id, Money.kronor(900), "Inställd")
    with office.work(attester) as work:
        staff.attest_refund(work, refund.id)
    office.work_through()
    office.work_through(timedelta(hours=1))

    assert (refund.state, refund.payment_id, refund.provider) == (
        RefundState.DONE, payment.id, "pretend",
    )  # fmt: skip
    assert [each.state for each in orders] == [OrderState.REFUNDED, OrderState.PAID]
    assert office.balance("1912") == Money(12500)
    with pytest.raises(Invalid, match="refund-amount"), office.work(economist) as work:
        staff.ask_refund(work, orders[0].id, Money(100), "Igen")
    with pytest.raises(Conflict, match="order-together"), office.work(economist) as work:
        staff.ask_refund(work, one.id, Money(100), "Allt")
    agree(office)


def test_only_what_can_be_paid_together_is_collected(office, orders):
    with pytest.raises(Invalid, match="together-number"):
        collected(office, orders[:1])
    foreign = office.order("100")
    foreign.payer_person_id = a_person(office.session, "Annan", "Annansson").id
    with pytest.raises(Invalid, match="together-payers"):
        collected(office, [orders[0], foreign])
    counter = office.order("100", ways=("counter",))
    invoice = office.order("100", ways=("invoice",))
    with pytest.raises(Invalid, match="together-ways"):
        collected(office, [counter, invoice])
    office.paid(orders[1])
    with pytest.raises(Conflict, match="order-not-payable"):
        collected(office, orders)
    one = collected(office, [orders[0], office.order("1")])
    with pytest.raises(Conflict, match="order-not-payable"):
        collected(office, [one, office.order("2")])


def test_sums_count_each_krona_once(office, orders):
    paid(office, orders)
    economist = office.staff(Duty.ECONOMIST)
    (summed,) = finding.sums(office.session, economist, office.now.date(), office.now.date())
    assert (summed.orders, summed.received_ore) == (2, 102500)
