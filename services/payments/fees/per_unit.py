"""A price for each unit: square metre and day, kilometre, place, hour."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from services.payments.fee_rule import (
    DAYS,
    NUMBERS,
    Counted,
    Dated,
    Exact,
    Example,
    Facts,
    FeeRule,
    Kronor,
    RulePart,
    Wanted,
    Words,
    in_force,
    in_kronor,
    kronor_words,
    money_words,
    number_words,
    one_at_a_time,
    settled,
    told,
)

PERIODS = {"day": 1, "week": 7, "month": 30}
ONE = {
    "day": {"sv": "dag", "en": "day"},
    "week": {"sv": "vecka", "en": "week"},
    "month": {"sv": "månad", "en": "month"},
}
SEVERAL = {
    "day": {"sv": "dagar", "en": "days"},
    "week": {"sv": "veckor", "en": "weeks"},
    "month": {"sv": "månader", "en": "months"},
}


class Price(Dated):
    """The price of a unit; the least and the most that the whole can cost."""

    kronor: Kronor
    least: Kronor | None = None
    most: Kronor | None = None


class Factor(RulePart):
    """How many: an answer, or the started days, weeks or months from one day to another."""

    question: str | None = None
    unit: Words | None = None
    beyond: Exact = Decimal(0)
    first_day: str | None = None
    last_day: str | None = None
    period: Literal["day", "week", "month"] = "day"

    @model_validator(mode="after")
    def _is_one_of_two(self) -> "Factor":
        days = self.first_day is not None and self.last_day is not None
        if days == (self.question is not None) or (self.first_day is None) != (
            self.last_day is None
        ):
            raise ValueError("a factor is a question, or first_day with last_day")
        if self.question is not None and self.unit is None:
            raise ValueError(f"the factor {self.question!r} needs its unit in words")
        return self


class Options(RulePart):
    """The price in time, and what it is multiplied by."""

    prices: Annotated[tuple[Price, ...], Field(min_length=1), AfterValidator(one_at_a_time)]
    factors: tuple[Factor, ...] = Field(min_length=1, max_length=4)


LAND = {
    "prices": [{"from": "2021-12-09", "kronor": 20, "least": 500}],
    "factors": [
        {"question": "yta", "unit": {"sv": "m²", "en": "m²"}},
        {"first_day": "fran", "last_day": "till"},
    ],
}
DRIVEN = {
    "prices": [{"from": "2026-01-01", "kronor": "25.50"}],
    "factors": [{"question": "strecka", "unit": {"sv": "km", "en": "km"}, "beyond": 10}],
}


class PerUnit(FeeRule):
    """Price × how many, perhaps × how long."""

    key = "per_unit"
    model = Options
    examples = (
        Example("40 m² for three days", LAND, {"yta": 40, "fran": "2026-12-01", "till": "2026-12-03"}, "2026-11-25", "2400"),
        Example("a small stall pays the least fee", LAND, {"yta": 4, "fran": "2026-12-01", "till": "2026-12-01"}, "2026-11-25", "500"),
        Example("kilometres beyond ten", DRIVEN, {"strecka": "12.5"}, "2026-11-25", "64"),
    )  # fmt: skip

    def wants(self, options: Options) -> Iterator[Wanted]:
        for factor in options.factors:
            if factor.question:
                yield Wanted(factor.question, NUMBERS)
            else:
                yield Wanted(factor.first_day or "", DAYS)
                yield Wanted(factor.last_day or "", DAYS)

    def count(self, options: Options, facts: Facts) -> Counted:
        price = in_force(options.prices, facts.on)
        exact = in_kronor(price.kronor)
        parts = [money_words(price.kronor)]
        for factor in options.factors:
            many, unit = _how_many(factor, facts)
            exact *= many
            parts.append(told("{many} {unit}", "{many} {unit}", many=number_words(many), unit=unit))
        steps = [
            {
                language: " × ".join(part[language] for part in [*parts[1:], parts[0]])
                + f" = {kronor_words(exact)[language]}"
                for language in ("sv", "en")
            }
        ]
        return _within(price, exact, steps)


def _how_many(factor: Factor, facts: Facts) -> tuple[Decimal, dict[str, str]]:
    if factor.question is not None and factor.unit is not None:
        return max(facts.number(factor.question) - factor.beyond, Decimal(0)), factor.unit
    first, last = facts.day(factor.first_day or ""), facts.day(factor.last_day or "")
    days = max((last - first).days + 1, 0)
    started = (Decimal(days) / PERIODS[factor.period]).to_integral_value(ROUND_CEILING)
    unit = ONE[factor.period] if started == 1 else SEVERAL[factor.period]
    return started, unit


def _within(price: Price, exact: Decimal, steps: list[dict[str, str]]) -> Counted:
    if price.least is not None and exact < in_kronor(price.least):
        exact = in_kronor(price.least)
        steps.append(
            told("Lägsta avgift: {least}", "Lowest fee: {least}", least=money_words(price.least))
        )
    if price.most is not None and exact > in_kronor(price.most):
        exact = in_kronor(price.most)
        steps.append(
            told("Högsta avgift: {most}", "Highest fee: {most}", most=money_words(price.most))
        )
    return settled(exact, steps)


RULE = PerUnit()
