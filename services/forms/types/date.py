"""A day, asked for as day, month and year."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from services.forms.characters import one_line
from services.forms.days import BOUND, bound, day_text, figure, month
from services.forms.faults import Fault
from services.forms.question import Part, Question
from services.forms.question_type import Input, QuestionType, Stored
from services.forms.typed import Typed

YEARS = range(1850, 2200)


class Options(Part):
    """The first and the last day, and whether others are refused or merely pointed out."""

    min: str | None = Field(None, pattern=BOUND)
    max: str | None = Field(None, pattern=BOUND)
    severity: Literal["block", "warn"] = "block"

    @field_validator("min", "max")
    @classmethod
    def _is_a_day(cls, text: str | None) -> str | None:
        if text and not text.startswith("today"):
            date.fromisoformat(text)
        return text


class Date(QuestionType):
    """A day of the calendar."""

    key = "date"
    template = "date"
    model = Options
    missing = "missing-date"
    inputs = (
        Input("day", {"sv": "Dag", "en": "Day"}, inputmode="numeric", width=2),
        Input("month", {"sv": "Månad", "en": "Month"}, inputmode="numeric", width=2),
        Input("year", {"sv": "År", "en": "Year"}, inputmode="numeric", width=4),
    )

    def parse(self, question: Question, typed: Typed, today: date) -> date | None:
        if typed.is_blank:
            return None
        texts = {each.part: one_line(typed.one(each.part)) for each in self.inputs}
        for part, text in texts.items():
            if not text:
                raise Fault(f"date-part-{part}", part=part)
        number = {
            "day": figure(texts["day"]),
            "month": month(texts["month"]),
            "year": figure(texts["year"]),
        }
        day, in_month, year = number["day"], number["month"], number["year"]
        if day is None or not 1 <= day <= 31:
            raise Fault("date-day", part="day")
        if in_month is None:
            raise Fault("date-month", part="month")
        if year is None or year not in YEARS:
            raise Fault("date-year", part="year")
        try:
            return date(year, in_month, day)
        except ValueError as fault:
            raise Fault("date-unreal", part="day") from fault

    def typed(self, question: Question, value: date) -> Typed:
        return Typed(
            {"day": [str(value.day)], "month": [str(value.month)], "year": [str(value.year)]}
        )

    def rules(self, question: Question, value: date, today: date) -> Iterator[Fault]:
        if question.understood(Options).severity == "block":
            yield from self._outside(question, value, today, "")

    def doubts(self, question: Question, value: date, today: date) -> Iterator[Fault]:
        if question.understood(Options).severity == "warn":
            yield from self._outside(question, value, today, "-doubt")

    def _outside(self, question: Question, value: date, today: date, tail: str) -> Iterator[Fault]:
        options = question.understood(Options)
        if options.min and value < (least := bound(options.min, today)):
            yield Fault(f"date-early{tail}", part="day", least=_words(least))
        if options.max and value > (most := bound(options.max, today)):
            yield Fault(f"date-late{tail}", part="day", most=_words(most))

    def store(self, value: date) -> Stored:
        return value.isoformat()

    def load(self, stored: Stored) -> date:
        return date.fromisoformat(stored)

    def display(
        self, question: Question, value: date, language: str, *, masked: bool = False
    ) -> str:
        return day_text(value, language)


def _words(day: date) -> dict[str, str]:
    return {language: day_text(day, language) for language in ("sv", "en")}


KIND = Date()
