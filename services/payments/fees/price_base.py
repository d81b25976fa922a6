"""The price base amount, or a thousandth of it, × factors: (HF1 + HF2) × OF × N and the like."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from services.kernel.errors import Invalid
from services.payments import figures
from services.payments.fee_rule import (
    CHOICES,
    NUMBERS,
    Counted,
    Exact,
    Example,
    Facts,
    FeeRule,
    RulePart,
    Wanted,
    Words,
    in_kronor,
    kronor_words,
    number_words,
    settled,
    told,
)

THOUSANDTH = Decimal("0.001")


class ByAnswer(RulePart):
    """A factor's value for some answers, or for all others."""

    answers: tuple[str | bool, ...] = ()
    value: Exact


class Factor(RulePart):
    """A factor by name: a value, the number that was answered, a value by answer, or a sum."""

    words: Words
    value: Exact | None = None
    question: str | None = None
    table: tuple[ByAnswer, ...] = ()
    plus: tuple["Factor", ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Factor":
        if (self.value is not None) + (self.question is not None) + bool(self.plus) != 1:
            raise ValueError("a factor is a value, a question, or a sum")
        if self.table and self.question is None:
            raise ValueError("a factor's table needs its question")
        return self


class Options(RulePart):
    """The whole amount (pbb) or its thousandth (mpbb), and what it is multiplied by."""

    base: Literal["pbb", "mpbb"] = "mpbb"
    factors: tuple[Factor, ...] = Field(min_length=1)


BUILDING = {
    "base": "mpbb",
    "factors": [
        {"words": {"sv": "objektfaktor", "en": "object factor"}, "question": "storlek",
         "table": [{"answers": ["liten"], "value": 4}, {"value": 8}]},
        {"words": {"sv": "handläggningsfaktor", "en": "handling factor"},
         "plus": [{"words": {"sv": "HF1", "en": "HF1"}, "value": 21}, {"words": {"sv": "HF2", "en": "HF2"}, "value": 28}]},
        {"words": {"sv": "justering", "en": "adjustment"}, "value": "0.8"},
    ],
}  # fmt: skip
TRAVEL = {"base": "pbb", "factors": [{"words": {"sv": "andel", "en": "share"}, "value": "0.05"}]}


class PriceBase(FeeRule):
    """With the price base amount of the day on which the matter came in."""

    key = "price_base"
    model = Options
    examples = (
        # 59,20 × 4 × (21 + 28) × 0,8 = 9 282,56
        Example("a small building in 2026", BUILDING, {"storlek": "liten"}, "2026-03-01", "9283"),
        Example("the same a year before", BUILDING, {"storlek": "liten"}, "2025-03-01", "9220"),
        Example("a share of the whole amount", TRAVEL, {}, "2026-03-01", "2960"),
    )

    def wants(self, options: Options) -> Iterator[Wanted]:
        for factor in options.factors:
            yield from _wants(factor)

    def count(self, options: Options, facts: Facts) -> Counted:
        amount = in_kronor(figures.figure(figures.PRICE_BASE_AMOUNT, facts.on))
        year = str(facts.on.year)
        if options.base == "mpbb":
            total, name = amount * THOUSANDTH, told("mPBB {year}", "mPBB {year}", year=year)
        else:
            total, name = (
                amount,
                told("prisbasbeloppet {year}", "price base amount {year}", year=year),
            )
        steps = [
            told("{name}: {amount}", "{name}: {amount}", name=name, amount=kronor_words(total))
        ]
        for factor in options.factors:
            value = _value(factor, facts)
            total *= value
            steps.append(
                told(
                    "× {words} {value}",
                    "× {words} {value}",
                    words=factor.words,
                    value=number_words(value),
                )
            )
        return settled(total, steps)


def _wants(factor: Factor) -> Iterator[Wanted]:
    if factor.question and factor.table:
        answers = tuple(answer for row in factor.table for answer in row.answers)
        yield Wanted(factor.question, CHOICES, answers)
    elif factor.question:
        yield Wanted(factor.question, NUMBERS)
    for part in factor.plus:
        yield from _wants(part)


def _value(factor: Factor, facts: Facts) -> Decimal:
    if factor.value is not None:
        return factor.value
    if factor.plus:
        return sum((_value(part, facts) for part in factor.plus), Decimal(0))
    name = factor.question or ""
    if not factor.table:
        return facts.number(name)
    answer = facts[name]
    for row in factor.table:
        if not row.answers or answer in row.answers:
            return row.value
    raise Invalid("fee-has-no-row")


RULE = PriceBase()
