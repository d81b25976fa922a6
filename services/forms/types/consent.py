"""Something to agree to by ticking a box."""

from datetime import date

from services.forms.question import Part, Question, Words
from services.forms.question_type import Look, QuestionType, Stored
from services.forms.typed import Typed
from services.kernel.words import say


class Options(Part):
    """What one agrees to."""

    text: Words


class Consent(QuestionType):
    """A declaration: ticked, or not given."""

    key = "consent"
    template = "consent"
    model = Options
    missing = "missing-consent"

    def parse(self, question: Question, typed: Typed, today: date) -> bool | None:
        return True if typed.one().strip() else None

    def typed(self, question: Question, value: bool) -> Typed:
        return Typed({"": ["yes"]})

    def load(self, stored: Stored) -> bool:
        if stored is not True:
            raise ValueError("not a consent")
        return stored

    def display(
        self, question: Question, value: bool, language: str, *, masked: bool = False
    ) -> str:
        return say({"sv": "Ja", "en": "Yes"}, language)

    def look(self, question: Question, language: str) -> Look:
        return Look(text=say(question.understood(Options).text, language))


KIND = Consent()
