"""A fee by steps of a turnover, a number or days, on top of a fixed part if there is one."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from services.payments.fee_rule import (
    AMOUNTS,
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
    in_force,
    in_kronor,
    kronor_words,
    money_words,
    number_words,
    one_at_a_time,
    settled,
    told,
)


class Tier(RulePart):
    """A step: what it costs up to and including a number; the last one has no end."""

    upto: Exact | None = None
    kronor: Kronor


def _without_gaps(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    ends = [tier.upto for tier in tiers[:-1]]
    if any(end is None for end in ends) or tiers[-1].upto is not None:
        raise ValueError("only the last tier has no upto, and it must have none")
    known = [end for end in ends if end is not None]
    if known != sorted(set(known)):
        raise ValueError("the tiers do not rise")
    return tiers


class Table(Dated):
    """The steps while they are in force, and the fixed part."""

    fixed: Kronor | None = None
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1), AfterValidator(_without_gaps)]


class Options(RulePart):
    """What is measured, in what, and the tables in time. Days go from one answer to another."""

    question: str
    last_day: str | None = None
    measured: Literal["kronor", "number", "days"]
    tables: Annotated[tuple[Table, ...], Field(min_length=1), AfterValidator(one_at_a_time)]

    @model_validator(mode="after")
    def _has_an_end(self) -> "Options":
        if (self.measured == "days") != (self.last_day is not None):
            raise ValueError("last_day is given if, and only if, days are measured")
        return self


SUPERVISION = {
    "question": "omsattning",
    "measured": "kronor",
    "tables": [{
        "from": "2022-01-01", "fixed": 1500,
        "tiers": [
            {"upto": 50000, "kronor": 540}, {"upto": 250000, "kronor": 2610},
            {"upto": 500000, "kronor": 5220}, {"upto": 1000000, "kronor": 10440},
            {"upto": 2000000, "kronor": 11480}, {"upto": 3000000, "kronor": 12530},
            {"upto": 4000000, "kronor": 16710}, {"upto": 5000000, "kronor": 20880},
            {"upto": 6000000, "kronor": 21930}, {"upto": 7000000, "kronor": 25580},
            {"kronor": 29240},
        ],
    }],
}  # fmt: skip
SEATS = {
    "question": "platser",
    "measured": "number",
    "tables": [{"from": "2026-01-01", "tiers": [{"upto": 50, "kronor": 1000}, {"kronor": 2000}]}],
}

OCCASION = {
    "question": "fran",
    "last_day": "till",
    "measured": "days",
    "tables": [{"from": "2026-01-01", "tiers": [{"upto": 3, "kronor": 4116}, {"kronor": 8232}]}],
}
TYPES = {"kronor": AMOUNTS, "number": NUMBERS, "days": DAYS}


class Tiers(FeeRule):
    """By size, in steps."""

    key = "tiers"
    model = Options
    examples = (
        Example("nothing sold", SUPERVISION, {"omsattning": 0}, "2026-11-25", "2040"),
        Example("the end of the first step", SUPERVISION, {"omsattning": 5_000_000}, "2026-11-25", "2040"),
        Example("an öre more", SUPERVISION, {"omsattning": 5_000_001}, "2026-11-25", "4110"),
        Example("over the last step", SUPERVISION, {"omsattning": 700_000_100}, "2026-11-25", "30740"),
        Example("by number", SEATS, {"platser": 51}, "2026-11-25", "2000"),
        Example("three days", OCCASION, {"fran": "2026-12-01", "till": "2026-12-03"}, "2026-11-25", "4116"),
        Example("four days", OCCASION, {"fran": "2026-12-01", "till": "2026-12-04"}, "2026-11-25", "8232"),
    )  # fmt: skip

    def wants(self, options: Options) -> Iterator[Wanted]:
        yield Wanted(options.question, TYPES[options.measured])
        if options.last_day:
            yield Wanted(options.last_day, DAYS)

    def count(self, options: Options, facts: Facts) -> Counted:
        table = in_force(options.tables, facts.on)
        size = _size(options, facts)
        tier, over = _tier(table.tiers, size)
        words = WORDS[options.measured]
        limits = {"over": words(over or Decimal(0)), "upto": words(tier.upto or Decimal(0))}
        if tier.upto is None:
            span = told("över {over}", "over {over}", **limits)
        elif over is None:
            span = told("upp till {upto}", "up to {upto}", **limits)
        else:
            span = told("över {over} till {upto}", "over {over} up to {upto}", **limits)
        steps = [
            told(
                "{size}, {span}: {price}", "{size}, {span}: {price}",
                size=words(size), span=span, price=money_words(tier.kronor),
            )
        ]  # fmt: skip
        total = in_kronor(tier.kronor)
        if table.fixed is not None:
            total += in_kronor(table.fixed)
            steps.insert(0, told("Fast del: {fixed}", "Fixed part: {fixed}", fixed=money_words(table.fixed)))  # fmt: skip
        return settled(total, steps)


def _days_words(number: Decimal) -> dict[str, str]:
    one = number == 1
    return told(
        "{days} dag" if one else "{days} dagar",
        "{days} day" if one else "{days} days",
        days=number_words(number),
    )


WORDS = {"kronor": kronor_words, "number": number_words, "days": _days_words}


def _size(options: Options, facts: Facts) -> Decimal:
    if options.measured == "kronor":
        return in_kronor(facts.money(options.question))
    if options.last_day is None:
        return facts.number(options.question)
    first, last = facts.day(options.question), facts.day(options.last_day)
    return Decimal(max((last - first).days + 1, 0))


def _tier(tiers: tuple[Tier, ...], size: Decimal) -> tuple[Tier, Decimal | None]:
    below: Decimal | None = None
    for tier in tiers:
        if tier.upto is None or size <= tier.upto:
            return tier, below
        below = tier.upto
    return tiers[-1], below


RULE = Tiers()
