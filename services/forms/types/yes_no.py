"""Yes or no."""

from datetime import date

from services.forms.faults import Fault
from services.forms.question import Question
from services.forms.question_type import Choice, Look, QuestionType, Stored
from services.forms.typed import Typed
from services.kernel.words import say

WORDS = {"yes": {"sv": "Ja", "en": "Yes"}, "no": {"sv": "Nej", "en": "No"}}
MEANT = {"yes": True, "no": False}


class YesNo(QuestionType):
    """A question that one answers with yes or no."""

    key = "yes_no"
    template = "radios"
    missing = "missing-choice"

    def parse(self, question: Question, typed: Typed, today: date) -> bool | None:
        text = typed.one()
        if text and text not in MEANT:
            raise Fault("choice")
        return MEANT.get(text)

    def typed(self, question: Question, value: bool) -> Typed:
        return Typed({"": ["yes" if value else "no"]})

    def load(self, stored: Stored) -> bool:
        if not isinstance(stored, bool):
            raise TypeError("neither yes nor no")
        return stored

    def possible(self, question: Question) -> frozenset[bool]:
        return frozenset(MEANT.values())

    def display(
        self, question: Question, value: bool, language: str, *, masked: bool = False
    ) -> str:
        return say(WORDS["yes" if value else "no"], language)

    def look(self, question: Question, language: str) -> Look:
        return Look(
            choices=tuple(Choice(value, say(words, language)) for value, words in WORDS.items())
        )


KIND = YesNo()
