"""What every question type is: how it reads, judges, keeps, shows and exports an answer."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from wtforms.fields import Field

from services.forms.faults import Fault
from services.forms.question import Condition, Part, Question, Words
from services.forms.typed import Typed

Stored = Any
Shown = str | list[str] | list[list[tuple[str, str]]]


class NoOptions(Part):
    """The options of a type that has none."""


@dataclass(frozen=True)
class Input:
    """One input of a question: the whole of it, or a part with words of its own."""

    part: str = ""
    label: Words | None = None
    autocomplete: str | None = None
    inputmode: str | None = None
    width: int | None = None


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from."""

    value: str
    label: str
    hint: str | None = None


@dataclass(frozen=True)
class Look:
    """What a template needs to know about a field besides its words and its value."""

    template: str | None = None
    autocomplete: str | None = None
    inputmode: str | None = None
    suffix: str | None = None
    limit: int | None = None
    lines: int | None = None
    width: int | None = None
    spellcheck: bool | None = None
    text: str | None = None
    choices: tuple[Choice, ...] = ()
    accept: str | None = None
    max_files: int | None = None
    max_bytes: int | None = None
    add_label: str | None = None
    near: bool = False
    tone: str | None = None


@dataclass(frozen=True)
class Reading:
    """An answer as understood, with what forbids it and what merely deserves a warning."""

    value: Any
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


class QuestionType(ABC):
    """One type of question: all its faces in one class, one instance for all questions."""

    key: ClassVar[str]
    template: ClassVar[str]
    model: ClassVar[type[Part]] = NoOptions
    inputs: ClassVar[tuple[Input, ...]] = (Input(),)
    missing: ClassVar[str] = "missing"
    asks: ClassVar[bool] = True
    fits_in_group: ClassVar[bool] = True
    uploads: ClassVar[bool] = False
    field_class: ClassVar[type[Field] | None] = None

    @abstractmethod
    def parse(self, question: Question, typed: Typed, today: date) -> Any:
        """The value that was meant, or None for a blank answer. Raises Fault when unreadable."""

    def inputs_of(self, question: Question) -> tuple[Input, ...]:
        """The inputs that a question shows: all of the type's, unless its options say otherwise."""
        return self.inputs

    def typed(self, question: Question, value: Any) -> Typed:
        """The texts that would be typed to give a value: parsing them gives it again."""
        return Typed({"": [str(value)]})

    def rules(self, question: Question, value: Any, today: date) -> Iterator[Fault]:
        """What a readable value breaks."""
        return iter(())

    def doubts(self, question: Question, value: Any, today: date) -> Iterator[Fault]:
        """What deserves a warning although the value is accepted."""
        return iter(())

    def store(self, value: Any) -> Stored:
        """A value as JSON-safe data."""
        return value

    def load(self, stored: Stored) -> Any:
        """The value that was stored. Raises ValueError or TypeError when it cannot have been."""
        if not isinstance(stored, str):
            raise TypeError("not a text")
        return stored

    def display(
        self, question: Question, value: Any, language: str, *, masked: bool = False
    ) -> Shown:
        """A value in plain words. Masked leaves out what only officials need to see."""
        return str(value)

    def export(self, value: Any) -> Stored:
        """A value for other systems: what is stored, unless a type says otherwise."""
        return self.store(value)

    def look(self, question: Question, language: str) -> Look:
        """What the template needs to know."""
        return Look()

    def possible(self, question: Question) -> frozenset[Any] | None:
        """All answers there are, stored; None where they cannot be counted."""
        return None

    def is_personal(self, question: Question) -> bool:
        """Whether answers are personal data whatever the document says."""
        return False

    def parts(self, question: Question) -> tuple[Question, ...]:
        """The questions inside the question."""
        return ()

    def bounds(self, question: Question) -> tuple[int, int]:
        """The least and the greatest number of answers to a question that may be repeated."""
        return int(question.required), 1

    def counted(self, question: Question, count: int) -> Iterator[Fault]:
        """What is wrong with a number of answers."""
        return iter(())

    def conditions(self, question: Question) -> tuple[Condition, ...]:
        """The conditions among the options."""
        return ()

    def faults(self, question: Question) -> Iterator[str]:
        """What is wrong with a question of this type in a document. May raise ValidationError."""
        question.understood(self.model)
        if self.is_personal(question) and not question.personal:
            yield f"{self.key} is personal data: it needs `personal: true`"
        if question.attribute and not self.asks:
            yield f"{self.key} has no answer that could be an attribute"

    def is_required(self, question: Question, answers: dict[str, Stored]) -> bool:
        """Whether a blank answer is a fault, given the answers before it."""
        return question.required and self.asks

    def read(self, question: Question, typed: Typed, today: date, *, required: bool) -> Reading:
        """Understand and judge what was typed. Never raises, whatever it is."""
        try:
            value = self.parse(question, typed, today)
        except Fault as fault:
            return Reading(None, (fault,))
        if value is None:
            return Reading(None, (Fault(self.missing),) if required else ())
        faults = tuple(self.rules(question, value, today))
        return Reading(value, faults, tuple(self.doubts(question, value, today)))

    def examine(
        self, question: Question, stored: Stored, today: date, answers: dict[str, Stored]
    ) -> Iterator[Fault]:
        """Judge a stored answer again, as if it had just been typed."""
        required = self.is_required(question, answers)
        try:
            typed = Typed() if stored is None else self.typed(question, self.load(stored))
        except (ValueError, TypeError, KeyError, AttributeError):
            yield Fault("unreadable")
            return
        yield from self.read(question, typed, today, required=required).faults
