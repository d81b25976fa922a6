"""A fastighetsbeteckning, such as Salem Exempelby 1:23 (domain reference §1.6)."""

import re
from datetime import date

from services.forms.characters import one_line
from services.forms.faults import Fault
from services.forms.question import Question
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed

MUNICIPALITY = "SALEM"
_WRITTEN = re.compile(
    r"(?:SALEM )?(?P<name>[A-ZÅÄÖÉÜ][A-ZÅÄÖÉÜ .-]*?) (?P<unit>(?:(?:\d{1,5}|S|GA|FS):)?\d{1,5}(?:>\d{1,3})?)",
    re.ASCII,
)


class PropertyDesignation(QuestionType):
    """The name of a piece of land in the property register."""

    key = "property_designation"
    template = "text"

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        text = one_line(typed.one())
        if not text:
            return None
        written = _WRITTEN.fullmatch(re.sub(r" ?([:>]) ?", r"\1", text[:120].upper()))
        if written is None:
            raise Fault("property-designation")
        return f"{MUNICIPALITY} {written['name']} {written['unit']}"

    def display(
        self, question: Question, value: str, language: str, *, masked: bool = False
    ) -> str:
        *names, unit = value.split(" ")
        return " ".join([*(name.title() for name in names), unit])

    def look(self, question: Question, language: str) -> Look:
        return Look(limit=120, spellcheck=False)


KIND = PropertyDesignation()
