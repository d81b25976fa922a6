"""Less to pay when the municipality is late: a share of the fee for every started week.

Plan- och bygglagen (2010:900), 12 kap.: one fifth for each started week over, down to nothing.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

from pydantic import Field

from services.payments.fee_rule import (
    NUMBERS,
    Counted,
    Example,
    Facts,
    FeeRule,
    RulePart,
    Wanted,
    in_kronor,
    kronor_words,
    number_words,
    settled,
    told,
)


class Options(RulePart):
    """In how many parts the fee falls, and which fact tells the days over."""

    days: str = "days_late"
    parts: int = Field(5, ge=1, le=52)


class LateReduction(FeeRule):
    """A line below zero, against the lines before it."""

    key = "late_reduction"
    model = Options
    examples = (
        Example("nine days are two weeks", {}, {"days_late": 9}, "2026-11-25", "-7360", so_far="18400"),
        Example("a single day is a week", {}, {"days_late": 1}, "2026-11-25", "-3680", so_far="18400"),
        Example("seven days are one week", {}, {"days_late": 7}, "2026-11-25", "-3680", so_far="18400"),
        Example("never more than all", {}, {"days_late": 99}, "2026-11-25", "-18400", so_far="18400"),
        Example("in time", {}, {"days_late": 0}, "2026-11-25", "0", so_far="18400"),
        Example("a reduction is rounded like a fee", {}, {"days_late": 8}, "2026-11-25", "-3713", so_far="9283"),
    )  # fmt: skip

    def wants(self, options: Options) -> Iterator[Wanted]:
        yield Wanted(options.days, NUMBERS)

    def count(self, options: Options, facts: Facts) -> Counted:
        days = max(facts.number(options.days), Decimal(0))
        weeks = min((days / 7).to_integral_value(ROUND_CEILING), Decimal(options.parts))
        if not weeks:
            return Counted(facts.so_far * 0, (told("I tid: ingen sänkning", "In time: nothing is taken off"),))  # fmt: skip
        whole = in_kronor(facts.so_far)
        step = told(
            "{days} dagar för sent, {weeks} påbörjade veckor: {weeks}/{parts} av {whole} dras av",
            "{days} days late, {weeks} started weeks: {weeks}/{parts} of {whole} is taken off",
            days=number_words(days), weeks=number_words(weeks), parts=str(options.parts),
            whole=kronor_words(whole),
        )  # fmt: skip
        return settled(-(whole * weeks / options.parts), [step])


RULE = LateReduction()
