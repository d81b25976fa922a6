"""What of a case is shown to those who are consulted: what the handler has chosen, and no more."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.attachments import queries as attachments
from services.attachments.models import Attachment
from services.cases import queries as cases
from services.cases.models import Case, CaseMessage
from services.cases.secrecy_models import SecrecyMark
from services.consultations.models import Consultation, Consulted, Kind
from services.kernel.errors import Invalid, NotFound

FILE, MESSAGE, ANSWER = "file:", "message:", "answer:"
MOST = 500


@dataclass(frozen=True)
class Material:
    """Files and messages of a case, and what others have answered in it."""

    files: list[Attachment]
    messages: list[CaseMessage]
    answers: list[Consulted]

    def keys(self) -> set[str]:
        """The names that a choice among it is made by."""
        files = {f"{FILE}{each.id}" for each in self.files}
        answers = {f"{ANSWER}{each.id}" for each in self.answers}
        return files | answers | {f"{MESSAGE}{each.id}" for each in self.messages}


def choosable(session: Session, case_id: UUID) -> Material:
    """Everything in a case that can be shown to others: harmless files, messages, notes, answers."""
    messages = cases.messages(session, case_id, with_notes=True)
    answers = _answers(session, case_id)
    owners = [case_id, *(each.id for each in messages), *(each.id for each in answers)]
    files = [each for each in attachments.of_owners(session, owners) if each.is_clean]
    return Material(files, messages, [each for each in answers if each.body])


def _answers(session: Session, case_id: UUID) -> list[Consulted]:
    query = (
        select(Consulted)
        .join(Consultation, Consultation.id == Consulted.consultation_id)
        .where(Consultation.case_id == case_id, Consulted.answered_at.is_not(None))
    )
    return list(session.scalars(query.order_by(Consulted.answered_at, Consulted.id).limit(MOST)))


def chosen(session: Session, case_id: UUID, keys: Collection[str]) -> list[str]:
    """The choice, in order and known. Raises Invalid("unknown-material") for anything else."""
    wanted = set(keys)
    if wanted - choosable(session, case_id).keys():
        raise Invalid("unknown-material")
    return sorted(wanted)


def secret(session: Session, case: Case, kind: Kind, keys: Collection[str]) -> list[str]:
    """Those of a choice that are marked as secret for whoever is asked (OSL 5 kap. 5 §).

    To the party that is only what is kept from the party too (10 kap. 3 §). A mark on the whole
    case, or on a person in it, reaches everything that is sent to others.
    """
    query = select(SecrecyMark).where(
        SecrecyMark.case_id == case.id, SecrecyMark.lifted_at.is_(None)
    )
    marks = list(session.scalars(query.limit(MOST)))
    if kind is Kind.PARTY:
        marks = [each for each in marks if each.from_party]
    if not marks:
        return []
    if any(each.what in ("case", "party") for each in marks):
        return sorted(keys)
    return sorted(set(keys) & _marked(choosable(session, case.id), case, marks))


def _marked(there: Material, case: Case, marks: Iterable[SecrecyMark]) -> set[str]:
    found: set[str] = set()
    for mark in marks:
        if mark.what == "answer":
            named = _names_in(case.answers.get(mark.key))
            found |= {f"{FILE}{each.id}" for each in there.files if str(each.id) in named}
        else:
            found |= _of_document(there, case, mark.key)
    return found


def _of_document(there: Material, case: Case, key: str) -> set[str]:
    kind, _, name = key.partition("-")
    if kind == "application":
        received_at = case.received_at or case.created_at
        own = [each for each in there.files if each.owner_id == case.id]
        return {f"{FILE}{each.id}" for each in own if each.created_at <= received_at}
    files = {
        f"{FILE}{each.id}" for each in there.files if name in (str(each.id), str(each.owner_id))
    }
    return files | {f"{MESSAGE}{name}", f"{ANSWER}{name}"}


def _names_in(stored: Any) -> set[str]:
    """Every text in a stored answer, among which are the keys of its files."""
    if isinstance(stored, dict):
        return {name for each in stored.values() for name in _names_in(each)}
    if isinstance(stored, (list, tuple)):
        return {name for each in stored for name in _names_in(each)}
    return {str(stored)}


def of(session: Session, consultation: Consultation) -> Material:
    """What was chosen for a consultation."""
    there, wanted = choosable(session, consultation.case_id), set(consultation.material)
    return Material(
        [each for each in there.files if f"{FILE}{each.id}" in wanted],
        [each for each in there.messages if f"{MESSAGE}{each.id}" in wanted],
        [each for each in there.answers if f"{ANSWER}{each.id}" in wanted],
    )


def file(session: Session, consultation: Consultation, attachment_id: UUID) -> Attachment:
    """A file that was chosen. Raises NotFound for every other."""
    for each in of(session, consultation).files:
        if each.id == attachment_id:
            return each
    raise NotFound("attachment")
