"""A repeatable group: the same few questions once per row."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import Field, model_validator

from services.forms.conditions import holds
from services.forms.faults import Fault
from services.forms.kinds import kind_of, kinds
from services.forms.question import Part, Question, Words
from services.forms.question_type import Look, QuestionType, Shown, Stored
from services.forms.rows import RowsField
from services.forms.typed import Typed, named
from services.kernel.words import say

Row = dict[str, Any]


class Options(Part):
    """What each row asks, how many rows there may be, and what the button says."""

    questions: tuple[Question, ...] = Field(min_length=1, max_length=12)
    min: int = Field(0, ge=0, le=50)
    max: int = Field(20, ge=1, le=50)
    add_label: Words

    @model_validator(mode="after")
    def _least_below_most(self) -> "Options":
        if self.min > self.max:
            raise ValueError("min is more than max")
        return self


class Group(QuestionType):
    """Rows of answers, such as the persons of a board."""

    key = "group"
    template = "group"
    model = Options
    missing = "missing-rows"
    fits_in_group = False
    field_class = RowsField

    def parse(self, question: Question, typed: Typed, today: date) -> None:
        return None

    def parts(self, question: Question) -> tuple[Question, ...]:
        return question.understood(Options).questions

    def bounds(self, question: Question) -> tuple[int, int]:
        options = question.understood(Options)
        return max(options.min, int(question.required)), options.max

    def faults(self, question: Question) -> Iterator[str]:
        yield from super().faults(question)
        for part in self.parts(question):
            kind = kinds().get(part.type)
            if kind and not kind.fits_in_group:
                yield f"a question of type {part.type} cannot be inside a group"
            if part.personal and not question.personal:
                yield f"{part.key} is personal, so the group needs `personal: true` as well"
            if part.attribute or part.prefill:
                yield f"{part.key} is inside a group: it can be no attribute and is never prefilled"

    def load(self, stored: Stored) -> list[Row]:
        if not isinstance(stored, list) or not all(isinstance(row, dict) for row in stored):
            raise TypeError("not a list of rows")
        return [dict(row) for row in stored]

    def display(
        self, question: Question, value: list[Row], language: str, *, masked: bool = False
    ) -> Shown:
        return [self._shown(question, row, language, masked) for row in value]

    def _shown(
        self, question: Question, row: Row, language: str, masked: bool
    ) -> list[tuple[str, str]]:
        shown = []
        for part in self.parts(question):
            if (stored := row.get(part.key)) is None:
                continue
            kind = kind_of(part)
            text = kind.display(part, kind.load(stored), language, masked=masked)
            shown.append(
                (
                    say(part.label, language),
                    text if isinstance(text, str) else ", ".join(map(str, text)),
                )
            )
        return shown

    def look(self, question: Question, language: str) -> Look:
        return Look(add_label=say(question.understood(Options).add_label, language))

    def examine(
        self, question: Question, stored: Stored, today: date, answers: dict[str, Stored]
    ) -> Iterator[Fault]:
        try:
            rows = self.load(stored or [])
        except (ValueError, TypeError):
            yield Fault("unreadable")
            return
        yield from self.counted(question, len(rows))
        for number, row in enumerate(rows):
            yield from self._examine_row(question, number, row, today, answers)

    def counted(self, question: Question, count: int) -> Iterator[Fault]:
        """What is wrong with a number of rows."""
        least, most = self.bounds(question)
        if count < least:
            yield Fault(self.missing) if least == 1 else Fault("rows-few", least=least)
        if count > most:
            yield Fault("rows-many", most=most)

    def _examine_row(
        self, question: Question, number: int, row: Row, today: date, answers: dict[str, Stored]
    ) -> Iterator[Fault]:
        known = {part.key for part in self.parts(question)}
        if not set(row) <= known:
            yield Fault("unreadable", part=str(number))
        for part in self.parts(question):
            if not holds(part.when, {**answers, **row}):
                continue
            for fault in kind_of(part).examine(part, row.get(part.key), today, {**answers, **row}):
                where = named(f"{number}-{part.key}", fault.part)
                yield Fault(fault.code, where, part, **fault.values)


KIND = Group()
