"""The fees of the shipped services: every way to count has a service, and each is counted rightly."""

from datetime import date

import pytest

from services.catalogue import fees
from services.kernel.money import Money
from services.payments import fee_rules, figures
from services.payments.fee_rule import Price
from tests.builders.library import SHIPPED

PAID = [each for each in SHIPPED.values() if each.payment is not None]
HOUSE = {"arendetyp": "bygglov", "atgard": "nybyggnad", "yteklass": "m199"}
CHILD = {"form": "forskola", "fodd": "2025-05-01", "allman": False}
IN_2026 = date(2026, 11, 25)


def test_every_rule_for_fees_counts_a_fee_of_some_service():
    used = {fee.rule for document in PAID for fee in document.fees}

    assert used == set(fee_rules.rules())


def test_services_are_paid_before_they_come_in_after_it_and_after_the_decision():
    assert {each.payment.when for each in PAID} == {"before", "after_receipt", "after_decision"}


@pytest.mark.parametrize("document", PAID, ids=lambda each: each.slug)
def test_each_fee_counts_in_some_saved_example(document):
    counted = set()
    for example in document.payment.examples:
        found = fees.count(document, example.answers, example.day, example.answers)
        counted |= {line.fee.key for line in found.lines}
        counted |= {
            fee.key
            for fee in document.fees
            for line in found.lines
            for step in line.steps
            if step["sv"].startswith(f"{fee.words['sv']}:")
        }
        assert found.is_certain

    assert counted == {fee.key for fee in document.fees}


def test_a_house_costs_what_the_price_base_amount_of_its_year_says_less_a_fifth_a_week_late():
    in_time = fees.count(SHIPPED["bygglov"], HOUSE, date(2026, 3, 1), {"days_late": 0})
    late = fees.count(SHIPPED["bygglov"], HOUSE, date(2026, 3, 1), {"days_late": 1})

    # 59,20 × 8 × (24 + 28) × 1 = 24 627,20
    assert in_time.total == Money.kronor(24627)
    assert late.total == Money.kronor(24627 - 4925)
    assert "12 kap. 8 a § plan- och bygglagen (2010:900)" in [
        fee.tariff["sv"] for fee in SHIPPED["bygglov"].fees if fee.tariff
    ]


def test_a_building_fee_is_not_charged_before_the_desk_has_told_how_late_it_is():
    found = fees.count(SHIPPED["bygglov"], HOUSE, date(2026, 3, 1))

    assert [fee.key for fee in found.unknown] == ["sen-handlaggning"]
    assert found.undecided == ()


def test_a_year_whose_highest_income_nobody_has_entered_is_refused_and_said():
    found = fees.count(SHIPPED["forskola"], {"hogsta": True, "barn": [CHILD]}, IN_2026)

    assert found.lines == ()
    assert [fee.key for fee in found.undecided] == ["maxtaxa"]


def test_one_line_of_figures_is_all_that_a_new_year_needs(monkeypatch):
    entered = Price.model_validate({"from": "2026-01-01", "to": "2026-12-31", "kronor": 60000})
    known = figures.table(figures.INCOME_CEILING)
    monkeypatch.setattr(figures, "table", lambda name: (*known, entered))

    found = fees.count(SHIPPED["forskola"], {"hogsta": True, "barn": [CHILD]}, IN_2026)

    assert found.total == Money.kronor(1800)


def test_a_sibling_is_cheaper_but_its_lunch_is_not():
    document = SHIPPED["lovaktivitet"]

    first = fees.count(document, {"lunch": True, "syskon": False}, IN_2026)
    second = fees.count(document, {"lunch": True, "syskon": True}, IN_2026)

    assert first.total == Money.kronor(700)
    assert second.total == Money.kronor(587)
    assert [line.amount for line in second.lines] == [Money.kronor(337), Money.kronor(250)]
