"""Fields for forms written by hand. Each names the template that shows it, as questions do.

Labels and hints are functions, so that they are said in the language of the request.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.fields import Field
from wtforms.utils import unset_value
from wtforms.validators import StopValidation, ValidationError

from app import interrupted
from services.forms.characters import echoed

Words = Callable[[], str]
Choices = Callable[[], Iterable[tuple[str, str]]]
LONGEST_LINE = 300
LONGEST_TEXT = 10_000
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Choice:
    """One answer to choose from, as the templates want it."""

    value: str
    label: str
    checked: bool
    id: str
    hint: str | None = None


@dataclass(frozen=True)
class Part:
    """One input of a field of several, as the templates want it."""

    part: str
    name: str
    id: str
    label: str
    value: str
    faulty: bool
    width: int
    inputmode: str = "numeric"
    autocomplete: str | None = None


class OurField(Field):  # type: ignore[misc]
    """What all our fields share: a template, words in the right language, and what was typed."""

    template = "text"
    autocomplete: str | None = None
    inputmode: str | None = None
    suffix: str | None = None
    limit: int | None = None
    lines: int | None = None
    width: int | None = None
    spellcheck: bool | None = None
    text: str | None = None
    parts: tuple[Part, ...] | list[Part] = ()
    choices: tuple[Choice, ...] | list[Choice] = ()

    def __init__(
        self,
        label: Words,
        *,
        hint: Words | None = None,
        optional: bool = False,
        missing: Words | None = None,
        **look: Any,
    ) -> None:
        bound = {
            name: look.pop(name)
            for name in ("name", "_form", "_prefix", "_translations", "_meta")
            if name in look
        }
        validators = [self._present, *look.pop("validators", [])]
        super().__init__(label(), validators, default=look.pop("default", None), **bound)
        self.hint = hint() if hint else ""
        self.optional = optional
        self._missing = missing
        for name, value in look.items():
            setattr(self, name, value)

    @property
    def raw(self) -> str:
        """What was typed, or what the field was given to begin with."""
        if self.raw_data:
            return echoed(str(self.raw_data[0]))
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was typed, without spaces around it."""
        self.data = str(valuelist[0]).replace("\r\n", "\n").strip() if valuelist else None

    def _present(self, _form: Any, _field: Any) -> None:
        if self.is_blank:
            self.errors = []
            raise StopValidation(None if self.optional else self.missing)
        if isinstance(self.data, str) and len(self.data) > self.longest:
            raise StopValidation(
                _(
                    "Shorten “%(label)s” to at most %(most)s characters.",
                    label=self.label.text,
                    most=self.longest,
                )
            )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was answered."""
        return not self.data

    @property
    def longest(self) -> int:
        """The most characters that a text may have."""
        return self.limit or LONGEST_LINE

    @property
    def missing(self) -> str:
        """What to say when an answer is missing."""
        return (
            self._missing() if self._missing else _("Fill in “%(label)s”.", label=self.label.text)
        )


class TextField(OurField):
    """A line of text."""


class HiddenField(OurField):
    """A value that the page carries along."""

    template = "hidden"


class MailField(OurField):
    """An e-mail address."""

    autocomplete = "email"
    inputmode = "email"
    spellcheck = False

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError when mail cannot be addressed like this."""
        if self.is_blank:
            return
        try:
            validate_email(self.data, check_deliverability=False)
        except EmailNotValidError as fault:
            raise ValidationError(_("Write the e-mail address like name@example.se.")) from fault


class TelephoneField(OurField):
    """A telephone number."""

    autocomplete = "tel"
    inputmode = "tel"
    width = 20


class AreaField(OurField):
    """Text over several lines."""

    template = "paragraph"
    limit = LONGEST_TEXT

    def __init__(self, label: Words, *, rows: int = 6, **look: Any) -> None:
        super().__init__(label, lines=rows, **look)


