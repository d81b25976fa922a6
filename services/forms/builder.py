"""From a page of a document to a WTForms class that asks its questions."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from wtforms.form import BaseForm

from services.forms.conditions import holds
from services.forms.definition import Page, ServiceDocument
from services.forms.fields import AnswerField, Asking
from services.forms.kinds import kind_of
from services.forms.question import Question
from services.forms.question_type import Stored
from services.forms.rows import ADD, REMOVE, RowsField
from services.forms.typed import FormData
from services.forms.visibility import kept, warnings_at
from services.forms.wording import sentence
from services.kernel.calendar import local_day
from services.kernel.words import say

SHOWN = "_shown"


class PageForm(BaseForm):  # type: ignore[misc]
    """The questions of one page. Iterating gives the fields that are visible now.

    A question whose condition looks at an answer on the same page comes and goes with that
    answer; when it has just come, the page is shown again before it is accepted.
    """

    document: ClassVar[ServiceDocument]
    page: ClassVar[Page]
    asking: ClassVar[Asking]
    before: ClassVar[dict[str, Stored]]
    earlier: ClassVar[dict[str, Stored]]

    def __init__(
        self, formdata: FormData | None = None, *, data: Mapping[str, Stored] | None = None
    ) -> None:
        super().__init__(
            {question.key: _field(question, self.asking) for question in self.page.questions}
        )
        self.formdata = formdata or None
        self.newly_asked: list[AnswerField] = []
        for key, field in self._fields.items():
            field.process(self.formdata, (data or self.before).get(key))
        answers = self.answers
        for field in self._fields.values():
            required = field.kind.is_required(field.question, answers)
            field.optional = field.kind.asks and not required

    def __iter__(self) -> Iterator[AnswerField]:
        """The fields that are visible with what has been answered so far."""
        return iter(self.visible())

    def visible(self) -> list[AnswerField]:
        """The fields whose conditions hold, given the earlier pages and the fields before them."""
        fields, answers = [], dict(self.earlier)
        for field in self._fields.values():
            if holds(field.question.when, answers):
                fields.append(field)
                if field.data is not None:
                    answers[field.question.key] = field.data
        return fields

    @property
    def answers(self) -> dict[str, Stored]:
        """Earlier answers together with those of the visible fields."""
        return {**self.earlier, **{field.question.key: field.data for field in self.visible()}}

    def change_rows(self, formdata: FormData) -> None:
        """Add or remove the rows that the person asked for; the page is then shown again."""
        for field in self._fields.values():
            if isinstance(field, RowsField):
                field.change(formdata)

    @property
    def shown_name(self) -> str:
        """The name of the hidden inputs that tell which questions the browser showed."""
        return SHOWN

    @property
    def shown_keys(self) -> list[str]:
        """The values of those inputs: the visible questions."""
        return [field.question.key for field in self.visible()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every visible answer holds; errors are then at the fields.

        A question that an answer has just brought forth is in `newly_asked`, without an error.
        """
        self.newly_asked = []
        good = True
        answers = dict(self.earlier)
        for field in self.visible():
            held = field.settle(answers)
            if self._is_new(field):
                # Nobody has done anything wrong: the question was not there to be answered.
                field.faults, field.errors = [], []
                self.newly_asked.append(field)
                held = False
            if field.data is not None:
                answers[field.question.key] = field.data
            good = good and held
        return good

    def _is_new(self, field: AnswerField) -> bool:
        if (
            not self.formdata
            or not field.kind.asks
            or field.question.when is None
            or field.was_shown
        ):
            return False
        shown = self.formdata.getlist(SHOWN)
        if field.question.key in shown:
            return False
        return bool(shown) or field.question.required

    @property
    def new_questions(self) -> list[tuple[str, str]]:
        """What is asked in addition, as (id of its input, words)."""
        language = self.asking.language
        return [
            (each.target, sentence("new-question", language, label=each.label.text))
            for each in self.newly_asked
        ]

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by question."""
        return {field.name: list(field.errors) for field in self.faulty()}

    def faulty(self) -> list[AnswerField]:
        """The fields with something wrong, rows included, in order: for the error summary."""
        found = []
        for field in self.visible():
            if field.errors:
                found.append(field)
            if isinstance(field, RowsField):
                found.extend(field.faulty_fields)
        return found

    @property
    def notices(self) -> list[tuple[AnswerField, str]]:
        """What to point out although it stops nobody: doubtful days, warnings of the document."""
        language = self.asking.language
        fields = {field.question.key: field for field in self.visible()}
        doubts = [(field, text) for field in fields.values() for text in field.warnings]
        told = warnings_at(self.document, self.answers)
        return doubts + [(fields[w.at], say(w.text, language)) for w in told if w.at in fields]

    def typed(self) -> dict[str, list[str]]:
        """All that was typed, rows renumbered, for keeping with a draft; read again as Posted."""
        texts: dict[str, list[str]] = {SHOWN: self.shown_keys}
        for field in self._fields.values():
            texts.update(field.typed_texts())
        return texts


def changes_rows(formdata: FormData) -> bool:
    """Whether the person pressed a button that adds or removes a row, and not the one that goes on."""
    return ADD in formdata or REMOVE in formdata


def _field(question: Question, asking: Asking) -> Any:
    kind = kind_of(question)
    field_class = kind.field_class or AnswerField
    return field_class(question, kind, asking)


def form_class(
    document: ServiceDocument,
    page: Page,
    language: str,
    answers: Mapping[str, Stored],
    *,
    today: date | None = None,
) -> type[PageForm]:
    """The form of a page, filled in with the answers so far. `today` is the day in Sweden."""
    asking = Asking(language, today or local_day(datetime.now(UTC)))
    earlier = kept(document, answers, until=page.key)
    members = {
        "document": document,
        "page": page,
        "asking": asking,
        "before": dict(answers),
        "earlier": earlier,
    }
    return type("PageForm", (PageForm,), members)
