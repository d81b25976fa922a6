"""Copies of official documents: nothing for the first pages, then a first price and one a page.

The state's rule (avgiftsförordningen 1992:191, 15–24 §§), which most municipalities copy.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from services.payments.fee_rule import (
    NUMBERS,
    Counted,
    Dated,
    Example,
    Facts,
    FeeRule,
    Kronor,
    RulePart,
    Wanted,
    in_force,
    in_kronor,
    money_words,
    number_words,
    one_at_a_time,
    settled,
    told,
)


class Price(Dated):
    """How many pages are free, what the first page after them costs, and each further one."""

    free: int = Field(9, ge=0)
    first: Kronor
    each: Kronor


class Options(RulePart):
    """Which question tells the number of pages, and the prices in time."""

    pages: str
    prices: Annotated[tuple[Price, ...], Field(min_length=1), AfterValidator(one_at_a_time)]


STATE = {"pages": "sidor", "prices": [{"from": "2020-01-01", "free": 9, "first": 50, "each": 2}]}


class Copies(FeeRule):
    """By the number of pages."""

    key = "copies"
    model = Options
    examples = (
        Example("nine pages are free", STATE, {"sidor": 9}, "2026-11-25", "0"),
        Example("the tenth page", STATE, {"sidor": 10}, "2026-11-25", "50"),
        Example("the eleventh", STATE, {"sidor": 11}, "2026-11-25", "52"),
        Example("twenty-five pages", STATE, {"sidor": 25}, "2026-11-25", "80"),
        Example("a hundred pages", STATE, {"sidor": 100}, "2026-11-25", "230"),
    )

    def wants(self, options: Options) -> Iterator[Wanted]:
        yield Wanted(options.pages, NUMBERS)

    def count(self, options: Options, facts: Facts) -> Counted:
        price = in_force(options.prices, facts.on)
        pages = facts.number(options.pages)
        free = Decimal(price.free)
        if pages <= free:
            step = told(
                "{pages} sidor: upp till {free} sidor kostar inget",
                "{pages} pages: up to {free} pages are free",
                pages=number_words(pages), free=number_words(free),
            )  # fmt: skip
            return settled(Decimal(0), [step])
        further = pages - free - 1
        steps = [
            told(
                "De första {count} sidorna: {first}",
                "The first {count} pages: {first}",
                count=number_words(free + 1), first=money_words(price.first),
            )
        ]  # fmt: skip
        if further:
            steps.append(
                told(
                    "{count} sidor till, {each} per sida",
                    "{count} more pages, {each} a page",
                    count=number_words(further), each=money_words(price.each),
                )
            )  # fmt: skip
        return settled(in_kronor(price.first) + further * in_kronor(price.each), steps)


RULE = Copies()
