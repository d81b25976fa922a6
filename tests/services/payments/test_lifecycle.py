"""Every state of a payment meets everything that can be said of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.kernel.money import Money
from services.payments import lifecycle, queries, settling
from services.payments.incoming import Difference
from services.payments.lifecycle import (
    ENDED_UNPAID,
    HAPPENINGS,
    LIVE,
    TABLE,
    Accepted,
    Covered,
    Declined,
    Effect,
    Failed,
    Happening,
    Paid,
    PaidOther,
    Stopped,
    Tried,
    Unsure,
    order_state,
)
from services.payments.models import OrderState, PaymentState
from tests.builders import NOON

FULL, OTHER = Money.kronor(900), Money.kronor(400)
# How a payment gets into each state, by things that really happen.
WALKS: dict[PaymentState, tuple[Happening, ...]] = {
    PaymentState.PLANNED: (),
    PaymentState.ASKED: (Tried(),),
    PaymentState.WAITING: (Tried(), Accepted("p-1")),
    PaymentState.UNKNOWN: (Tried(), Accepted("p-1"), Unsure("DS24")),
    PaymentState.PAID: (Tried(), Accepted("p-1"), Paid(FULL, NOON, "r-1")),
    PaymentState.DECLINED: (Tried(), Accepted("p-1"), Declined("RF07")),
    PaymentState.FAILED: (Tried(), Accepted("p-1"), Failed("FF08")),
    PaymentState.CANCELLED: (Tried(), Accepted("p-1"), Stopped()),
    PaymentState.EXPIRED: (Tried(), Accepted("p-1"), lifecycle.Expired("TM01")),
}
PAIRS = [(state, what) for state in PaymentState for what in HAPPENINGS]


def made(what: type[Happening]) -> Happening:
    """One of each kind."""
    if what is Paid:
        return Paid(FULL, NOON, "r-1")
    if what is PaidOther:
        return PaidOther(OTHER, NOON, "r-1")
    if what is Covered:
        return Covered(NOON)
    return Accepted("p-1") if what is Accepted else what()


def walked(office, state):
    """An order and a payment of it that has come to a state."""
    order = office.order("900", takes_parts=True)
    payment = office.start(order)
    for happening in WALKS[state]:
        with office.work() as work:
            settling.happened(work, order, payment, happening)
    assert payment.state == state
    return order, payment


def test_there_is_a_row_for_every_state_and_everything_that_can_be_said():
    assert set(TABLE) == set(PaymentState)
    for state, rows in TABLE.items():
        assert set(rows) == set(HAPPENINGS), state


def test_every_state_has_its_place():
    assert {*LIVE, *ENDED_UNPAID, PaymentState.PAID} == set(PaymentState)


@pytest.mark.parametrize(("state", "what"), PAIRS, ids=lambda each: getattr(each, "__name__", each))
def test_whatever_is_said_the_books_hold_what_has_been_paid(office, state, what):
    order, payment = walked(office, state)
    before = payment.paid_ore
    with office.work() as work:
        settling.happened(work, order, payment, made(what))

    assert payment.state == TABLE[state][what].to
    money = office.balance("1912")
    if what is Covered:
        assert payment.paid_ore in (before, order.total_ore)
        return
    assert money.ore == payment.paid_ore
    if state is PaymentState.PAID:
        assert payment.paid_ore == before, "what is booked stays booked"
    elif what in (Paid, PaidOther):
        assert money == made(what).amount
        assert order.received_ore == money.ore
    else:
        assert not money
    live = settling.live_payment(work, order)
    assert (live is not None) == (payment.state in LIVE)


@pytest.mark.parametrize("state", list(PaymentState))
def test_nothing_but_money_makes_a_payment_paid(state):
    if state is PaymentState.PAID:
        return
    paying = {what for what, row in TABLE[state].items() if row.to is PaymentState.PAID}
    assert paying <= {Paid, PaidOther, Covered}
    assert {Paid, PaidOther} <= paying


@pytest.mark.parametrize("state", ENDED_UNPAID)
def test_money_that_comes_late_settles_an_order_that_waits_for_it(office, state):
    order, payment = walked(office, state)
    with office.work() as work:
        settling.happened(work, order, payment, Paid(FULL, NOON, "r-1"))

    assert order.state == OrderState.PAID
    assert office.refunds() == []


def test_late_money_for_an_order_that_was_paid_anew_is_to_be_given_back(office):
    order, late = walked(office, PaymentState.EXPIRED)
    office.paid(order)
    with office.work() as work:
        settling.happened(work, order, late, Paid(FULL, NOON, "r-1"))

    assert order.received_ore == FULL.ore
    assert (late.state, late.surplus_ore) == (PaymentState.PAID, FULL.ore)
    assert office.balance("2890") == -FULL
    assert office.balance("3110") == -FULL
    (refund,) = office.refunds()
    assert (refund.of_surplus, refund.amount, refund.requested_by_id) == (True, FULL, None)


def test_late_money_stops_the_attempt_that_is_under_way(office):
    order, late = walked(office, PaymentState.EXPIRED)
    another = office.begun(order)
    with office.work() as work:
        settling.happened(work, order, late, Paid(FULL, NOON, "r-1"))
    office.work_through()

    assert another.state == PaymentState.CANCELLED
    assert office.pretend.entries[another.instruction].outcome == "cancelled"


def test_less_than_was_asked_for_is_a_part(office):
    order, payment = walked(office, PaymentState.WAITING)
    with office.work() as work:
        settling.happened(work, order, payment, PaidOther(OTHER, NOON, "r-1"))

    assert (order.state, order.outstanding) == (OrderState.PART_PAID, FULL - OTHER)
    assert office.balance("3110") == -OTHER


def test_more_than_was_asked_for_is_kept_apart(office):
    order, payment = walked(office, PaymentState.WAITING)
    with office.work() as work:
        settling.happened(work, order, payment, PaidOther(FULL + OTHER, NOON, "r-1"))

    assert order.state == OrderState.PAID
    assert office.balance("2890") == -OTHER
    assert payment.surplus_ore == OTHER.ore


def test_a_beginning_that_comes_through_after_the_end_is_stopped_at_the_provider(office):
    order = office.order()
    payment = office.start(order)
    with office.work() as work:
        settling.happened(work, order, payment, Tried())
        settling.happened(work, order, payment, Failed("unheard-of"))
        effect = settling.happened(work, order, payment, Accepted("p-1"))

    assert effect is Effect.WITHDRAW
    assert payment.state == PaymentState.FAILED


@pytest.mark.parametrize("what", [Declined, Failed, Stopped, PaidOther, Unsure])
def test_a_provider_that_takes_its_word_back_is_a_difference_for_a_person(office, what):
    order, payment = walked(office, PaymentState.PAID)
    with office.work() as work:
        settling.happened(work, order, payment, made(what))
        settling.happened(work, order, payment, made(what))

    (difference,) = office.session.scalars(select(Difference)).all()
    assert difference.kind == "contradiction"
    assert office.balance("1912") == FULL


def test_what_was_said_is_written_down_in_order(office):
    _, payment = walked(office, PaymentState.PAID)
    steps = [
        (event.kind, event.state_after) for event in queries.events_of(office.session, payment.id)
    ]
    assert steps == [("Tried", "asked"), ("Accepted", "waiting"), ("Paid", "paid")]


def test_an_ended_payment_is_asked_about_once_more(office):
    order = office.order()
    payment = office.begun(order)
    office.pretend.end(payment.instruction, "expired")
    office.ask(payment)
    assert payment.ask_at == office.now + timedelta(minutes=15)

    office.now += timedelta(minutes=17)
    office.do("payments.sweep")
    office.work_through()
    assert payment.ask_at is None


@pytest.mark.parametrize(
    ("sums", "state"),
    [
        ((900, 0, 0, 0, False), OrderState.OPEN),
        ((900, 1, 0, 0, False), OrderState.PART_PAID),
        ((900, 900, 0, 0, False), OrderState.PAID),
        ((900, 900, 1, 0, False), OrderState.PART_REFUNDED),
        ((900, 900, 900, 0, False), OrderState.REFUNDED),
        ((900, 400, 0, 500, False), OrderState.WRITTEN_OFF),
        ((900, 0, 0, 0, True), OrderState.CANCELLED),
    ],
)
def test_the_sums_explain_the_state_of_an_order(sums, state):
    names = ("total", "received", "refunded", "written_off", "cancelled")
    assert order_state(**dict(zip(names, sums))) == state
