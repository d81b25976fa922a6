"""Every fee rule: its saved examples hold, its steps explain it, and nothing odd gets through."""

from datetime import date, timedelta
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments import fee_rules
from services.payments.fee_rule import Facts
from services.payments.fees import copies, income_share, late_reduction, tiers

ON = date(2026, 11, 25)
SAVED = [
    pytest.param(rule, example, id=f"{rule.key}: {example.name}")
    for rule in fee_rules.rules().values()
    for example in rule.examples
]
each_rule = pytest.mark.parametrize("rule", fee_rules.rules().values(), ids=lambda rule: rule.key)


def facts_of(example):
    return Facts(example.answers, date.fromisoformat(example.on), Money.kronor(example.so_far))


@pytest.mark.parametrize(("rule", "example"), SAVED)
def test_a_saved_example_comes_to_its_fee(rule, example):
    assert list(fee_rules.faults(rule.key, example.options)) == []

    counted = fee_rules.count(rule.key, example.options, facts_of(example))

    assert counted.amount == Money.kronor(example.kronor)
    assert counted.amount.ore % 100 == 0
    for step in counted.steps:
        assert set(step) == {"sv", "en"}
        assert all(text.strip() for text in step.values())
    assert counted.steps


@each_rule
def test_every_rule_has_examples_and_refuses_options_that_it_does_not_know(rule):
    assert rule.examples
    assert list(fee_rules.faults(rule.key, {"unheard_of": 1}))


@each_rule
def test_a_fact_that_is_missing_is_named(rule):
    example = rule.examples[0]
    wanted = fee_rules.wants(rule.key, example.options)
    on = date.fromisoformat(example.on)
    told = [_missing(rule, example, fact.name, on) for fact in wanted]
    assert set(told) <= {each.name for each in wanted} | {""}


def _missing(rule, example, name, on):
    """Which fact is asked for when one is taken away; none where the rest is enough."""
    left = {other: value for other, value in example.answers.items() if other != name}
    try:
        fee_rules.count(rule.key, example.options, Facts(left, on))
    except Invalid as refusal:
        return refusal.details["question"]
    return ""


def test_a_rule_that_does_not_exist_is_told():
    assert list(fee_rules.faults("guesswork", {})) == ["there is no fee rule 'guesswork'"]


def test_a_day_without_a_tariff_is_refused_and_not_guessed():
    options = {"prices": [{"from": "2027-01-01", "kronor": 900}]}
    with pytest.raises(Invalid, match="fee-not-in-force"):
        fee_rules.count("fixed", options, Facts({}, ON))


def test_a_year_whose_ceiling_nobody_has_entered_is_refused_and_not_guessed():
    with pytest.raises(Invalid, match="fee-not-in-force"):
        fee_rules.count(
            "income_share",
            income_share.CARE,
            Facts({"inkomst": 4_500_000, "barn": income_share.TWO}, date(2026, 9, 1)),
        )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("two rows at once", {"prices": [{"from": "2026-01-01", "kronor": 1}, {"from": "2026-02-01", "kronor": 2}]}),
        ("an end before its beginning", {"prices": [{"from": "2026-02-01", "to": "2026-01-01", "kronor": 1}]}),
        ("a float", {"prices": [{"from": "2026-01-01", "kronor": 0.1}]}),
        ("parts of an öre", {"prices": [{"from": "2026-01-01", "kronor": "1.001"}]}),
        ("no number", {"prices": [{"from": "2026-01-01", "kronor": "NaN"}]}),
        ("no prices", {"prices": []}),
    ],
)  # fmt: skip
def test_a_price_list_that_cannot_be_right_is_refused(name, options):
    assert list(fee_rules.faults("fixed", options)), name


@pytest.mark.parametrize(
    "steps",
    [
        [{"upto": 10, "kronor": 1}, {"upto": 10, "kronor": 2}, {"kronor": 3}],
        [{"upto": 20, "kronor": 1}, {"upto": 10, "kronor": 2}, {"kronor": 3}],
        [{"upto": 10, "kronor": 1}],
        [{"kronor": 1}, {"upto": 10, "kronor": 2}],
    ],
)
def test_tiers_with_a_gap_are_refused(steps):
    options = {
        "question": "n",
        "measured": "number",
        "tables": [{"from": "2026-01-01", "tiers": steps}],
    }
    assert list(fee_rules.faults("tiers", options))


