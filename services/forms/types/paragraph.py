"""A longer answer in the resident's own words."""

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from services.forms.characters import many_lines
from services.forms.faults import Fault
from services.forms.question import Part, Question
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed


class Options(Part):
    """How long the answer may be, and how many lines are shown."""

    max_length: int = Field(5000, ge=1, le=20_000)
    min_length: int = Field(0, ge=0, le=5000)
    rows: int = Field(6, ge=2, le=30)


class Paragraph(QuestionType):
    """Text over several lines."""

    key = "paragraph"
    template = "paragraph"
    model = Options

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        return many_lines(typed.one()) or None

    def rules(self, question: Question, value: str, today: date) -> Iterator[Fault]:
        options = question.understood(Options)
        if len(value) > options.max_length:
            yield Fault("too-long", most=options.max_length, count=len(value))
        elif len(value) < options.min_length:
            yield Fault("too-short", least=options.min_length)

    def look(self, question: Question, language: str) -> Look:
        options = question.understood(Options)
        return Look(limit=options.max_length, lines=options.rows)


KIND = Paragraph()
