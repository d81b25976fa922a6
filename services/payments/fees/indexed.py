"""A fee that follows an index year by year, rounded as the tariff says."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from services.payments.fee_rule import (
    Counted,
    Dated,
    Exact,
    Example,
    Facts,
    FeeRule,
    Kronor,
    RulePart,
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


class Level(Dated):
    """The index while it is in force."""

    value: Exact


class Options(RulePart):
    """The fee as it was decided, with the index of that time; the index since; to what one rounds."""

    name: Words
    kronor: Kronor
    at: Exact
    levels: Annotated[tuple[Level, ...], Field(min_length=1), AfterValidator(one_at_a_time)]
    round_to: int = Field(1, ge=1, le=1000)


WAGES = {
    "name": {"sv": "AKI", "en": "AKI"}, "kronor": 5000, "at": "100", "round_to": 100,
    "levels": [{"from": "2025-01-01", "to": "2025-12-31", "value": "100"}, {"from": "2026-01-01", "value": "103.2"}],
}  # fmt: skip


class Indexed(FeeRule):
    """The decided fee × the index now ÷ the index then."""

    key = "indexed"
    model = Options
    examples = (
        Example("the year it was decided", WAGES, {}, "2025-05-01", "5000"),
        Example("the year after, to whole hundreds", WAGES, {}, "2026-05-01", "5200"),
    )

    def count(self, options: Options, facts: Facts) -> Counted:
        level = in_force(options.levels, facts.on).value
        exact = in_kronor(options.kronor) * level / options.at
        rounded = (exact / options.round_to).quantize(Decimal(1), ROUND_HALF_UP) * options.round_to
        step = told(
            "{fee} × {name} {now} ÷ {then} = {total}",
            "{fee} × {name} {now} ÷ {then} = {total}",
            fee=money_words(options.kronor), name=options.name, now=number_words(level),
            then=number_words(options.at), total=kronor_words(rounded),
        )  # fmt: skip
        return settled(rounded, [step])


RULE = Indexed()
