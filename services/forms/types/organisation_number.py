"""An organisationsnummer, kept with ten digits (domain reference §1.4)."""

import re
from datetime import date

from stdnum import luhn

from services.forms.characters import digits
from services.forms.faults import Fault
from services.forms.question import Part, Question
from services.forms.question_type import Look, QuestionType
from services.forms.typed import Typed
from services.forms.types.person_number import twelve_digits

LEGAL_PERSON = "16"


class Options(Part):
    """Whether a sole trader may answer: then the number is the owner's personnummer."""

    allow_sole_trader: bool = False


class OrganisationNumber(QuestionType):
    """The number of a company, an association or a public body."""

    key = "organisation_number"
    template = "text"
    model = Options

    def parse(self, question: Question, typed: Typed, today: date) -> str | None:
        text = digits(typed.one())
        if not text:
            return None
        plain = re.sub(r"[-+]", "", text, count=1)
        if not re.fullmatch(r"[0-9]{10}([0-9]{2})?", plain):
            raise Fault("organisation-number")
        if len(plain) == 12 and plain.startswith(LEGAL_PERSON):
            plain = plain.removeprefix(LEGAL_PERSON)
        if len(plain) == 10 and is_legal_person(plain):
            return _checked(plain)
        if not question.understood(Options).allow_sole_trader:
            raise Fault("organisation-number-person")
        return twelve_digits(text, today)[2:]

    def display(
        self, question: Question, value: str, language: str, *, masked: bool = False
    ) -> str:
        hidden = masked and not is_legal_person(value)
        return f"{value[:6]}-{'****' if hidden else value[6:]}"

    def look(self, question: Question, language: str) -> Look:
        return Look(inputmode="numeric", width=20, limit=20, spellcheck=False)

    def is_personal(self, question: Question) -> bool:
        return question.understood(Options).allow_sole_trader


def is_legal_person(ten: str) -> bool:
    """Whether the third digit tells that this can never be a personnummer."""
    return ten[2] >= "2"


def _checked(ten: str) -> str:
    if not luhn.is_valid(ten) or ten[0] == "0":
        raise Fault("organisation-number-wrong")
    return ten


KIND = OrganisationNumber()
