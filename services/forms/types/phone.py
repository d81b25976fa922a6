"""A telephone number, kept as E.164 (domain reference §1.8)."""

from datetime import date

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from services.forms.characters import one_line
from services.forms.faults import Fault
from services.forms.question import Question
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed

SWEDEN = 46


class Phone(QuestionType):
    """A telephone number in Sweden or abroad."""

    key = "phone"
    template = "text"

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        text = one_line(typed.one())
        if not text:
            return None
        try:
            number = phonenumbers.parse(text[:60], "SE")
        except NumberParseException as fault:
            raise Fault("phone") from fault
        if number.extension or not phonenumbers.is_valid_number(number):
            raise Fault("phone")
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)

    def display(
        self, question: Question, value: str, language: str, *, masked: bool = False
    ) -> str:
        try:
            number = phonenumbers.parse(value, "SE")
        except NumberParseException:
            return value
        at_home = number.country_code == SWEDEN
        form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)

    def look(self, question: Question, language: str) -> Look:
        return Look(autocomplete="tel", inputmode="tel", width=20, limit=60)


KIND = Phone()
