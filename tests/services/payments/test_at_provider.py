"""Providers that are away, workers that die, jobs that are done twice: it becomes right by itself."""

from datetime import timedelta

import pytest

from services.kernel.errors import Unavailable
from services.kernel.money import Money
from services.payments import commands
from services.payments.at_provider import BEGINNING, LATEST, OVERDUE, SOONEST, next_ask
from services.payments.models import OrderState, PaymentState
from services.payments.provider import Outcome
from tests.builders import NOON


def sweep(office, after=OVERDUE):
    """Some time later, the sweep comes by and the worker does what it plans."""
    office.now += after + timedelta(seconds=10)
    office.do("payments.sweep")
    office.work_through()


def test_a_planned_payment_is_begun_and_asked_about_until_it_is_paid(office):
    payment = office.start(office.order())
    office.work_through()
    assert payment.state == PaymentState.WAITING

    office.pretend.pay(payment.instruction)
    office.now += timedelta(seconds=6)
    office.work_through()
    assert payment.state == PaymentState.PAID


def test_questions_come_ever_more_seldom(office):
    payment = office.start(office.order())
    office.work_through()
    waits = []
    for _ in range(40):
        waits.append(payment.ask_at - office.now)
        office.now = payment.ask_at
        office.work_through()

    assert waits[0] == SOONEST
    assert waits == sorted(waits)
    assert waits[-1] <= LATEST


def test_questions_never_stop_and_are_an_hour_apart_at_most():
    assert next_ask(NOON, NOON) == NOON + SOONEST
    assert next_ask(NOON, NOON + timedelta(days=3)) == NOON + timedelta(days=3) + LATEST


def test_many_callbacks_do_not_make_many_questions(office):
    payment = office.begun(office.order())
    office.now += timedelta(minutes=2)
    office.work_through()
    for event in range(5):
        office.heard(f"e{event}", payment.instruction)
    assert office.work_through(within=timedelta(minutes=5)) <= 2


def test_a_provider_that_is_away_is_asked_again(office):
    payment = office.start(office.order())
    office.pretend.away = True
    office.work_through()
    assert payment.state == PaymentState.ASKED

    office.pretend.away = False
    office.now += timedelta(seconds=10)
    office.work_through()
    assert payment.state == PaymentState.WAITING


def test_a_provider_that_stays_away_is_not_begun_with_when_the_payer_has_left(office):
    payment = office.start(office.order())
    office.pretend.away = True
    for _ in range(100):
        office.now += timedelta(seconds=30)
        office.work_through()
    office.pretend.away = False
    office.now += timedelta(hours=1)
    office.work_through()

    assert payment.state == PaymentState.FAILED
    assert office.pretend.begun == []


def test_a_refusal_at_the_beginning_ends_it(office):
    payment = office.start(office.order())
    office.pretend.refusing = "check-number"
    office.work_through()

    assert (payment.state, payment.last_error) == (PaymentState.FAILED, "check-number")


@pytest.mark.parametrize("dies", ["before the call", "after the call"])
def test_a_worker_that_dies_while_beginning_is_made_up_for(office, dies):
    order = office.order()
    payment = office.start(order)
    office.forget_jobs()
    call = office.errand("payments.begin", payment_id=payment.id).prepare()
    if dies == "after the call":
        call()

    sweep(office)
    assert payment.state == PaymentState.WAITING
    assert len(office.pretend.entries) == 1


def test_a_worker_that_dies_with_the_answer_in_hand_is_made_up_for(office):
    order = office.order()
    payment = office.begun(order)
    office.forget_jobs()
    office.pretend.pay(payment.instruction)
    office.errand("payments.ask", payment_id=payment.id).prepare()()

    sweep(office)
    assert order.state == OrderState.PAID
    assert office.balance("1912") == Money.kronor(900)


def test_a_job_that_was_lost_before_it_was_begun_is_planned_again(office):
    payment = office.start(office.order())
    office.forget_jobs()
    sweep(office)
    assert payment.state == PaymentState.WAITING


def test_a_cancelling_that_was_lost_is_planned_again(office):
    payment = office.begun(office.order())
    with office.work() as work:
        commands.cancel(work, payment.id)
    office.forget_jobs()
    sweep(office)
    assert payment.state == PaymentState.CANCELLED


def test_the_sweep_leaves_alone_what_somebody_is_busy_with(office):
    office.begun(office.order())
    office.forget_jobs()
    office.do("payments.sweep")
    assert office.work_through() == 0


def test_cancelling_before_anybody_outside_has_heard_is_done_at_once(office):
    payment = office.start(office.order())
    with office.work() as work:
        commands.cancel(work, payment.id)
    assert payment.state == PaymentState.CANCELLED

    office.work_through()
    assert office.pretend.begun == []


def test_cancelling_while_the_beginning_is_on_its_way_leaves_nothing_to_pay(office):
    payment = office.start(office.order())
    begin = office.errand("payments.begin", payment_id=payment.id)
    call = begin.prepare()
    with office.work() as work:
        commands.cancel(work, payment.id)
    office.work_through()
    begun = call()
    begin.note(begun)
    office.now += BEGINNING
    office.work_through()

    assert payment.state in (PaymentState.CANCELLED, PaymentState.FAILED)
    assert office.pretend.entries[payment.instruction].outcome is Outcome.CANCELLED


def test_jobs_that_are_done_twice_change_nothing(office):
    order = office.order()
    payment = office.begun(order)
    office.do("payments.begin", payment_id=payment.id)
    office.pretend.pay(payment.instruction)
    for _ in range(2):
        office.ask(payment)
    office.do("payments.cancel", payment_id=payment.id)

    assert order.state == OrderState.PAID
    assert len(office.entries()) == 1
    assert office.pretend.begun == [payment.instruction]


def test_a_payment_whose_way_is_turned_off_waits(office):
    payment = office.begun(office.order())
    del office.session.info["providers"]["pretend"]
    with pytest.raises(Unavailable, match="way-away"):
        office.ask(payment)
    office.forget_jobs()
    sweep(office)
    assert payment.state == PaymentState.WAITING


def test_paid_without_an_amount_is_not_believed(office):
    payment = office.begun(office.order())
    office.pretend.pay(payment.instruction, Money(0))
    office.ask(payment)

    assert payment.state == PaymentState.UNKNOWN
    assert office.entries() == []
