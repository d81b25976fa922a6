"""The field of a repeatable group: rows that can be added and removed without JavaScript."""

import re
from dataclasses import dataclass
from typing import Any

from services.forms.conditions import holds
from services.forms.fields import AnswerField
from services.forms.kinds import kind_of
from services.forms.question import Question
from services.forms.question_type import Stored
from services.forms.typed import FormData, named

Row = dict[str, Any]
ADD, REMOVE = "add", "remove_row"
MOST_ROWS = 60


@dataclass
class RowView:
    """One row for the template: its fields, and the value of its remove button."""

    number: int
    remove_value: str
    fields: list[AnswerField]

    @property
    def row(self) -> Row:
        """The answers of the row, by question."""
        return {field.question.key: field.data for field in self.fields}

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been typed into the row."""
        return all(field.came.is_blank for field in self.fields)


class RowsField(AnswerField):
    """Rows named `<key>-<n>-<question>`; the buttons are `add` and `remove_row`."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.entries: list[RowView] = []

    def take(self, formdata: FormData | None, stored: Stored, source: str) -> None:
        """Take the stored rows or the posted ones, numbered anew."""
        self.data = self.object_data = stored
        self.process_errors = []
        self.is_posted = bool(formdata)
        numbers = _numbers(formdata, source) if formdata else []
        self.was_shown = bool(numbers) or not formdata
        if formdata:
            self.entries = [
                self._row(new, formdata, None, f"{source}-{old}") for new, old in enumerate(numbers)
            ]
        else:
            rows = stored if isinstance(stored, list) else []
            kept = [row for row in rows if isinstance(row, dict)][:MOST_ROWS]
            self.entries = [self._row(number, None, row, "") for number, row in enumerate(kept)]
        self._fill_up()
        if formdata:
            self._understand()

    def change(self, formdata: FormData) -> None:
        """Add the row or remove the rows that the pressed buttons name."""
        numbers = _numbers(formdata, self.name)
        gone = {text for text in formdata.getlist(REMOVE) if isinstance(text, str)}
        left = [old for old in numbers if named(self.name, str(old)) not in gone]
        self.entries = [
            self._row(new, formdata, None, f"{self.name}-{old}") for new, old in enumerate(left)
        ]
        _, most = self.kind.bounds(self.question)
        if self.name in formdata.getlist(ADD) and len(self.entries) < most:
            self.entries.append(self._row(len(self.entries), None, {}, ""))
        self._fill_up()
        self._understand()

    def _fill_up(self) -> None:
        least, _ = self.kind.bounds(self.question)
        while len(self.entries) < max(least, 1):
            self.entries.append(self._row(len(self.entries), None, {}, ""))

    def _row(
        self, number: int, formdata: FormData | None, stored: Row | None, source: str
    ) -> RowView:
        fields = []
        for part in self.kind.parts(self.question):
            name = f"{self.name}-{number}-{part.key}"
            field = self._field(part, name)
            field.take(formdata, (stored or {}).get(part.key), f"{source}-{part.key}")
            fields.append(field)
        return RowView(number, named(self.name, str(number)), fields)

    def _field(self, part: Question, name: str) -> AnswerField:
        unbound = AnswerField(part, kind_of(part), self.asking)
        field: AnswerField = unbound.bind(form=None, name=name, _meta=self.meta)
        return field

    def _understand(self) -> None:
        rows = [self._kept(entry, {}) for entry in self.entries if not entry.is_blank]
        self.data = rows or None

    def _kept(self, entry: RowView, answers: dict[str, Stored]) -> Row:
        kept: Row = {}
        for field in entry.fields:
            if field.kind.asks and holds(field.question.when, {**answers, **kept}):
                kept[field.question.key] = field.data
        return {key: value for key, value in kept.items() if value is not None}

    def settle(self, answers: dict[str, Stored]) -> bool:
        """Judge every row; blank rows beyond the least number are let fall."""
        least, _ = self.kind.bounds(self.question)
        written = [entry for entry in self.entries if not entry.is_blank]
        judged = written if len(written) >= least else self.entries[:least] or self.entries
        good = [self._settle_row(entry, answers) for entry in judged if written or least]
        self.data = [self._kept(entry, answers) for entry in written] or None
        self.faults = list(self.kind.counted(self.question, len(written)))
        self.errors = [fault.text(self.question, self.asking.language) for fault in self.faults]
        if len(written) < least and not all(good):
            # The blank rows say for themselves what is missing in them.
            self.faults, self.errors = [], []
        return all(good) and not self.faults

    def _settle_row(self, entry: RowView, answers: dict[str, Stored]) -> bool:
        good = True
        scope = {**answers, **self._kept(entry, answers)}
        for field in entry.fields:
            if holds(field.question.when, scope):
                good = field.settle(scope) and good
        return good

    @property
    def faulty_fields(self) -> list[AnswerField]:
        """The fields of all rows that have something wrong, for the error summary."""
        return [field for entry in self.entries for field in entry.fields if field.errors]

    @property
    def cell_errors(self) -> list[tuple[str, str]]:
        """What is wrong inside the rows, each with the id of the input that it is about."""
        return [(field.target, text) for field in self.faulty_fields for text in field.errors]

    def typed_texts(self) -> dict[str, list[str]]:
        """What was typed in all rows, with their new numbers."""
        texts: dict[str, list[str]] = {}
        for entry in self.entries:
            for field in entry.fields:
                texts.update(field.typed_texts())
                if not field.came.texts:
                    texts[field.name] = [""]
        return texts


def _numbers(formdata: FormData, source: str) -> list[int]:
    pattern = re.compile(rf"{re.escape(source)}-([0-9]{{1,3}})-[a-z]")
    matches = (pattern.match(name) for name in formdata if isinstance(name, str))
    return sorted({int(match[1]) for match in matches if match})[:MOST_ROWS]
