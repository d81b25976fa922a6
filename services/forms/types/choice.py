"""One answer out of several."""

from collections.abc import Iterator
from datetime import date

from pydantic import Field, model_validator

from services.forms.faults import Fault
from services.forms.question import Part, Question, Words
from services.forms.question_type import Choice, Look, QuestionType
from services.forms.typed import Typed
from services.kernel.words import say

SHOWN_OPEN = 15


class Answer(Part):
    """One of the answers to choose from."""

    value: str = Field(pattern=r"^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$", max_length=60)
    label: Words
    hint: Words | None = None


class Options(Part):
    """The answers in the order in which they are shown."""

    choices: tuple[Answer, ...] = Field(min_length=2, max_length=300)

    @model_validator(mode="after")
    def _are_different(self) -> "Options":
        if len({answer.value for answer in self.choices}) < len(self.choices):
            raise ValueError("two choices have the same value")
        return self

    def label(self, value: str, language: str) -> str:
        """The words of a choice; the bare value where it is no longer among them."""
        words = next((answer.label for answer in self.choices if answer.value == value), value)
        return say(words, language)

    def shown(self, language: str) -> tuple[Choice, ...]:
        """The choices for a template."""
        return tuple(
            Choice(
                answer.value,
                say(answer.label, language),
                say(answer.hint, language) if answer.hint else None,
            )
            for answer in self.choices
        )


class OneChoice(QuestionType):
    """A choice of one; a long list is shown as a menu."""

    key = "choice"
    template = "radios"
    model = Options
    missing = "missing-choice"

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        return typed.one() or None

    def rules(self, question: Question, value: str, today: date) -> Iterator[Fault]:
        if value not in {answer.value for answer in question.understood(Options).choices}:
            yield Fault("choice")

    def possible(self, question: Question) -> frozenset[str]:
        return frozenset(answer.value for answer in question.understood(Options).choices)

    def display(
        self, question: Question, value: str, language: str, *, masked: bool = False
    ) -> str:
        return question.understood(Options).label(value, language)

    def look(self, question: Question, language: str) -> Look:
        choices = question.understood(Options).shown(language)
        return Look(choices=choices, template="select" if len(choices) > SHOWN_OPEN else None)


KIND = OneChoice()
