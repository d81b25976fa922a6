"""What of a case is shown to those who are consulted: what the handler has chosen, and no more."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from services.attachments import queries as attachments
from services.attachments.models import Attachment
from services.cases import queries as cases
from services.cases.models import CaseMessage
from services.consultations.models import Consultation
from services.kernel.errors import Invalid, NotFound

FILE, MESSAGE = "file:", "message:"


@dataclass(frozen=True)
class Material:
    """Files and messages of a case."""

    files: list[Attachment]
    messages: list[CaseMessage]

    def keys(self) -> set[str]:
        """The names that a choice among it is made by."""
        files = {f"{FILE}{each.id}" for each in self.files}
        return files | {f"{MESSAGE}{each.id}" for each in self.messages}


def choosable(session: Session, case_id: UUID) -> Material:
    """Everything in a case that can be shown to others: harmless files, messages and notes."""
    messages = cases.messages(session, case_id, with_notes=True)
    owners = [case_id, *(each.id for each in messages)]
    files = [each for each in attachments.of_owners(session, owners) if each.is_clean]
    return Material(files, messages)


def chosen(session: Session, case_id: UUID, keys: Collection[str]) -> list[str]:
    """The choice, in order and known. Raises Invalid("unknown-material") for anything else."""
    wanted = set(keys)
    if wanted - choosable(session, case_id).keys():
        raise Invalid("unknown-material")
    return sorted(wanted)


def of(session: Session, consultation: Consultation) -> Material:
    """What was chosen for a consultation."""
    there, wanted = choosable(session, consultation.case_id), set(consultation.material)
    return Material(
        [each for each in there.files if f"{FILE}{each.id}" in wanted],
        [each for each in there.messages if f"{MESSAGE}{each.id}" in wanted],
    )


def file(session: Session, consultation: Consultation, attachment_id: UUID) -> Attachment:
    """A file that was chosen. Raises NotFound for every other."""
    for each in of(session, consultation).files:
        if each.id == attachment_id:
            return each
    raise NotFound("attachment")
