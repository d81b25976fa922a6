"""Answers to an e-service's questions: those that the story tells, and fitting ones for the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo.municipality import sources
from services.forms.conditions import holds
from services.forms.days import bound
from services.forms.kinds import kind_of
from services.forms.question import Question
from services.forms.types import (
    amount,
    bankgiro,
    choice,
    choices,
    group,
    number,
    paragraph,
    postal_address,
    text,
)
from services.forms.types import (
    date as day,
)

OF_ORGANISATIONS = {
    "foretagsnamn": "name",
    "forening": "name",
    "bolag": "name",
    "foretagsform": "form",
}
GENERAL = "Se bifogade uppgifter. Hör gärna av er om något är oklart."
# Numbers that no living person or organisation has (domain reference §9.1).
GROWN_UP, CHILD = "191212121212", "201701012393"
BANKGIROS = ("9912346", "3783511")
OPTIONAL, SPARE_FILE = 0.4, 0.2

File = Callable[[Question], list[dict[str, Any]]]


@dataclass
class Answering:
    """Somebody who fills in a form: what they want to say, and the chance that decides the rest."""

    chance: Random
    today: date
    name: str
    told: dict[str, Any]
    attach: File
    contact: dict[str, str | None] = field(default_factory=dict)
    text: str | None = None
    organisation: dict[str, str] = field(default_factory=dict)

    def answer(self, question: Question, answers: dict[str, Any]) -> Any:
        """The stored answer to a question, or None when it is left blank."""
        if question.key in self.told:
            return self._as_stored(question, self.told[question.key])
        if question.prefill in ("name", "email", "phone"):
            return self._contact(question)
        if question.key in OF_ORGANISATIONS:
            return self.organisation[OF_ORGANISATIONS[question.key]]
        if not self._answers(question, answers):
            return None
        known = sources.answers().get(question.key)
        if known is not None:
            return self._as_stored(question, self.chance.choice(known))
        maker = MAKERS.get(question.type)
        return maker(self, question, answers) if maker else None

    def _answers(self, question: Question, answers: dict[str, Any]) -> bool:
        if kind_of(question).is_required(question, answers):
            return True
        if self.text is not None and question.type == "paragraph":
            return True
        return self.chance.random() < (SPARE_FILE if question.type == "files" else OPTIONAL)

    def _contact(self, question: Question) -> str | None:
        given = (
            self.name if question.prefill == "name" else self.contact.get(question.prefill or "")
        )
        if given is None and question.required:
            return self.contact[f"{question.prefill}_at_need"]
        return given

    def _as_stored(self, question: Question, told: Any) -> Any:
        if question.type == "place" and isinstance(told, str):
            return {"text": told, "lat": None, "lon": None}
        if question.type == "date" and isinstance(told, str) and told.startswith("today"):
            return bound(told, self.today).isoformat()
        if told == "year":
            return self.today.year
        if question.type == "amount" and isinstance(told, int):
            return told * 100
        return told

    def number(self, least: float | None, most: float | None, usual: int) -> int:
        """A whole number within bounds, and rather a small one."""
        first = int(least) if least is not None else 1
        last = min(int(most), first + usual) if most is not None else first + usual
        return self.chance.randint(first, max(first, last))


def _text(who: Answering, question: Question, _: Any) -> str:
    options = question.understood(text.Options)
    return GENERAL[: options.max_length] if options.min_length > 20 else "Exempel"


def _paragraph(who: Answering, question: Question, _: Any) -> str:
    said, who.text = who.text or GENERAL, None
    return said[: question.understood(paragraph.Options).max_length]


def _number(who: Answering, question: Question, _: Any) -> int:
    options = question.understood(number.Options)
    return who.number(options.min, options.max, 40)


def _amount(who: Answering, question: Question, _: Any) -> int:
    options = question.understood(amount.Options)
    kronor = who.number(options.min / 100, options.max / 100, 20_000)
    return max(options.min, kronor * 100)


def _date(who: Answering, question: Question, _: Any) -> str:
    options = question.understood(day.Options)
    first = bound(options.min, who.today) if options.min else None
    last = bound(options.max, who.today) if options.max else None
    if first is None:
        first = (last or who.today) - timedelta(days=30)
    if last is None or last > first + timedelta(days=60):
        last = first + timedelta(days=60)
    return (first + timedelta(days=who.chance.randint(0, (last - first).days))).isoformat()


def _choice(who: Answering, question: Question, _: Any) -> str:
    values = [each.value for each in question.understood(choice.Options).choices]
    usual = [value for value in values if value != "annat"]
    return who.chance.choice(usual or values)


def _choices(who: Answering, question: Question, _: Any) -> list[str]:
    options = question.understood(choices.Options)
    values = [each.value for each in options.choices]
    most = min(options.max or len(values), len(values), max(options.min, 3))
    chosen = set(who.chance.sample(values, who.chance.randint(max(options.min, 1), most)))
    return [value for value in values if value in chosen]


def _yes_no(who: Answering, question: Question, _: Any) -> bool:
    return who.chance.random() < 0.25


def _group(
    who: Answering, question: Question, answers: dict[str, Any]
) -> list[dict[str, Any]] | None:
    options = question.understood(group.Options)
    return [_row(who, options.questions, answers) for _ in range(max(options.min, 1))]


def _row(who: Answering, questions: Sequence[Question], answers: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for part in questions:
        if holds(part.when, {**answers, **row}):
            row[part.key] = who.answer(part, {**answers, **row})
    return row


def _bankgiro(who: Answering, question: Question, _: Any) -> dict[str, str]:
    if "bankgiro" not in question.understood(bankgiro.Options).kinds:
        return {"kind": "account", "clearing": "9999", "account": "1234567"}
    return {"kind": "bankgiro", "number": who.chance.choice(BANKGIROS)}


def _address(who: Answering, question: Question, _: Any) -> dict[str, str]:
    address = dict.fromkeys((each.part for each in postal_address.KIND.inputs), "")
    street = f"Testgatan {who.chance.randint(1, 60)}"
    return {**address, "street": street, "postcode": "99999", "town": "Teststad"}


def _property(who: Answering, question: Question, _: Any) -> str:
    return f"SALEM EXEMPELBY 1:{who.chance.randint(2, 90)}"


def _place(who: Answering, question: Question, _: Any) -> dict[str, Any]:
    words = who.chance.choice(sources.answers()["places"])
    return {"text": words, "lat": None, "lon": None}


MAKERS: dict[str, Callable[[Answering, Question, Any], Any]] = {
    "text": _text,
    "paragraph": _paragraph,
    "number": _number,
    "amount": _amount,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "consent": lambda who, question, _: True,
    "email": lambda who, question, _: who.contact["email_at_need"],
    "phone": lambda who, question, _: who.contact["phone_at_need"],
    "person_number": lambda who, question, _: (
        CHILD if "barn" in question.key or "elev" in question.key else GROWN_UP
    ),
    "organisation_number": lambda who, question, _: who.organisation["number"],
    "postal_address": _address,
    "property_designation": _property,
    "bankgiro": _bankgiro,
    "files": lambda who, question, _: who.attach(question),
    "place": _place,
    "group": _group,
}
