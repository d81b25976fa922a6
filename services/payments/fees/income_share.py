"""A share of the household's income, up to a ceiling: maxtaxa for preschool and after-school care.

Förordning (2001:160): the youngest child pays the most, at most three children pay.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from services.kernel.errors import Invalid
from services.payments import figures
from services.payments.fee_rule import (
    AMOUNTS,
    ROWS,
    Counted,
    Dated,
    Exact,
    Example,
    Facts,
    FeeRule,
    RulePart,
    Wanted,
    Words,
    in_force,
    in_kronor,
    kronor_words,
    number_words,
    one_at_a_time,
    settled,
    told,
)


class Form(RulePart):
    """A form of care: its name, and the per cent of the first, second and further children."""

    words: Words
    percent: tuple[Exact, ...] = Field(min_length=1, max_length=10)


class Reduction(Dated):
    """What a child who is entitled to free hours pays of its fee, as the municipality decides."""

    factor: Exact


class Options(RulePart):
    """Where income and children are asked for, and what each form of care costs.

    Without an income, or with the household's word that it accepts the highest fee, the fee is
    the highest. `free_hours` names the answer of a row that says that the child has them.
    """

    income: str
    children: str
    born: str = "fodd"
    form: str = "form"
    free_hours: str | None = None
    forms: dict[str, Form] = Field(min_length=1)
    reductions: Annotated[tuple[Reduction, ...], AfterValidator(one_at_a_time)] = ()


CARE = {
    "income": "inkomst",
    "children": "barn",
    "free_hours": "allman",
    "forms": {
        "forskola": {"words": {"sv": "förskola", "en": "preschool"}, "percent": [3, 2, 1]},
        "fritids": {"words": {"sv": "fritidshem", "en": "after-school care"}, "percent": [2, 1, 1]},
    },
    "reductions": [{"from": "2016-01-01", "factor": "0.625"}],
}


def _child(form: str, born: str, **more: Any) -> dict[str, Any]:
    return {"form": form, "fodd": born, **more}


TWO = [_child("fritids", "2017-02-01"), _child("forskola", "2022-05-01")]
THREE = [_child("forskola", f"202{year}-05-01") for year in (0, 1, 2)]


class IncomeShare(FeeRule):
    """Each child's per cent of an income that counts no higher than the ceiling of the year."""

    key = "income_share"
    model = Options
    examples = (
        Example("two children, 45 000 a month", CARE, {"inkomst": 4_500_000, "barn": TWO}, "2024-09-01", "1800"),
        Example("over the ceiling", CARE, {"inkomst": 7_000_000, "barn": TWO}, "2024-09-01", "2251"),
        Example("three in preschool", CARE, {"inkomst": 7_000_000, "barn": THREE}, "2024-09-01", "3376"),
        Example("a fourth child pays nothing", CARE, {"inkomst": 7_000_000, "barn": [*THREE, _child("forskola", "2019-01-01")]}, "2024-09-01", "3376"),
        Example("no income told is the highest fee", CARE, {"barn": TWO}, "2024-09-01", "2251"),
        Example("free hours", CARE, {"inkomst": 4_500_000, "barn": [_child("forskola", "2020-05-01", allman=True)]}, "2024-09-01", "844"),
        Example("the ceiling of another year", CARE, {"inkomst": 7_000_000, "barn": [_child("forskola", "2015-01-01")]}, "2016-09-01", "1313"),
    )  # fmt: skip

    def wants(self, options: Options) -> Iterator[Wanted]:
        yield Wanted(options.income, AMOUNTS)
        yield Wanted(options.children, ROWS)

    def count(self, options: Options, facts: Facts) -> Counted:
        ceiling = in_kronor(figures.figure(figures.INCOME_CEILING, facts.on))
        told_income = facts.answers.get(options.income)
        income = ceiling
        if told_income is not None:
            income = min(in_kronor(facts.money(options.income)), ceiling)
        steps = [_of_income(told_income is not None, income, ceiling)]
        total = Decimal(0)
        for number, child in enumerate(_youngest_first(options, facts)):
            form = options.forms.get(str(child.get(options.form)))
            if form is None:
                raise Invalid("fee-has-no-row")
            percent = form.percent[number] if number < len(form.percent) else Decimal(0)
            counted = _of_child(options, facts, child, income * percent / 100)
            total += in_kronor(counted.amount)
            steps.append(
                told(
                    "Barn {number}, {form}: {percent} % = {fee}",
                    "Child {number}, {form}: {percent}% = {fee}",
                    number=str(number + 1), form=form.words, percent=number_words(percent),
                    fee=kronor_words(in_kronor(counted.amount)),
                )
            )  # fmt: skip
        return settled(total, steps)


def _youngest_first(options: Options, facts: Facts) -> list[dict[str, Any]]:
    children = facts[options.children]
    if not isinstance(children, list):
        raise Invalid("fee-needs-answer", question=options.children)
    try:
        return sorted(children, key=lambda c: date.fromisoformat(c[options.born]), reverse=True)
    except (KeyError, TypeError, ValueError) as fault:
        raise Invalid("fee-needs-answer", question=options.children) from fault


def _of_child(options: Options, facts: Facts, child: dict[str, Any], exact: Decimal) -> Counted:
    # Each child's fee is rounded for itself: so do the published highest fees come about.
    if options.free_hours and child.get(options.free_hours) is True and options.reductions:
        exact *= in_force(options.reductions, facts.on).factor
    return settled(exact, [])


def _of_income(is_told: bool, income: Decimal, ceiling: Decimal) -> dict[str, str]:
    values = {"income": kronor_words(income), "ceiling": kronor_words(ceiling)}
    if not is_told:
        return told(
            "Utan inkomstuppgift räknar vi på högsta inkomsten, {ceiling} i månaden",
            "Without an income we count on the highest one, {ceiling} a month",
            **values,
        )
    if income == ceiling:
        return told(
            "Vi räknar på högst {ceiling} i månaden",
            "We count on at most {ceiling} a month",
            **values,
        )
    return told("Vi räknar på {income} i månaden", "We count on {income} a month", **values)


RULE = IncomeShare()
