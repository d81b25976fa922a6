"""An e-mail address."""

from datetime import date

from email_validator import EmailNotValidError, validate_email

from services.forms.characters import digits
from services.forms.faults import Fault
from services.forms.question import Question
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed


class Email(QuestionType):
    """Where mail reaches somebody; whether it does is told by sending some."""

    key = "email"
    template = "text"

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        text = digits(typed.one())
        if not text:
            return None
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError as fault:
            raise Fault("email") from fault

    def look(self, question: Question, language: str) -> Look:
        return Look(autocomplete="email", inputmode="email", spellcheck=False, limit=254)


KIND = Email()
