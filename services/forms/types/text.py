"""A short answer on one line."""

import re
from collections.abc import Iterator
from datetime import date

from pydantic import Field, field_validator

from services.forms.characters import one_line
from services.forms.faults import Fault
from services.forms.question import Part, Question, Words
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed

AUTOCOMPLETE = {"name": "name", "email": "email", "phone": "tel", "address": "street-address"}


class Options(Part):
    """How long the answer may be, and what it must look like."""

    max_length: int = Field(200, ge=1, le=1000)
    min_length: int = Field(0, ge=0, le=1000)
    pattern: str | None = None
    pattern_text: Words | None = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as fault:
            raise ValueError(f"is no regular expression: {fault}") from fault
        return pattern


class Text(QuestionType):
    """A line of text."""

    key = "text"
    template = "text"
    model = Options

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        return one_line(typed.one()) or None

    def rules(self, question: Question, value: str, today: date) -> Iterator[Fault]:
        options = question.understood(Options)
        if len(value) > options.max_length:
            yield Fault("too-long", most=options.max_length, count=len(value))
        elif len(value) < options.min_length:
            yield Fault("too-short", least=options.min_length)
        elif options.pattern and not re.fullmatch(options.pattern, value):
            if options.pattern_text:
                yield Fault("pattern", explanation=options.pattern_text)
            else:
                yield Fault("pattern-plain")

    def look(self, question: Question, language: str) -> Look:
        limit = question.understood(Options).max_length
        autocomplete = AUTOCOMPLETE.get(question.prefill or "")
        return Look(autocomplete=autocomplete, limit=limit, width=limit if limit <= 20 else None)


KIND = Text()
