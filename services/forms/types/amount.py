"""An amount of money, written in kronor and kept in öre."""

from collections.abc import Iterator
from datetime import date

from services.forms.amounts import kronor_text, ore_from
from services.forms.faults import Fault
from services.forms.question import Part, Question
from services.forms.question_type import Look, QuestionType, Stored
from services.forms.typed import Typed


class Options(Part):
    """The least and the most, in öre."""

    min: int = 0
    max: int = 100_000_000_000


class Amount(QuestionType):
    """Money."""

    key = "amount"
    template = "text"
    model = Options

    def parse(self, question: Question, typed: Typed, today: date) -> int | None:
        if not typed.one().strip():
            return None
        ore = ore_from(typed.one())
        if ore is None:
            raise Fault("amount")
        return ore

    def typed(self, question: Question, value: int) -> Typed:
        sign, ore = "-" if value < 0 else "", abs(value)
        fraction = f",{ore % 100:02}" if ore % 100 else ""
        return Typed({"": [f"{sign}{ore // 100}{fraction}"]})

    def rules(self, question: Question, value: int, today: date) -> Iterator[Fault]:
        options = question.understood(Options)
        if value < options.min:
            yield Fault("number-low", least=kronor_text(options.min, "sv"))
        elif value > options.max:
            yield Fault("number-high", most=kronor_text(options.max, "sv"))

    def load(self, stored: Stored) -> int:
        if isinstance(stored, bool) or not isinstance(stored, int):
            raise TypeError("not an amount")
        return stored

    def display(
        self, question: Question, value: int, language: str, *, masked: bool = False
    ) -> str:
        return kronor_text(value, language)

    def look(self, question: Question, language: str) -> Look:
        return Look(inputmode="decimal", suffix="kr", width=10)


KIND = Amount()
