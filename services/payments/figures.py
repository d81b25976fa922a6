"""Figures that the state sets for a time: the price base amount, the highest counted income."""

from datetime import date
from functools import cache
from pathlib import Path

import yaml

from services.kernel.money import Money
from services.payments.fee_rule import Price, in_force, one_at_a_time

FILE = Path(__file__).with_name("figures.yaml")
PRICE_BASE_AMOUNT = "price_base_amount"
INCOME_CEILING = "income_ceiling"


@cache
def table(name: str) -> tuple[Price, ...]:
    """All that is entered of a figure, in time. Raises KeyError when there is no such figure."""
    rows = yaml.safe_load(FILE.read_text("utf-8"))[name]
    return one_at_a_time(tuple(Price.model_validate(row) for row in rows))


def figure(name: str, on: date) -> Money:
    """A figure on a day. Raises Invalid when nobody has entered it for that time."""
    return in_force(table(name), on).kronor
