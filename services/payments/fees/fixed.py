"""A fixed fee."""

from services.payments.fee_rule import (
    Counted,
    Example,
    Facts,
    FeeRule,
    Prices,
    RulePart,
    in_force,
    in_kronor,
    money_words,
    settled,
    told,
)


class Options(RulePart):
    """The price, row by row in time."""

    prices: Prices


class Fixed(FeeRule):
    """The same for everybody, whatever they answer."""

    key = "fixed"
    model = Options
    examples = (
        Example(
            "a term at the school of music and arts before the rise",
            {"prices": [{"from": "2020-01-01", "to": "2023-12-31", "kronor": 600}, {"from": "2024-01-01", "kronor": 900}]},
            {}, "2023-12-31", "600",
        ),
        Example(
            "and after it",
            {"prices": [{"from": "2020-01-01", "to": "2023-12-31", "kronor": 600}, {"from": "2024-01-01", "kronor": 900}]},
            {}, "2024-01-01", "900",
        ),
        Example("half a krona is rounded up", {"prices": [{"from": "2024-01-01", "kronor": "562.50"}]}, {}, "2024-06-01", "563"),
    )  # fmt: skip

    def count(self, options: Options, facts: Facts) -> Counted:
        price = in_force(options.prices, facts.on).kronor
        step = told("Fast avgift: {price}", "Fixed fee: {price}", price=money_words(price))
        return settled(in_kronor(price), [step])


RULE = Fixed()
