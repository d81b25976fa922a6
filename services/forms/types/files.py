"""Files that are handed in. What is kept of them is a list; the bytes lie with attachments."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.forms.conditions import holds
from services.forms.faults import Fault
from services.forms.question import Condition, Part, Question
from services.forms.question_type import Look, QuestionType, Stored
from services.forms.typed import Typed

ACCEPTED = {
    "image": ".jpg,.jpeg,.png,.heic,.heif,.webp",
    "pdf": ".pdf",
    "document": ".docx,.xlsx,.odt,.ods",
}
MEGABYTE = 1024 * 1024


class Options(Part):
    """How many files, how large, of which kinds, and when they must be there."""

    max_files: int = Field(5, ge=1, le=20)
    max_bytes: int = Field(10 * MEGABYTE, ge=1024, le=10 * MEGABYTE)
    kinds: tuple[Literal["image", "pdf", "document"], ...] = Field(("image", "pdf"), min_length=1)
    required_when: Condition | None = None


class Files(QuestionType):
    """Attachments to an answer: added and removed one by one, outside the form."""

    key = "files"
    template = "files"
    model = Options
    missing = "missing-files"
    fits_in_group = False
    uploads = True

    def parse(self, question: Question, typed: Typed, today: date) -> None:
        return None

    def conditions(self, question: Question) -> tuple[Condition, ...]:
        condition = question.understood(Options).required_when
        return (condition,) if condition else ()

    def is_required(self, question: Question, answers: dict[str, Stored]) -> bool:
        condition = question.understood(Options).required_when
        return question.required or (condition is not None and holds(condition, answers))

    def faults(self, question: Question) -> Iterator[str]:
        yield from super().faults(question)
        if question.required and question.understood(Options).required_when:
            yield "required_when needs `required: false`: otherwise it is required anyway"

    def load(self, stored: Stored) -> list[dict[str, Any]]:
        if not isinstance(stored, list):
            raise TypeError("not a list of files")
        for each in stored:
            if not isinstance(each, dict) or set(each) != {"id", "name", "size"}:
                raise ValueError("not a file")
            UUID(each["id"])
        return [dict(each) for each in stored]

    def display(
        self, question: Question, value: Any, language: str, *, masked: bool = False
    ) -> list[str]:
        return [each["name"] for each in value]

    def look(self, question: Question, language: str) -> Look:
        options = question.understood(Options)
        return Look(
            accept=",".join(ACCEPTED[kind] for kind in options.kinds),
            max_files=options.max_files,
            max_bytes=options.max_bytes,
        )

    def examine(
        self, question: Question, stored: Stored, today: date, answers: dict[str, Stored]
    ) -> Iterator[Fault]:
        try:
            files = self.load(stored or [])
        except (ValueError, TypeError, AttributeError):
            yield Fault("unreadable")
            return
        if not files and self.is_required(question, answers):
            yield Fault(self.missing)
        most = question.understood(Options).max_files
        if len(files) > most:
            yield Fault("files-many", most=most)


KIND = Files()
