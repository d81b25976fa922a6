"""Everything of a case that goes into its package: the files, and what each document consists of."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.archive import hearings, money
from services.attachments import commands as attachments
from services.attachments.models import Attachment, FileState
from services.cases import queries as cases
from services.cases import receipts
from services.cases.models import Case, CaseEvent, CaseMessage
from services.catalogue import queries as catalogue
from services.decisions import letters
from services.decisions.models import Appeal, Decision
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.kernel.errors import Conflict
from services.kernel.work import Work
from services.people.secrets import Keyring
from services.records import diary, documents
from services.records.documents import Document
from services.records.models import DiaryEntry
from services.signatures import queries as signatures
from services.storage.store import checksum_of

DATA = "representations/rep1/data"
PDF, TEXT, JSON = "application/pdf", "text/plain", "application/json"


@dataclass(frozen=True)
class File:
    """A file of the package, by its path in it."""

    path: str
    data: bytes
    media_type: str
    name: str

    @property
    def checksum(self) -> str:
        """SHA-256 in hexadecimal."""
        return checksum_of(self.data)


@dataclass(frozen=True)
class Piece:
    """One document of the case with its files; `missing` names those that were never let in."""

    document: Document
    files: tuple[File, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """The whole case."""

    case: Case
    service: ServiceDocument
    entry: DiaryEntry | None
    pieces: tuple[Piece, ...]
    loose: tuple[File, ...]
    answers: dict[str, Any]
    timeline: tuple[CaseEvent, ...]

    @property
    def files(self) -> list[File]:
        """Every file with data, in the order in which they stand in the package."""
        return [*(file for piece in self.pieces for file in piece.files), *self.loose]

    @property
    def as_of(self) -> datetime:
        """When the case last changed: the package of an unchanged case is the same to the byte."""
        return self.case.changed_at


def of(work: Work, case: Case, municipality: str) -> Contents:
    """Gather a case. Raises Conflict("not-scanned-yet") while a file still waits for its scan."""
    service = catalogue.version_document(work.session, case.version_id)
    answers = forms_answers.exported(service, case.answers)
    timeline = tuple(cases.timeline(work.session, case.id, public_only=False))
    found = documents.of_case(work.session, case)
    pieces = tuple(_piece(work, case, service, each, municipality) for each in found)
    loose = (
        _json("svar.json", {"service": service.slug, "answers": answers}),
        _json("tjansten.json", service.as_json()),
        _json("handelser.json", [_told(each) for each in timeline]),
        _json("betalningar.json", money.of_case(work.session, case.id)),
        *_signatures(work, case.id),
    )
    entry = diary.entry(work.session, case.id)
    return Contents(case, service, entry, pieces, loose, answers, timeline)


def _piece(
    work: Work, case: Case, service: ServiceDocument, document: Document, municipality: str
) -> Piece:
    folder = f"{DATA}/{document.number:04d}"
    files = [*_own(work, case, service, document, folder, municipality)]
    missing = []
    for place, attachment in enumerate(document.files, 1):
        if attachment.state == FileState.QUARANTINED:
            raise Conflict("not-scanned-yet", name=attachment.name)
        if attachment.state == FileState.REFUSED:
            missing.append(attachment.name)
            continue
        files += _attached(work, attachment, f"{folder}/bilaga-{place:02d}")
    return Piece(document, tuple(files), tuple(missing))


def _own(
    work: Work,
    case: Case,
    service: ServiceDocument,
    document: Document,
    folder: str,
    municipality: str,
) -> list[File]:
    if document.kind == "application":
        made = receipts.pdf(work.session, case, service, municipality)
        return [File(f"{folder}/kvittens.pdf", made, PDF, "kvittens.pdf")]
    if document.kind == "decision":
        decision = work.session.get_one(Decision, document.source_id)
        made = letters.pdf(work, decision, case, municipality)
        return [File(f"{folder}/beslut.pdf", made, PDF, "beslut.pdf")]
    if document.kind == "paper":
        return []
    if document.kind == "appeal":
        body = work.session.get_one(Appeal, document.source_id).body
    elif document.kind in documents.ASKED.values():
        body = hearings.asked(work.session, document.source_id)
    elif document.kind in documents.SAID.values():
        body = hearings.said(work.session, document.source_id)
    else:
        body = work.session.get_one(CaseMessage, document.source_id).body
    return [File(f"{folder}/text.txt", body.encode(), TEXT, "text.txt")]


def _attached(work: Work, attachment: Attachment, stem: str) -> list[File]:
    """The file as it is shown, and as it came where that is not the same."""
    suffix = PurePosixPath(attachment.name).suffix.lower()
    shown = attachments.opened(work, attachment)
    files = [File(f"{stem}{_plain(suffix)}", shown, attachment.media_type, attachment.name)]
    if attachment.shown_checksum not in (None, attachment.checksum):
        came = attachments.opened_original(work, attachment)
        files.append(
            File(f"{stem}-original", came, attachment.original_media_type, attachment.name)
        )
    return files


def _plain(suffix: str) -> str:
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() else ""


def _signatures(work: Work, case_id: UUID) -> list[File]:
    """The signed documents, and for each signature how it was checked and what was said."""
    keyring: Keyring = work.resources["keyring"]
    files = []
    for place, asked in enumerate(signatures.signed_of(work.session, "case", case_id), 1):
        stem = f"underskrifter/{place:02d}"
        files.append(
            File(
                f"{DATA}/{stem}.pdf", work.resources["store"].get(asked.latest), PDF, f"{place}.pdf"
            )
        )
        told = [
            {
                "name": each.name,
                "capacity": each.capacity,
                "signed_at": each.signed_at.isoformat() if each.signed_at else None,
                "assurance": each.assurance,
                "provider": each.provider,
                "service": each.service,
                "report": each.report,
                "evidence": json.loads(keyring.open(each.evidence, f"signature:{each.id}"))
                if each.evidence
                else None,
            }
            for each in signatures.signatures(work.session, [asked.id])
        ]
        files.append(_json(f"{stem}.json", told))
    return files


def _told(event: CaseEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "role": event.actor_role,
        "public": event.public,
        "details": event.details,
    }


def _json(path: str, value: Any) -> File:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    return File(f"{DATA}/{path}", text.encode(), JSON, path)


def of_number(work: Work, number: str) -> Case | None:
    """A received case by its number, for whoever works at the machine itself."""
    return work.session.scalar(select(Case).where(Case.number == number))
