"""Signing in tests: e-services that are signed, and the way through the demonstration service."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from lxml import html

from app.config import Settings
from app.demo import eid
from app.signing import RETURN
from services.catalogue import commands as catalogue
from tests.app.test_sign_in import Traveller
from tests.builders import a_document
from tests.builders.document import FACTS, two
from tests.town import Town

ALONE, TOGETHER = "skriv-under-sjalv", "skriv-under-tillsammans"
TESTA = "199001012385"
YES, NO, ELSE = "sign", "cancel", "other"


def documents() -> list[Any]:
    """An e-service that one signs oneself, and one that others may have to sign."""
    page = FACTS["pages"][0]
    person = {"personal": True}
    asked = [
        {"key": "bara_ifylld", "type": "yes_no", "label": two("Fyller du i åt någon annan?")},
        {"key": "annan_namn", "type": "text", "label": two("Den andras namn"), **person},
        {"key": "annan_nummer", "type": "person_number", "label": two("Nummer"), **person},
        {
            "key": "annan_epost",
            "type": "email",
            "label": two("E-post"),
            "required": False,
            **person,
        },
    ]
    others = [
        {
            "key": "andra",
            "who": {"sv": "Andra vårdnadshavaren", "en": "The other guardian"},
            "number": "annan_nummer",
            "name": "annan_namn",
            "email": "annan_epost",
        }
    ]
    return [
        a_document(
            slug=ALONE, level="signed", title={"sv": "Skriv under själv", "en": "Sign alone"}
        ),
        a_document(
            slug=TOGETHER,
            level="signed",
            title={"sv": "Skriv under tillsammans", "en": "Sign together"},
            pages=[page, {"key": "andra", "title": two("Den andra"), "questions": asked}],
            undersigning={
                "others": others,
                "prepared_when": {"question": "bara_ifylld", "is": True},
            },
        ),
    ]


def publish(town: Town) -> None:
    """Offer them in a town."""
    with town.work() as work:
        for document in documents():
            catalogue.publish(work, document)


@dataclass
class Onwards:
    """What a browser carries to the signature service, and back from it."""

    address: str
    fields: dict[str, str]


class Signer(Traveller):
    """A browser that also visits the demonstration signature service."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        super().__init__(app, settings)
        self.service = eid.create(settings).test_client()

    def apply(self, slug: str, post: str = "S-1", email: str = "") -> "Signer":
        """Fill in one of the e-services, up to where one checks the answers."""
        self.get(f"/e-tjanster/{slug}/ansok")
        self.submit("Nästa", stolpe=post, epost=email)
        return self

    def with_other(self, *, only_prepares: bool = False, email: str = "") -> "Signer":
        """Name Testa as the other one who signs."""
        self.submit(
            "Nästa",
            bara_ifylld="yes" if only_prepares else "no",
            annan_namn="Testa T",
            annan_nummer=TESTA,
            annan_epost=email,
        )
        return self

    def to_signature(self) -> "Signer":
        """From checking the answers to what one signs."""
        self.submit("Fortsätt till underskriften")
        return self

    def away(self) -> Onwards:
        """Press the button; what the browser then carries to the service."""
        self.submit("Skriv under med e-legitimation")
        form = self.form("Fortsätt")
        return Onwards(
            form.get("action"), {name: str(value) for name, value in form.fields.items()}
        )

    def answered(self, onwards: Onwards, what: str = YES) -> dict[str, str]:
        """What the service sends back for this choice there."""
        path = "/" + onwards.address.split("/", 3)[3]
        there = html.fromstring(self.service.post(path, data=onwards.fields).data).forms[0]
        chosen = {} if what == YES else {what: "1"}
        fields = {name: str(value) for name, value in there.fields.items()}
        back = self.service.post(there.action, data={**fields, **chosen})
        return dict(html.fromstring(back.data).forms[0].fields)

    def bring(self, form: dict[str, str]) -> "Signer":
        """Bring an answer of the service to us."""
        self._take(self.client.post(RETURN, data=form), RETURN)
        return self

    def sign(self, what: str = YES) -> "Signer":
        """The whole way to the service and back."""
        return self.bring(self.answered(self.away(), what))
