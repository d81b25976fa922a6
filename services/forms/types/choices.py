"""Any number of answers out of several."""

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from services.forms.faults import Fault
from services.forms.question import Question
from services.forms.question_type import Look, QuestionType, Stored
from services.forms.typed import Typed
from services.forms.types import choice


class Options(choice.Options):
    """The answers, and how many of them at least and at most."""

    min: int = Field(0, ge=0)
    max: int | None = Field(None, ge=1)


class ManyChoices(QuestionType):
    """A choice of several."""

    key = "choices"
    template = "checks"
    model = Options
    missing = "missing-choices"

    def parse(self, question: Question, typed: Typed, today: date) -> list[str] | None:
        chosen = typed.all()
        known = [answer.value for answer in question.understood(Options).choices]
        if not set(chosen) <= set(known):
            raise Fault("choice")
        return [value for value in known if value in chosen] or None

    def typed(self, question: Question, value: list[str]) -> Typed:
        return Typed({"": list(value)})

    def rules(self, question: Question, value: list[str], today: date) -> Iterator[Fault]:
        options = question.understood(Options)
        if len(value) < options.min:
            yield Fault("choices-few", least=options.min)
        elif options.max is not None and len(value) > options.max:
            yield Fault("choices-many", most=options.max)

    def load(self, stored: Stored) -> list[str]:
        if not isinstance(stored, list) or not all(isinstance(value, str) for value in stored):
            raise TypeError("not a list of choices")
        return list(stored)

    def possible(self, question: Question) -> frozenset[str]:
        return frozenset(answer.value for answer in question.understood(Options).choices)

    def display(
        self, question: Question, value: list[str], language: str, *, masked: bool = False
    ) -> list[str]:
        options = question.understood(Options)
        return [options.label(each, language) for each in value]

    def look(self, question: Question, language: str) -> Look:
        return Look(choices=question.understood(Options).shown(language))


KIND = ManyChoices()
