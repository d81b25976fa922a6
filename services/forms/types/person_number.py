"""A personnummer or samordningsnummer, kept with twelve digits (domain reference §1.1-1.2)."""

import re
from collections.abc import Iterator
from datetime import date

from stdnum import luhn

from services.forms.characters import digits
from services.forms.faults import Fault
from services.forms.question import Part, Question
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed

_WRITTEN = re.compile(r"(?P<century>18|19|20)?(?P<day>[0-9]{6})(?P<sign>[-+]?)(?P<last>[0-9]{4})")
COORDINATION = 60
BIRTH_NUMBER = slice(8, 11)


class Options(Part):
    """Whether a samordningsnummer will do."""

    allow_coordination: bool = True


class PersonNumber(QuestionType):
    """The number of a person; nothing is derived from it."""

    key = "person_number"
    template = "text"
    model = Options

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        text = digits(typed.one())
        if not text:
            return None
        return twelve_digits(text, today)

    def rules(self, question: Question, value: str, today: date) -> Iterator[Fault]:
        if is_coordination(value) and not question.understood(Options).allow_coordination:
            yield Fault("person-number-coordination")

    def display(
        self, question: Question, value: str, language: str, *, masked: bool = False
    ) -> str:
        return f"{value[:8]}-{'****' if masked else value[8:]}"

    def look(self, question: Question, language: str) -> Look:
        return Look(inputmode="numeric", width=20, limit=20, spellcheck=False)

    def is_personal(self, question: Question) -> bool:
        return True


def twelve_digits(text: str, today: date) -> str:
    """The number with its century. Raises Fault when it is no number or its check digit is wrong."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise Fault("person-number")
    ten = written["day"] + written["last"]
    century = written["century"] or _century(written["day"], written["sign"], today)
    number = century + ten
    born = _day(number)
    if born is None or born > today or number[BIRTH_NUMBER] == "000" or not luhn.is_valid(ten):
        raise Fault("person-number-wrong")
    return number


def is_coordination(number: str) -> bool:
    """Whether a number of twelve digits is a samordningsnummer: day plus sixty."""
    return int(number[6:8]) > COORDINATION


def born_on(number: str) -> date | None:
    """The day of birth that a number of twelve digits tells, sixty off for a samordningsnummer."""
    return _day(number)


def _century(six: str, sign: str, today: date) -> str:
    # The latest century that gives a day not in the future; a plus sign means a hundred years more.
    latest = today.year // 100
    born = _day(f"{latest}{six}")
    if born is None or born > today:
        latest -= 1
    return str(latest - (sign == "+"))


def _day(number: str) -> date | None:
    day = int(number[6:8])
    try:
        return date(
            int(number[:4]), int(number[4:6]), day - COORDINATION if day > COORDINATION else day
        )
    except ValueError:
        return None


KIND = PersonNumber()
