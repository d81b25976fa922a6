"""Paying in parts: as many as the service says, or from the smallest amount, never too much."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.forms.charging import PaymentTerms, faults
from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments import checking, instalments
from services.payments.models import Order, OrderState


def amounts(order):
    return [each.ore for each in instalments.choices(order)]


def test_instalments_are_whole_kronor_and_the_last_is_what_is_left(office):
    order = office.order("1000", takes_parts=True, parts=3)
    assert amounts(order) == [33400, 66800]
    office.paid(order, amount=Money.kronor(334))
    assert amounts(order) == [33400]
    office.paid(order, amount=Money.kronor(334))
    assert (amounts(order), order.outstanding) == ([], Money.kronor(332))
    office.paid(order)
    assert order.state == OrderState.PAID
    assert list(checking.faults(office.session)) == []


@pytest.mark.parametrize("kronor", ["1", "333", "335", "1000.01", "0"])
def test_no_other_amount_than_the_instalments_is_taken(office, kronor):
    order = office.order("1000", takes_parts=True, parts=3)
    with pytest.raises(Invalid, match="part-payment"):
        office.start(order, amount=Money.kronor(kronor))


def test_from_the_smallest_amount_any_is_taken_up_to_what_is_left(office):
    order = office.order("1000", takes_parts=True, least_part_ore=10000)
    assert instalments.smallest(order) == Money(10000)
    for kronor in ("99.99", "1000.01"):
        with pytest.raises(Invalid, match="part-payment") as refusal:
            office.start(order, amount=Money.kronor(kronor))
        assert refusal.value.details == {"most_ore": 100000, "least_ore": 10000}
    office.paid(order, amount=Money.kronor("950.50"))
    # Less than the smallest is left: all of that may be paid.
    assert office.paid(order).amount_ore == 4950
    assert order.state == OrderState.PAID


def test_without_parts_all_is_paid_at_once(office):
    order = office.order("1000")
    assert (amounts(order), instalments.smallest(order)) == ([], None)
    with pytest.raises(Invalid, match="part-payment"):
        office.start(order, amount=Money.kronor(500))


def test_what_is_left_has_a_last_day_of_its_own(office):
    order = office.order("900", takes_parts=True, parts=2, part_days=30, due_on=date(2026, 12, 1))
    office.now += timedelta(days=3)
    office.paid(order, amount=Money.kronor(450))
    assert order.due_on == date(2026, 12, 28)
    office.paid(order)
    assert order.due_on == date(2026, 12, 28)


@given(st.integers(1, 10**7), st.integers(2, 12), st.integers(0, 10**7))
def test_instalments_never_come_to_more_than_what_is_left(total, parts, received):
    received = min(received, total - 1)
    order = Order(
        total_ore=total, received_ore=received, written_off_ore=0, takes_parts=True, parts=parts
    )
    offered = instalments.choices(order)
    assert all(Money(0) < each < order.outstanding for each in offered)
    assert len(offered) < parts


def test_a_document_says_one_of_the_two():
    terms = PaymentTerms(ways=("swish",), when="after_decision", part_payments=2, smallest_part=100)
    assert any("part_payments or smallest_part" in each for each in faults([], terms, []) or [])
