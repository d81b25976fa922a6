"""The documents of a case in the order they came, went out or were drawn up, each with its number.

They are not stored a second time: what was received, written and decided is the documents.
Nothing is ever put in before what is there, so a number, once seen, stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.attachments import queries as attachments
from services.attachments.models import Attachment
from services.cases import queries as cases
from services.cases.models import (
    COMPLETION,
    FROM_DESK,
    FROM_RESIDENT,
    INTERNAL,
    NOTE,
    ORAL,
    Case,
    CaseMessage,
)
from services.consultations import queries as consultations
from services.consultations.models import Answer, Kind
from services.decisions import queries as decisions
from services.decisions.models import Appeal, Decision
from services.forms.definition import ServiceDocument
from services.kernel.words import say

Words = dict[str, str]
TITLES: dict[str, Words] = yaml.safe_load(
    Path(__file__).with_name("titles.yaml").read_text("utf-8")
)
MOST = 1000
# What is asked of the party and others, and what they answer, as documents.
ASKED = {Kind.PARTY: "communication", Kind.OUTSIDE: "remiss", Kind.NEIGHBOURS: "neighbour_hearing"}
SAID = {Kind.PARTY: "comments", Kind.OUTSIDE: "statement", Kind.NEIGHBOURS: "neighbour_answer"}


class Direction(StrEnum):
    """Received, sent, or drawn up here (tryckfrihetsförordningen 2 kap. 9–10 §§)."""

    IN = "in"
    OUT = "out"
    DRAWN_UP = "drawn_up"


@dataclass(frozen=True)
class Document:
    """One document of a case. `key` tells which, for ever; `number` is its place in the case."""

    number: int
    key: str
    kind: str
    direction: Direction
    at: datetime
    source_id: UUID
    files: tuple[Attachment, ...] = ()

    @property
    def is_internal(self) -> bool:
        """Written by the desk for itself: the party asks for it at the desk."""
        return self.kind in INTERNAL

    @property
    def is_by_others(self) -> bool:
        """Answered by somebody who was heard; others than the desk ask for it there."""
        return self.kind in SAID.values()


KINDS = {
    FROM_RESIDENT: ("answer", Direction.IN),
    FROM_DESK: ("letter", Direction.OUT),
    COMPLETION: ("completion", Direction.OUT),
    NOTE: ("note", Direction.DRAWN_UP),
    ORAL: ("oral", Direction.DRAWN_UP),
}


def of_case(session: Session, case: Case) -> list[Document]:
    """All documents of a received case, numbered from 1, oldest first."""
    messages = cases.messages(session, case.id, with_notes=True)
    files = attachments.of_owners(session, [case.id, *(each.id for each in messages)])
    made = decisions.made_in_case(session, case.id)
    found = [
        *_received(case, files),
        *(_message(each, files) for each in messages),
        *(_decision(each) for each in made),
        *(_appeal(each) for each in _appeals(session, made)),
        *_heard(session, case),
    ]
    found.sort(key=lambda each: (each.at, each.kind != "application", each.key))
    return [replace(each, number=place) for place, each in enumerate(found, 1)]


def _received(case: Case, files: Iterable[Attachment]) -> Iterable[Document]:
    received_at = case.received_at or case.created_at
    own = [each for each in files if each.owner_id == case.id]
    # Files of the application were uploaded before it was sent in; papers came later.
    yield Document(
        0, "application", "application", Direction.IN, received_at, case.id,
        tuple(each for each in own if each.created_at <= received_at),
    )  # fmt: skip
    for each in own:
        if each.created_at > received_at:
            key = f"paper-{each.id}"
            yield Document(0, key, "paper", Direction.IN, each.created_at, each.id, (each,))


def _message(message: CaseMessage, files: Iterable[Attachment]) -> Document:
    kind, direction = KINDS[message.kind]
    own = tuple(each for each in files if each.owner_id == message.id)
    return Document(0, f"message-{message.id}", kind, direction, message.at, message.id, own)


def _decision(made: Decision) -> Document:
    assert made.decided_at is not None
    key = f"decision-{made.id}"
    return Document(0, key, "decision", Direction.DRAWN_UP, made.decided_at, made.id)


def _appeals(session: Session, made: Sequence[Decision]) -> Iterable[Appeal]:
    if not made:
        return ()
    query = select(Appeal).where(Appeal.decision_id.in_([each.id for each in made]))
    return session.scalars(query.order_by(Appeal.received_at, Appeal.id).limit(MOST))


def _appeal(appeal: Appeal) -> Document:
    key = f"appeal-{appeal.id}"
    return Document(0, key, "appeal", Direction.IN, appeal.received_at, appeal.id)


def _heard(session: Session, case: Case) -> Iterator[Document]:
    """What was asked of the party and others goes out; what they answered comes in."""
    found = consultations.of_case(session, case.id)
    answered = [row.id for _asked, rows in found for row in rows if row.answered_at]
    files = attachments.of_owners(session, answered) if answered else []
    for asked, rows in found:
        kind = Kind(asked.kind)
        key = f"consultation-{asked.id}"
        yield Document(0, key, ASKED[kind], Direction.OUT, asked.asked_at, asked.id)
        for row in rows:
            # What the party wrote under Mina sidor is a message of theirs, and a document already.
            if row.answered_at is None or (row.answer == Answer.COMMENTS and not row.body):
                continue
            own = tuple(each for each in files if each.owner_id == row.id)
            key = f"consulted-{row.id}"
            yield Document(0, key, SAID[kind], Direction.IN, row.answered_at, row.id, own)


def title(document: Document, service: ServiceDocument, language: str) -> str:
    """What the desk calls it: what it is, and of which service."""
    return f"{say(TITLES[document.kind], language)}: {say(service.title, language)}"


def public_title(
    document: Document, service: ServiceDocument, language: str, *, secret: bool
) -> str:
    """What the diary calls it to anybody: no names ever, and nothing of what is secret (OSL 5:2)."""
    if secret:
        return say(TITLES["secret"], language)
    return title(document, service, language)


def public_name(case: Case, service: ServiceDocument, language: str, *, secret: bool) -> str:
    """What the diary calls the case to anybody."""
    if secret or case.secrecy or case.protected:
        return say(TITLES["case"], language)
    return say(service.title, language)