@given(pages=st.integers(0, 100_000))
def test_copies_cost_what_the_state_says(pages):
    counted = fee_rules.count("copies", copies.STATE, Facts({"sidor": pages}, ON))

    assert counted.amount == Money.kronor(0 if pages <= 9 else 50 + 2 * (pages - 10))


@given(kronor=st.integers(0, 10_000_000), days=st.integers(-30, 400))
def test_a_late_fee_falls_by_a_fifth_for_each_started_week_and_never_below_nothing(kronor, days):
    fee = Money.kronor(kronor)
    taken = fee_rules.count("late_reduction", {}, Facts({"days_late": days}, ON, fee)).amount
    weeks = ceil(days / 7) if days > 0 else 0

    left = fee + taken

    assert Money(0) <= left <= fee
    exact = Decimal(kronor) * max(5 - weeks, 0) / 5
    assert abs(Decimal(left.ore) / 100 - exact) <= Decimal("0.5")


@given(sold=st.integers(0, 10**12), more=st.integers(0, 10**9))
def test_supervision_never_gets_cheaper_when_more_is_sold(sold, more):
    def fee(ore):
        return fee_rules.count("tiers", tiers.SUPERVISION, Facts({"omsattning": ore}, ON)).amount

    assert fee(sold) <= fee(sold + more)


@given(
    area=st.integers(1, 100_000),
    first=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    length=st.integers(0, 300),
)
def test_land_costs_area_times_days_but_never_less_than_the_least(area, first, length):
    options = fee_rules.rules()["per_unit"].examples[0].options
    last = first + timedelta(days=length)
    answers = {"yta": area, "fran": first.isoformat(), "till": last.isoformat()}

    counted = fee_rules.count("per_unit", options, Facts(answers, ON))

    assert counted.amount == Money.kronor(max(20 * area * (length + 1), 500))


@given(
    income=st.integers(0, 20_000_000),
    born=st.lists(st.dates(date(2012, 1, 1), date(2023, 1, 1)), min_size=1, max_size=6),
    forms=st.lists(st.sampled_from(["forskola", "fritids"]), min_size=6, max_size=6),
)
def test_no_household_pays_more_than_the_published_highest_fees(income, born, forms):
    children = [
        {"form": form, "fodd": day.isoformat()} for day, form in zip(born, forms, strict=False)
    ]
    facts = Facts({"inkomst": income, "barn": children}, date(2024, 9, 1))

    fee = fee_rules.count("income_share", income_share.CARE, facts).amount

    assert Money(0) <= fee <= Money.kronor(1688 + 1125 + 563)
    free = [{**child, "allman": True} for child in children]
    less = fee_rules.count(
        "income_share",
        income_share.CARE,
        Facts({"inkomst": income, "barn": free}, date(2024, 9, 1)),
    ).amount
    assert less <= fee


@pytest.mark.parametrize(
    ("year", "highest"),
    [(2016, 1313), (2017, 1362), (2018, 1382), (2019, 1425), (2020, 1478), (2021, 1510),
     (2022, 1572), (2023, 1645), (2024, 1688)],
)  # fmt: skip
def test_the_highest_fee_of_each_year_follows_from_its_ceiling(year, highest):
    """3 per cent of the ceiling, half up: what the municipalities have published (§0.3)."""
    child = {"form": "forskola", "fodd": f"{year - 3}-01-01"}
    facts = Facts({"inkomst": 99_000_000, "barn": [child]}, date(year, 5, 1))

    counted = fee_rules.count("income_share", income_share.CARE, facts)

    assert counted.amount == Money.kronor(highest)


@given(hours=st.decimals(0, 500, places=2))
def test_hours_count_by_started_halves(hours):
    options = {"rates": [{"from": "2026-01-01", "kronor": 1000}], "question": "h"}

    counted = fee_rules.count("hourly", options, Facts({"h": str(hours)}, ON))

    assert counted.amount == Money.kronor(500 * ceil(hours * 2))


def test_late_reduction_of_the_law_s_own_example():
    counted = late_reduction.RULE.count(
        late_reduction.Options(), Facts({"days_late": 9}, ON, Money.kronor(18400))
    )

    assert Money.kronor(18400) + counted.amount == Money.kronor(11040)
