"""A postal address (domain reference §1.7)."""

import re
from collections.abc import Iterator
from datetime import date

from services.forms.amounts import NO_BREAK
from services.forms.characters import digits, one_line
from services.forms.faults import Fault
from services.forms.question import Question
from services.forms.question_type import Input, QuestionType, Stored
from services.forms.typed import Typed

Address = dict[str, str]
MOST = 120
AT_HOME = frozenset({"", "sverige", "sweden", "se"})


class PostalAddress(QuestionType):
    """Where letters reach somebody; abroad where a country is written."""

    key = "postal_address"
    template = "address"
    inputs = (
        Input("care_of", {"sv": "c/o (om det behövs)", "en": "c/o (if needed)"}),
        Input("street", {"sv": "Gatuadress", "en": "Street address"}, autocomplete="address-line1"),
        Input(
            "postcode",
            {"sv": "Postnummer", "en": "Postcode"},
            autocomplete="postal-code",
            inputmode="numeric",
            width=10,
        ),
        Input("town", {"sv": "Postort", "en": "Town"}, autocomplete="address-level2"),
        Input("country", {"sv": "Land (om det inte är Sverige)", "en": "Country (if not Sweden)"}),
    )

    def parse(self, question: Question, typed: Typed, today: date) -> Address | None:
        if typed.is_blank:
            return None
        address = {each.part: _line(typed, each.part) for each in self.inputs}
        if address["country"].lower() in AT_HOME:
            address["country"] = ""
            address["postcode"] = re.sub(
                r"^SE-?", "", digits(address["postcode"]), flags=re.IGNORECASE
            )
        return address

    def typed(self, question: Question, value: Address) -> Typed:
        return Typed({part: [text] for part, text in value.items()})

    def rules(self, question: Question, value: Address, today: date) -> Iterator[Fault]:
        if not value["street"]:
            yield Fault("address-street", part="street")
        if not value["country"] and not re.fullmatch(r"[1-9][0-9]{4}", value["postcode"]):
            yield Fault("address-postcode", part="postcode")
        if not value["town"]:
            yield Fault("address-town", part="town")

    def load(self, stored: Stored) -> Address:
        parts = {each.part for each in self.inputs}
        if not isinstance(stored, dict) or set(stored) != parts:
            raise ValueError("not an address")
        if not all(isinstance(text, str) for text in stored.values()):
            raise ValueError("not an address")
        return dict(stored)

    def display(
        self, question: Question, value: Address, language: str, *, masked: bool = False
    ) -> str:
        return written(value)


def written(address: Address) -> str:
    """An address on one line, as it is written in Sweden."""
    code = address["postcode"]
    spaced = code if address["country"] else f"{code[:3]}{NO_BREAK}{code[3:]}"
    care_of = f"c/o {address['care_of']}" if address["care_of"] else ""
    lines = (care_of, address["street"], f"{spaced} {address['town']}".strip(), address["country"])
    return ", ".join(line for line in lines if line)


def _line(typed: Typed, part: str) -> str:
    try:
        text = one_line(typed.one(part))
    except Fault as fault:
        raise Fault(fault.code, part=part) from fault
    if len(text) > MOST:
        raise Fault("too-long", part=part, most=MOST, count=len(text))
    return text


KIND = PostalAddress()
