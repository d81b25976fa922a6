"""A text between the questions; it asks nothing."""

from datetime import date
from typing import Literal

from services.forms.question import Part, Question, Words
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed
from services.kernel.words import say


class Options(Part):
    """What it says, and how loudly."""

    text: Words
    tone: Literal["plain", "important"] = "plain"


class Information(QuestionType):
    """Words for the resident at the moment when they are needed."""

    key = "information"
    template = "information"
    model = Options
    asks = False

    def parse(self, question: Question, typed: Typed, today: date) -> None:
        return None

    def look(self, question: Question, language: str) -> Look:
        options = question.understood(Options)
        return Look(text=say(options.text, language), tone=options.tone)


KIND = Information()
