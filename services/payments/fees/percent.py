"""Per cent of an amount that was answered, or of the lines before it: a discount when below zero."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from services.payments.fee_rule import (
    AMOUNTS,
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


class Share(Dated):
    """The per cent, and the least and the most that it comes to."""

    percent: Exact
    least: Kronor | None = None
    most: Kronor | None = None


class Options(RulePart):
    """Which amount: a question's, or without one the sum of the lines before."""

    question: str | None = None
    shares: Annotated[tuple[Share, ...], Field(min_length=1), AfterValidator(one_at_a_time)]


PENALTY = {"question": "omsattning", "shares": [{"from": "2022-01-01", "percent": "1", "least": 5000, "most": 75000}]}  # fmt: skip
SIBLING = {"shares": [{"from": "2026-01-01", "percent": "-25"}]}


class Percent(FeeRule):
    """A share of something."""

    key = "percent"
    model = Options
    examples = (
        Example("one per cent", PENALTY, {"omsattning": 100_000_000}, "2026-11-25", "10000"),
        Example("not less than the least", PENALTY, {"omsattning": 1_000_000}, "2026-11-25", "5000"),
        Example("not more than the most", PENALTY, {"omsattning": 10_000_000_000}, "2026-11-25", "75000"),
        Example("a discount on the lines before", SIBLING, {}, "2026-11-25", "-225", so_far="900"),
    )  # fmt: skip

    def wants(self, options: Options) -> Iterator[Wanted]:
        if options.question:
            yield Wanted(options.question, AMOUNTS)

    def count(self, options: Options, facts: Facts) -> Counted:
        share = in_force(options.shares, facts.on)
        whole = facts.money(options.question) if options.question else facts.so_far
        exact = in_kronor(whole) * share.percent / 100
        steps = [
            told(
                "{percent} % av {whole} = {part}",
                "{percent}% of {whole} = {part}",
                percent=number_words(share.percent), whole=money_words(whole),
                part=kronor_words(exact),
            )
        ]  # fmt: skip
        if share.least is not None and exact < in_kronor(share.least):
            exact = in_kronor(share.least)
            steps.append(told("Minst {least}", "At least {least}", least=money_words(share.least)))
        if share.most is not None and exact > in_kronor(share.most):
            exact = in_kronor(share.most)
            steps.append(told("Högst {most}", "At most {most}", most=money_words(share.most)))
        return settled(exact, steps)


RULE = Percent()
