"""Taking files in, letting them go, and giving them out once they are known to be harmless."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, or_, select, update

from services.attachments import images, names, pdfs
from services.attachments.models import Attachment, FileState
from services.attachments.queries import of_owner
from services.attachments.scanning import Scanner
from services.attachments.sniffing import Found, sniff
from services.jobs.commands import plan
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from services.kernel.work import Work
from services.storage.store import Store, checksum_of

SCAN = "attachments.scan"
DISCARD = "attachments.discard"
INFECTED = "file-infected"


class Readable(Protocol):
    """What a file comes in as: something that can be read from."""

    def read(self, size: int = ..., /) -> bytes:
        """At most so many bytes."""
        ...


@dataclass(frozen=True)
class _Shown:
    data: bytes
    media_type: str


def receive(
    work: Work,
    stream: Readable,
    filename: str | None,
    *,
    owner_id: UUID,
    kinds: Collection[str],
    max_bytes: int,
    owner_kind: str = "draft",
) -> Attachment:
    """Take a file in. Its bytes are on disk before the transaction can commit.

    `kinds` are those that the question allows: image, pdf, document. Raises Invalid with
    `name=` and one of the codes file-empty, file-too-large, file-kind, file-broken,
    file-infected, and Unavailable when the store has no room or is away.
    """
    name = names.clean(filename)
    data = _within(stream, max_bytes, name)
    found = sniff(data, name)
    if found.kind not in kinds:
        raise Invalid("file-kind", name=name)
    state = _scanned_at_once(work, data, name)
    attachment = _kept(work, data, found, name)
    attachment.owner_kind, attachment.owner_id, attachment.state = owner_kind, owner_id, state
    work.session.add(attachment)
    if state == FileState.QUARANTINED:
        plan(work, SCAN, attachment_id=str(attachment.id))
    return attachment


def _kept(work: Work, data: bytes, found: Found, name: str) -> Attachment:
    shown = _rendition(data, found, name)
    media_type = shown.media_type if shown else found.media_type
    return Attachment(
        id=new_id(),
        name=names.fitting(name, media_type),
        kind=found.kind,
        media_type=media_type,
        original_media_type=found.media_type,
        size=len(data),
        checksum=_put(work, data),
        shown_checksum=_put(work, shown.data) if shown else None,
        refusal=None,
        created_at=work.now,
    )


def keep(work: Work, data: bytes, *, name: str, owner_kind: str, owner_id: UUID) -> Attachment:
    """Keep a PDF that we have made ourselves, to the byte: it is given out as it is."""
    kept = Attachment(
        id=new_id(),
        owner_kind=owner_kind,
        owner_id=owner_id,
        name=name,
        kind="pdf",
        media_type="application/pdf",
        original_media_type="application/pdf",
        size=len(data),
        checksum=_put(work, data),
        shown_checksum=None,
        state=FileState.CLEAN,
        refusal=None,
        created_at=work.now,
    )
    work.session.add(kept)
    return kept


def copy(work: Work, attachment: Attachment, *, owner_kind: str, owner_id: UUID) -> Attachment:
    """The same file for another owner too: the bytes are there once, and stay as long as either."""
    columns = [each.name for each in Attachment.__table__.columns]
    facts = {name: getattr(attachment, name) for name in columns}
    facts |= {"id": new_id(), "owner_kind": owner_kind, "owner_id": owner_id}
    copied = Attachment(**facts)
    work.session.add(copied)
    return copied


def remove(work: Work, attachment_id: UUID, *, owner_id: UUID) -> None:
    """Let a file of this owner go. Raises NotFound for others' files, and Conflict when the
    file belongs to a case: what has been handed in is a public document."""
    attachment = work.session.get(Attachment, attachment_id)
    if attachment is None or attachment.owner_id != owner_id:
        raise NotFound("file")
    if attachment.owner_kind == "case":
        raise Conflict("file-handed-in", name=attachment.name)
    _let_go(work, attachment)


def remove_all(work: Work, owner_id: UUID) -> None:
    """Let all files of a draft go."""
    for attachment in of_owner(work.session, owner_id):
        if attachment.owner_kind == "case":
            raise Conflict("file-handed-in", name=attachment.name)
        _let_go(work, attachment)


def dispose(work: Work, owner_ids: Collection[UUID]) -> int:
    """Let the files of disposed owners go, what was handed in too; returns how many.

    The caller has the rule and the decision by which they are disposed of.
    """
    files = work.session.scalars(select(Attachment).where(Attachment.owner_id.in_(owner_ids)))
    count = 0
    for attachment in files.all():
        _let_go(work, attachment)
        count += 1
    return count


def forget(work: Work, checksums: Collection[str]) -> None:
    """Let bytes go that were put in the store without a file of ours; those that a file has stay."""
    for checksum in checksums:
        plan(work, DISCARD, checksum=checksum)


def adopt(work: Work, *, owner_id: UUID, new_owner_kind: str, new_owner_id: UUID) -> None:
    """Move the files of one owner to another, as when a draft becomes a case."""
    work.session.execute(
        update(Attachment)
        .where(Attachment.owner_id == owner_id)
        .values(owner_kind=new_owner_kind, owner_id=new_owner_id)
    )


def opened(work: Work, attachment: Attachment) -> bytes:
    """The bytes that people may see: the rendition where there is one, else as it came.

    Raises Conflict("not-scanned-yet") in quarantine and Conflict("file-refused") after it.
    """
    return _store(work).get(_given(attachment, attachment.shown_checksum or attachment.checksum))


def opened_original(work: Work, attachment: Attachment) -> bytes:
    """The bytes as they came, metadata and all, for the desk that must judge them."""
    return _store(work).get(_given(attachment, attachment.checksum))


def scan(work: Work, arguments: dict[str, Any]) -> None:
    """Job: let a quarantined file out, or refuse it. Done again, it does nothing."""
    attachment_id = UUID(arguments["attachment_id"])
    waiting = work.session.get(Attachment, attachment_id)
    if waiting is None or waiting.state != FileState.QUARANTINED:
        return
    verdict = _scanner(work).scan(_store(work).get(waiting.checksum))
    query = select(Attachment).where(Attachment.id == attachment_id).with_for_update()
    attachment = work.session.scalar(query.execution_options(populate_existing=True))
    if attachment is None or attachment.state != FileState.QUARANTINED:
        return
    attachment.state = FileState.CLEAN if verdict.is_clean else FileState.REFUSED
    attachment.refusal = None if verdict.is_clean else INFECTED


def discard(work: Work, arguments: dict[str, Any]) -> None:
    """Job: forget bytes that no file points to any more. Done again, it does nothing."""
    checksum = arguments["checksum"]
    work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(checksum, 0))))
    pointing = or_(Attachment.checksum == checksum, Attachment.shown_checksum == checksum)
    if work.session.scalar(select(Attachment.id).where(pointing).limit(1)) is None:
        _store(work).remove(checksum)


def _within(stream: Readable, max_bytes: int, name: str) -> bytes:
    data = stream.read(max_bytes + 1)
    if not data:
        raise Invalid("file-empty", name=name)
    if len(data) > max_bytes:
        raise Invalid("file-too-large", name=name, max_bytes=max_bytes)
    return data


def _scanned_at_once(work: Work, data: bytes, name: str) -> FileState:
    # Asked before anything is written, so that no rows are held while the scanner thinks.
    scanner = _scanner(work)
    if len(data) > scanner.at_once_bytes:
        return FileState.QUARANTINED
    try:
        verdict = scanner.scan(data)
    except Unavailable:
        return FileState.QUARANTINED
    if not verdict.is_clean:
        raise Invalid(INFECTED, name=name)
    return FileState.CLEAN


def _rendition(data: bytes, found: Found, name: str) -> _Shown | None:
    if found.kind == "image":
        made = images.rendition(data, name)
        return _Shown(made.data, made.media_type)
    if found.kind == "pdf":
        return _Shown(pdfs.sanitised(data, name), found.media_type)
    return None


def _put(work: Work, data: bytes) -> str:
    # Shared with others who put the same bytes, but never at once with whoever forgets them.
    key = func.hashtextextended(checksum_of(data), 0)
    work.session.execute(select(func.pg_advisory_xact_lock_shared(key)))
    return _store(work).put(data)


def _let_go(work: Work, attachment: Attachment) -> None:
    work.session.delete(attachment)
    for checksum in {attachment.checksum, attachment.shown_checksum} - {None}:
        plan(work, DISCARD, checksum=checksum)


def _given(attachment: Attachment, checksum: str) -> str:
    if attachment.state == FileState.QUARANTINED:
        raise Conflict("not-scanned-yet", name=attachment.name)
    if attachment.state == FileState.REFUSED:
        raise Conflict("file-refused", name=attachment.name)
    return checksum


def _store(work: Work) -> Store:
    store: Store = work.resources["store"]
    return store


def _scanner(work: Work) -> Scanner:
    scanner: Scanner = work.resources["scanner"]
    return scanner
