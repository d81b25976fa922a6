"""Money: whole öre, rounded half up, said in Swedish."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import Invalid
from services.kernel.money import NOTHING, Money

ores = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("kronor", "rounded"),
    [("562.50", 563), ("562.49", 562), ("562,50", 563), ("-562.50", -563), ("0.49", 0), ("1", 1)],
)
def test_half_a_krona_is_rounded_up(kronor, rounded):
    assert Money.kronor(kronor).rounded_to_krona() == Money.kronor(rounded)


@given(ores)
def test_rounding_is_what_decimal_calls_half_up(ore):
    expected = (Decimal(ore) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    assert Money(ore).rounded_to_krona() == Money(int(expected) * 100)


@given(st.lists(ores, max_size=20))
def test_a_sum_loses_no_ore(all_ores):
    assert Money.total(Money(ore) for ore in all_ores).ore == sum(all_ores)


@given(ores, ores)
def test_what_is_added_can_be_taken_away(one, other):
    assert Money(one) + Money(other) - Money(other) == Money(one)
    assert NOTHING - (NOTHING - Money(one)) == Money(one)
    assert (Money(one) < Money(other)) == (one < other)


@given(ores)
def test_the_plain_text_is_read_back_as_the_same_amount(ore):
    assert Money.kronor(Money(ore).plain) == Money(ore)


@given(st.integers(0, 10**9), st.sampled_from([0, 6, 12, 25]))
def test_the_tax_within_an_amount_is_right_to_half_an_ore(ore, percent):
    tax = Money(ore).tax_within(percent)
    assert abs(Fraction(ore * percent, 100 + percent) - tax.ore) <= Fraction(1, 2)


@given(ores, st.fractions(min_value=0, max_value=100, max_denominator=1000))
def test_a_rate_on_money_back_mirrors_the_rate_on_money_paid(ore, rate):
    assert -(Money(ore).times(rate)) == (-Money(ore)).times(rate)


@pytest.mark.parametrize(
    ("ore", "text"),
    [
        (168800, "1 688,00 kr"),
        (50, "0,50 kr"),
        (-123456789, "−1 234 567,89 kr"),
        (0, "0,00 kr"),
    ],
)
def test_money_is_said_in_swedish(ore, text):
    assert str(Money(ore)).replace("\u00a0", " ") == text


@pytest.mark.parametrize("wrong", ["", "abc", "1.005", "NaN", "Infinity", "1e-9", "1 kr"])
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises(Invalid):
        Money.kronor(wrong)


@pytest.mark.parametrize("make", [lambda: Money(1.5), lambda: Money(True), lambda: Money(1) * 1.5,
                                  lambda: Money.kronor(1.1), lambda: Money(1).times(0.5)])  # fmt: skip
def test_money_is_never_a_float(make):
    with pytest.raises(TypeError):
        make()


def test_no_more_than_a_slip_of_the_keyboard_can_be_kept():
    with pytest.raises(Invalid):
        Money(10**15)


def test_only_nothing_is_false():
    assert not NOTHING
    assert Money(-1)
    assert 3 * Money(50) == Money(150)