class _ChoiceField(OurField):
    """A choice among answers that a function tells, as (value, words)."""

    def __init__(self, label: Words, options: Choices, **look: Any) -> None:
        self.options = list(options())
        super().__init__(label, **look)

    @property
    def chosen(self) -> list[str]:
        """The values that are chosen."""
        return [str(self.data)] if self.data is not None else []

    @property
    def choices(self) -> list[Choice]:  # type: ignore[override]
        """The answers, the first one with the field's own id: the error summary leads there."""
        return [
            Choice(
                value, words, value in self.chosen, self.id if number == 0 else f"{self.id}-{value}"
            )
            for number, (value, words) in enumerate(self.options)
        ]

    @property
    def missing(self) -> str:
        """What to say when nothing is chosen."""
        return (
            self._missing()
            if self._missing
            else _("Choose an answer to “%(label)s”.", label=self.label.text)
        )

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError when something else is sent than what can be chosen."""
        if not set(self.chosen) - {""} <= {value for value, _words in self.options}:
            raise ValidationError(_("Choose one of the answers."))


class RadiosField(_ChoiceField):
    """One answer of a few, all of them seen."""

    template = "radios"


class SelectField(_ChoiceField):
    """One answer of many, in a menu."""

    template = "select"


class ChecksField(_ChoiceField):
    """Any number of answers."""

    template = "checks"

    @property
    def chosen(self) -> list[str]:
        """The values that are chosen."""
        return list(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take all boxes that were ticked."""
        self.data = [str(value) for value in valuelist]


class CheckField(OurField):
    """One box to tick."""

    template = "check"

    @property
    def raw(self) -> str:
        """Whether it is ticked, as the template wants it."""
        return "yes" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A box that is not ticked is not sent at all."""
        self.data = bool(valuelist)


class UploadField(OurField):
    """Files, sent together with the rest of the form."""

    template = "upload"
    accept: str | None = ".jpg,.jpeg,.png,.heic,.webp,.pdf,.docx,.xlsx,.odt,.ods"
    max_files: int | None = 5
    max_bytes: int | None = MOST_BYTES

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Only files that were really chosen: browsers send an empty one for none."""
        self.data = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of files that were chosen when a session had run out, and have waited."""
        found = interrupted.waiting()
        return found.file_names if found else ()


class DayField(OurField):
    """A day in three boxes: day, month and year."""

    template = "date"
    names = ("day", "month", "year")

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the three boxes, or a date that is known."""
        self.process_errors = []
        self.data = self.object_data = self.default if data is unset_value else data
        self.typed = self._boxes_of(self.data)
        self.wrong: set[str] = set()
        if formdata:
            self.typed = {
                part: str(formdata.get(f"{self.name}-{part}", "")).strip()[:20]
                for part in self.names
            }
            self.data = self._understood()

    def _boxes_of(self, day: date | None) -> dict[str, str]:
        texts = (day.day, day.month, day.year) if day else ("", "", "")
        return {part: str(text) for part, text in zip(self.names, texts, strict=True)}

    def _understood(self) -> date | None:
        numbers = [
            int(text) if text.isdecimal() and len(text) <= 4 else 0 for text in self.typed.values()
        ]
        try:
            return date(numbers[2], numbers[1], numbers[0])
        except ValueError:
            return None

    @property
    def is_blank(self) -> bool:
        """Whether all three boxes are empty."""
        return not any(self.typed.values())

    @property
    def parts(self) -> list[Part]:  # type: ignore[override]
        """The three boxes; the first one has the field's own id."""
        labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        return [
            Part(
                part=part,
                name=f"{self.name}-{part}",
                id=self.id if part == "day" else f"{self.id}-{part}",
                label=labels[part],
                value=self.typed[part],
                faulty=bool(self.errors) and (part in self.wrong or not self.wrong),
                width=4 if part == "year" else 2,
            )
            for part in self.names
        ]

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError naming the first box that is empty, or the day that is not."""
        if self.is_blank or self.data is not None:
            return
        empty = [part for part in self.names if not self.typed[part]]
        self.wrong = set(empty)
        words = {
            "day": _("The date needs a day."),
            "month": _("The date needs a month."),
            "year": _("The date needs a year."),
        }
        raise ValidationError(
            words[empty[0]] if empty else _("There is no such day. Check day, month and year.")
        )
