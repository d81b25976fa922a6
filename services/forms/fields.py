"""The field of one question on a page: what was typed, what is wrong, what is meant."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms.fields import Field
from wtforms.utils import unset_value

from services.forms.characters import echoed
from services.forms.faults import Fault
from services.forms.question import Question
from services.forms.question_type import Choice, QuestionType, Stored
from services.forms.typed import FormData, Typed, named, typed_from
from services.kernel.words import say


@dataclass(frozen=True)
class Asking:
    """In which language a question is asked, and on which day."""

    language: str
    today: date


@dataclass(frozen=True)
class PartView:
    """One input of a question of several, for the template."""

    part: str
    name: str
    id: str
    label: str
    value: str
    autocomplete: str | None
    inputmode: str | None
    width: int | None
    faulty: bool


@dataclass(frozen=True)
class ChoiceView:
    """One answer to choose from, for the template."""

    value: str
    label: str
    hint: str | None
    checked: bool
    id: str


class AnswerField(Field):  # type: ignore[misc]
    """A WTForms field whose question's type does the thinking.

    `data` is the stored form of the answer, or None; `raw` is what was typed.
    """

    def __init__(
        self, question: Question, kind: QuestionType, asking: Asking, **settings: Any
    ) -> None:
        hint = say(question.hint, asking.language) if question.hint else ""
        super().__init__(say(question.label, asking.language), description=hint, **settings)
        self.question = question
        self.kind = kind
        self.asking = asking
        self.look = kind.look(question, asking.language)
        self.template = self.look.template or kind.template
        self.optional = kind.asks and not question.required
        self.came = Typed()
        self.is_posted = False
        self.was_shown = True
        self.faults: list[Fault] = []
        self.warnings: list[str] = []
        self.data: Stored = None
        self.process_errors: list[str] = []

    def __getattr__(self, name: str) -> Any:
        # Templates say `field.suffix`: what the type tells of its look, the field has.
        if name in ("look", "question", "kind"):
            raise AttributeError(name)
        return getattr(self.look, name)

    @property
    def hint(self) -> str:
        """The help below the label."""
        return str(self.description)

    @property
    def raw(self) -> str:
        """What was typed, kept as it was but for characters that no page may hold."""
        return echoed(self.came.one())

    @property
    def target(self) -> str:
        """The id of the input to go to from the error summary: the faulty one."""
        wrong = {fault.part for fault in self.faults if fault.part}
        return next((view.id for view in self.parts if view.part in wrong), str(self.id))

    @property
    def choices(self) -> list[ChoiceView]:
        """The answers to choose from, with those chosen marked."""
        chosen = self.came.all("kind" if self.parts else "")
        name = named(self.name, "kind") if self.parts else self.name
        return [
            _choice_view(choice, name, self.id, chosen, n)
            for n, choice in enumerate(self.look.choices)
        ]

    @property
    def parts(self) -> list[PartView]:
        """The inputs of a question of several; none for a question of one."""
        wrong = {fault.part for fault in self.faults}
        return [
            PartView(
                part=each.part,
                name=named(self.name, each.part),
                id=self.id if number == 0 else named(self.id, each.part),
                label=say(each.label, self.asking.language) if each.label else "",
                value=echoed(self.came.one(each.part)),
                autocomplete=each.autocomplete,
                inputmode=each.inputmode,
                width=each.width,
                faulty=each.part in wrong or wrong == {""},
            )
            for number, each in enumerate(self.kind.inputs_of(self.question))
            if each.part
        ]

    def process(
        self, formdata: FormData | None, data: Any = unset_value, extra_filters: Any = None
    ) -> None:
        """Take the stored answer, or what was posted in its place."""
        self.take(formdata, None if data is unset_value else data, self.name)

    def take(self, formdata: FormData | None, stored: Stored, source: str) -> None:
        """Take an answer that was posted under another name than the field's own: rows move."""
        self.data = self.object_data = stored
        self.process_errors = []
        self.is_posted = bool(formdata)
        if formdata and not self.kind.uploads and self.kind.asks:
            parts = tuple(each.part for each in self.kind.inputs_of(self.question))
            self.came = typed_from(formdata, source, parts)
            self.was_shown = any(named(source, part) in formdata for part in parts)
            self.judge()
        elif stored is not None and self.kind.asks and not self.kind.uploads:
            self.came = self._typed(stored)

    def _typed(self, stored: Stored) -> Typed:
        try:
            return self.kind.typed(self.question, self.kind.load(stored))
        except (ValueError, TypeError, KeyError, AttributeError):
            return Typed()

    def judge(self) -> None:
        """Understand what was typed; faults are told when the form is validated."""
        reading = self.kind.read(self.question, self.came, self.asking.today, required=False)
        self.faults = list(reading.faults)
        self.warnings = [
            fault.text(self.question, self.asking.language) for fault in reading.warnings
        ]
        good = reading.value is not None and not reading.faults
        self.data = self.kind.store(reading.value) if good else None

    def settle(self, answers: dict[str, Stored]) -> bool:
        """Judge the answer for good, given those before it; whether it holds."""
        if self.kind.uploads or (not self.is_posted and self.kind.asks):
            faults = list(self.kind.examine(self.question, self.data, self.asking.today, answers))
        else:
            required = self.kind.is_required(self.question, answers)
            reading = self.kind.read(self.question, self.came, self.asking.today, required=required)
            faults = list(reading.faults)
        self.faults = faults
        self.errors = [fault.text(self.question, self.asking.language) for fault in faults]
        return not faults

    def typed_texts(self) -> dict[str, list[str]]:
        """What was typed, by the names of the inputs, to be kept with a draft."""
        return {
            named(self.name, part): list(texts) for part, texts in self.came.texts.items() if texts
        }


def _choice_view(
    choice: Choice, name: str, field_id: str, chosen: list[str], number: int
) -> ChoiceView:
    # The first answer carries the field's own id, so that the error summary leads to it.
    own = field_id if number == 0 else f"{field_id}-{choice.value}"
    return ChoiceView(choice.value, choice.label, choice.hint, choice.value in chosen, own)
