"""Hours × hourly rate, counted in started half hours."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from services.kernel.errors import Invalid
from services.payments.fee_rule import (
    CHOICES,
    NUMBERS,
    Counted,
    Exact,
    Example,
    Facts,
    FeeRule,
    Prices,
    RulePart,
    Wanted,
    Words,
    in_force,
    in_kronor,
    kronor_words,
    money_words,
    number_words,
    settled,
    told,
)

HALF = Decimal("0.5")


def _some(hours: Decimal) -> Decimal:
    if hours < 0:
        raise ValueError("hours cannot be negative")
    return hours


Hours = Annotated[Exact, AfterValidator(_some)]


class ByAnswer(RulePart):
    """How many hours an answer stands for, and what that is called."""

    match: dict[str, tuple[str | bool, ...]] = Field(default_factory=dict)
    hours: Hours
    words: Words | None = None


class Options(RulePart):
    """The rate in time, and the hours: so many, those of an answer, or by a table of answers."""

    rates: Prices
    hours: Hours | None = None
    question: str | None = None
    table: tuple[ByAnswer, ...] = ()
    least: Hours = Decimal(0)

    @model_validator(mode="after")
    def _one_way(self) -> "Options":
        ways = [self.hours is not None, self.question is not None, bool(self.table)]
        if ways.count(True) != 1:
            raise ValueError("give hours, a question, or a table: one of them")
        return self


RATE = [{"from": "2026-01-01", "kronor": 1264}]


class Hourly(FeeRule):
    """Time that is spent, or time that is set for the kind of matter."""

    key = "hourly"
    model = Options
    examples = (
        Example("three set hours", {"rates": RATE, "hours": 3}, {}, "2026-11-25", "3792"),
        Example("a started half hour", {"rates": RATE, "question": "tid"}, {"tid": "1.1"}, "2026-11-25", "1896"),
        Example("at least an hour", {"rates": RATE, "question": "tid", "least": 1}, {"tid": "0.2"}, "2026-11-25", "1264"),
        Example(
            "by kind",
            {"rates": RATE, "table": [{"match": {"typ": ["ny"]}, "hours": 3}, {"hours": "0.5"}]},
            {"typ": "byte"}, "2026-11-25", "632",
        ),
    )  # fmt: skip

    def wants(self, options: Options) -> Iterator[Wanted]:
        if options.question:
            yield Wanted(options.question, NUMBERS)
        named: dict[str, dict[str | bool, None]] = {}
        for row in options.table:
            for name, answers in row.match.items():
                named.setdefault(name, {}).update(dict.fromkeys(answers))
        for name, several in named.items():
            yield Wanted(name, CHOICES, tuple(several))

    def count(self, options: Options, facts: Facts) -> Counted:
        rate = in_force(options.rates, facts.on).kronor
        hours, steps = self._hours(options, facts)
        counted = max(options.least, (hours / HALF).to_integral_value(ROUND_CEILING) * HALF)
        if counted != hours:
            steps.append(
                told(
                    "{hours} timmar räknas som {counted}, varje påbörjad halvtimme",
                    "{hours} hours count as {counted}, each started half hour",
                    hours=number_words(hours), counted=number_words(counted.normalize() + 0),
                )
            )  # fmt: skip
        total = counted * in_kronor(rate)
        one = counted == 1
        steps.append(
            told(
                "{hours} timme × {rate} = {total}" if one else "{hours} timmar × {rate} = {total}",
                "{hours} hour × {rate} = {total}" if one else "{hours} hours × {rate} = {total}",
                hours=number_words(counted.normalize() + 0),
                rate=money_words(rate),
                total=kronor_words(total),
            )
        )
        return settled(total, steps)

    def _hours(self, options: Options, facts: Facts) -> tuple[Decimal, list[dict[str, str]]]:
        if options.hours is not None:
            return options.hours, []
        if options.question is not None:
            return facts.number(options.question), []
        for row in options.table:
            if all(facts.answers.get(name) in wanted for name, wanted in row.match.items()):
                return row.hours, [dict(row.words)] if row.words else []
        missing = [each.name for each in self.wants(options) if each.name not in facts.answers]
        if missing:
            raise Invalid("fee-needs-answer", question=missing[0])
        raise Invalid("fee-has-no-row")


RULE = Hourly()
