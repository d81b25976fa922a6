"""Where money is paid out: a bankgiro, or a bank account with its clearing number."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field
from stdnum import luhn

from services.forms.characters import digits
from services.forms.faults import Fault
from services.forms.question import Part, Question
from services.forms.question_type import Choice, Input, Look, QuestionType, Stored
from services.forms.typed import Typed
from services.kernel.words import say

Kind = Literal["bankgiro", "account"]
Payee = dict[str, str]
WORDS = {
    "bankgiro": {"sv": "Bankgiro", "en": "Bankgiro"},
    "account": {"sv": "Bankkonto", "en": "Bank account"},
}
NUMBERS = {"bankgiro": {"kind", "number"}, "account": {"kind", "clearing", "account"}}
SHOWN = 4


class Options(Part):
    """Which of the two may be given."""

    kinds: tuple[Kind, ...] = Field(("bankgiro",), min_length=1)


class Bankgiro(QuestionType):
    """A payee. Account numbers differ from bank to bank and are checked softly."""

    key = "bankgiro"
    template = "account"
    model = Options
    inputs = (
        Input("kind"),
        Input(
            "number",
            {"sv": "Bankgironummer", "en": "Bankgiro number"},
            inputmode="numeric",
            width=10,
        ),
        Input(
            "clearing",
            {"sv": "Clearingnummer", "en": "Clearing number"},
            inputmode="numeric",
            width=5,
        ),
        Input(
            "account", {"sv": "Kontonummer", "en": "Account number"}, inputmode="numeric", width=20
        ),
    )

    def inputs_of(self, question: Question) -> tuple[Input, ...]:
        kinds = question.understood(Options).kinds
        wanted = set().union(*(NUMBERS[kind] for kind in kinds))
        # With one kind only there is nothing to choose.
        return tuple(
            each for each in self.inputs if each.part in wanted and (each.label or len(kinds) > 1)
        )

    def parse(self, question: Question, typed: Typed, today: date) -> Payee | None:
        kinds = question.understood(Options).kinds
        written = {part: _figures(typed, part) for part in ("number", "clearing", "account")}
        kind = typed.one("kind") if len(kinds) > 1 else kinds[0]
        if not any(written.values()) and (not kind or len(kinds) == 1 or not question.required):
            return None
        if kind not in kinds:
            raise Fault("account-kind", part="kind")
        return {"kind": kind, **{part: written[part] for part in sorted(NUMBERS[kind] - {"kind"})}}

    def typed(self, question: Question, value: Payee) -> Typed:
        return Typed({part: [text] for part, text in value.items()})

    def rules(self, question: Question, value: Payee, today: date) -> Iterator[Fault]:
        if value["kind"] == "account":
            if not re.fullmatch(r"[1-9][0-9]{3,4}", value["clearing"]):
                yield Fault("clearing", part="clearing")
            if not re.fullmatch(r"[0-9]{5,12}", value["account"]):
                yield Fault("account", part="account")
        elif not re.fullmatch(r"[0-9]{7,8}", value["number"]):
            yield Fault("bankgiro", part="number")
        elif not luhn.is_valid(value["number"]) or not value["number"].strip("0"):
            yield Fault("bankgiro-wrong", part="number")

    def load(self, stored: Stored) -> Payee:
        if not isinstance(stored, dict) or set(stored) != NUMBERS[stored["kind"]]:
            raise ValueError("not a payee")
        if not all(isinstance(text, str) for text in stored.values()):
            raise ValueError("not a payee")
        return dict(stored)

    def display(
        self, question: Question, value: Payee, language: str, *, masked: bool = False
    ) -> str:
        words = say(WORDS[value["kind"]], language)
        if value["kind"] == "bankgiro":
            return f"{words} {value['number'][:-4]}-{value['number'][-4:]}"
        account = value["account"]
        shown = "•" * max(len(account) - SHOWN, 0) + account[-SHOWN:] if masked else account
        return f"{words} {value['clearing']}, {shown}"

    def look(self, question: Question, language: str) -> Look:
        kinds = question.understood(Options).kinds
        if len(kinds) == 1:
            return Look()
        return Look(choices=tuple(Choice(kind, say(WORDS[kind], language)) for kind in kinds))

    def is_personal(self, question: Question) -> bool:
        return "account" in question.understood(Options).kinds


def _figures(typed: Typed, part: str) -> str:
    try:
        return re.sub(r"[-.]", "", digits(typed.one(part)))[:40]
    except Fault as fault:
        raise Fault(fault.code, part=part) from fault


KIND = Bankgiro()
