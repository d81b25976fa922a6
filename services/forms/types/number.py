"""A number, whole or with decimals, with its unit."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from pydantic import Field

from services.forms.amounts import NO_BREAK, number_from, number_text
from services.forms.faults import Fault
from services.forms.question import Part, Question, Words
from services.forms.question_type import Look, QuestionType, Stored
from services.forms.typed import Typed
from services.kernel.words import say

# A number without a unit may be a year, whose four figures stand together.
YEARS_END = 10_000


class Options(Part):
    """The least and the most, the unit, and how many decimals make sense."""

    min: int | float | None = None
    max: int | float | None = None
    unit: Words | None = None
    decimals: int = Field(0, ge=0, le=6)


class Number(QuestionType):
    """A number that is not money."""

    key = "number"
    template = "text"
    model = Options

    def parse(self, question: Question, typed: Typed, today: date) -> Decimal | None:
        if not typed.one().strip():
            return None
        number = number_from(typed.one(), decimals=question.understood(Options).decimals)
        if number is None:
            raise Fault("number")
        return number.normalize() + 0

    def typed(self, question: Question, value: Decimal) -> Typed:
        return Typed({"": [f"{value:f}".replace(".", ",")]})

    def rules(self, question: Question, value: Decimal, today: date) -> Iterator[Fault]:
        options = question.understood(Options)
        if value != round(value, options.decimals):
            yield (
                Fault("number-decimals", most=options.decimals)
                if options.decimals
                else Fault("number-whole")
            )
        elif options.min is not None and value < Decimal(str(options.min)):
            yield Fault("number-low", least=str(options.min).replace(".", ","))
        elif options.max is not None and value > Decimal(str(options.max)):
            yield Fault("number-high", most=str(options.max).replace(".", ","))

    def store(self, value: Decimal) -> Stored:
        return int(value) if value == value.to_integral_value() else f"{value:f}"

    def load(self, stored: Stored) -> Decimal:
        if isinstance(stored, bool) or not isinstance(stored, int | str):
            raise TypeError("not a number")
        number = number_from(str(stored).replace(".", ","), decimals=6)
        if number is None:
            raise ValueError("not a number")
        return number

    def display(
        self, question: Question, value: Decimal, language: str, *, masked: bool = False
    ) -> str:
        unit = question.understood(Options).unit
        if unit is None and value == value.to_integral_value() and abs(value) < YEARS_END:
            return str(int(value))
        return number_text(value, language) + (NO_BREAK + say(unit, language) if unit else "")

    def look(self, question: Question, language: str) -> Look:
        options = question.understood(Options)
        return Look(
            inputmode="decimal" if options.decimals else "numeric",
            suffix=say(options.unit, language) if options.unit else None,
            width=10,
        )


KIND = Number()
