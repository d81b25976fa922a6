"""What a callback may be: twice, early, late, out of order, somebody else's, or about nothing."""

import pytest
from sqlalchemy import select

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments.models import Notice, OrderState, PaymentState
from services.payments.provider import Outcome


@pytest.fixture
def notices(office):
    """What this test's office was told: the database is shared with tests that keep what they do."""
    before = set(office.session.scalars(select(Notice.id)))
    return lambda: [
        notice
        for notice in office.session.scalars(select(Notice).order_by(Notice.id))
        if notice.id not in before
    ]


def test_a_callback_makes_us_ask_and_what_we_are_told_then_counts(office):
    order = office.order()
    payment = office.begun(order)
    office.pretend.pay(payment.instruction)
    office.heard("e1", payment.instruction)

    assert payment.state == PaymentState.PAID
    assert order.state == OrderState.PAID


def test_a_callback_is_not_believed(office):
    payment = office.begun(office.order())
    office.heard("e1", payment.instruction)

    assert payment.state == PaymentState.WAITING
    assert office.entries() == []


def test_a_callback_that_comes_twice_counts_once(office, notices):
    payment = office.begun(office.order())
    office.pretend.pay(payment.instruction)
    office.heard("e1", payment.instruction)
    office.heard("e1", payment.instruction)

    assert len(notices()) == 1
    assert len(office.entries()) == 1


def test_two_callbacks_about_the_same_money_book_it_once(office, notices):
    payment = office.begun(office.order())
    office.pretend.pay(payment.instruction)
    office.heard("e1", payment.instruction)
    office.heard("e2", payment.instruction)

    assert len(notices()) == 2
    assert office.balance("1912") == Money.kronor(900)


def test_a_callback_before_the_answer_settles_and_the_answer_changes_nothing(office):
    """The provider has heard us and called, before our own job has noted that it was heard."""
    order = office.order()
    payment = office.start(order)
    errand = office.errand("payments.begin", payment_id=payment.id)
    call = errand.prepare()
    begun = call()
    office.pretend.pay(payment.instruction)
    office.heard("e1", payment.instruction)
    assert payment.state == PaymentState.PAID

    errand.note(begun)
    assert payment.state == PaymentState.PAID
    assert order.state == OrderState.PAID
    assert len(office.entries()) == 1


def test_callbacks_out_of_order_end_as_the_provider_says_now(office):
    payment = office.begun(office.order())
    office.pretend.pay(payment.instruction)
    office.heard("paid", payment.instruction)
    office.heard("created", payment.instruction)

    assert payment.state == PaymentState.PAID


def test_a_callback_about_an_unknown_payment_is_kept_and_does_nothing(office, notices):
    office.heard("e1", "F" * 32)

    (notice,) = notices()
    assert (notice.verdict, notice.payment_id) == ("unknown", None)


def test_a_callback_from_another_provider_does_nothing(office, notices):
    payment = office.begun(office.order())
    office.pretend.pay(payment.instruction)
    office.heard("e1", payment.instruction, provider="counter")

    (notice,) = notices()
    assert (notice.verdict, notice.payment_id) == ("other-provider", None)
    assert payment.state == PaymentState.WAITING


def test_a_forged_callback_is_refused_before_anything_is_noted(office, notices):
    with pytest.raises(Invalid, match="notice-forged"):
        office.pretend.notice({}, b'{"event": "e1", "instruction": "x"}')
    assert notices() == []


def test_a_callback_after_our_cancelling_brings_money_that_counts(office):
    order = office.order()
    payment = office.begun(order)
    office.pretend.end(payment.instruction, Outcome.CANCELLED)
    office.ask(payment)
    assert payment.state == PaymentState.CANCELLED

    office.pretend.entries[payment.instruction] = office.pretend.entries[
        payment.instruction
    ].__class__(payment.instruction, payment.amount)
    office.pretend.pay(payment.instruction)
    office.heard("late", payment.instruction)
    assert payment.state == PaymentState.PAID
    assert order.state == OrderState.PAID


@pytest.mark.parametrize(("kronor", "state"), [("400", "part_paid"), ("1000", "paid")])
def test_a_callback_with_another_amount_books_what_was_really_paid(office, kronor, state):
    order = office.order("900")
    payment = office.begun(order)
    office.pretend.pay(payment.instruction, Money.kronor(kronor))
    office.heard("e1", payment.instruction)

    assert office.balance("1912") == Money.kronor(kronor)
    assert order.state == state
