"""What somebody sent just when their session had run out: sealed, theirs alone, kept for a day."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.attachments import commands
from services.attachments.queries import of_owner
from services.audit.log import record
from services.kernel.db import new_id
from services.kernel.errors import Refusal
from services.kernel.work import Work
from services.people.models import InterruptedForm
from services.people.secrets import Keyring
from services.storage.store import Store

KEPT = timedelta(days=1)
# So that nobody's ended session can fill the disks.
MOST = 10
KINDS = ("image", "pdf", "document")


@dataclass(frozen=True)
class Upload:
    """A file that came with a form: the field it was chosen in, its name, and its bytes."""

    field: str
    name: str
    stream: commands.Readable


@dataclass(frozen=True)
class Sent:
    """What was sent: from which page, to which address, and what was filled in."""

    page: str
    address: str
    fields: list[tuple[str, str]]
    files: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def keep(
    work: Work, entity: str, sent: Sent, uploads: list[Upload], max_bytes: int
) -> InterruptedForm:
    """Keep a form of the one who acts, with its files. A file that cannot be taken in is named."""
    assert work.actor.person_id is not None
    kept = InterruptedForm(
        id=new_id(), person_id=work.actor.person_id, entity=entity, created_at=work.now
    )
    files, lost = [], []
    for upload in uploads:
        try:
            taken = commands.receive(
                work,
                upload.stream,
                upload.name,
                owner_id=kept.id,
                kinds=KINDS,
                max_bytes=max_bytes,
            )
            files.append((upload.field, str(taken.id)))
        except Refusal:
            lost.append(upload.name)
    told = {**vars(sent), "files": files, "lost": lost}
    kept.sealed = _keyring(work).seal(json.dumps(told), _bound(kept.id))
    _make_room(work)
    work.session.add(kept)
    record(work, "form:keep", kept.id)
    return kept


def _make_room(work: Work) -> None:
    mine = select(InterruptedForm).where(InterruptedForm.person_id == work.actor.person_id)
    newest_first = mine.order_by(InterruptedForm.created_at.desc(), InterruptedForm.id)
    for each in work.session.scalars(newest_first.offset(MOST - 1).limit(MOST)):
        discard(work, each)


def waiting(work: Work, kept_id: UUID, entity: str) -> tuple[InterruptedForm, Sent] | None:
    """What waits for the one who acts; None for others, and when its day has passed."""
    kept = work.session.get(InterruptedForm, kept_id)
    if kept is None or kept.created_at < work.now - KEPT:
        return None
    if (kept.person_id, kept.entity) != (work.actor.person_id, entity):
        return None
    told = json.loads(_keyring(work).open(kept.sealed, _bound(kept.id)))
    pairs = {name: [(a, b) for a, b in told[name]] for name in ("fields", "files")}
    return kept, Sent(**{**told, **pairs})


def files(work: Work, kept: InterruptedForm, sent: Sent) -> list[tuple[str, str, bytes]]:
    """The kept files as they came: field, name and bytes. They are scanned anew when taken in."""
    store: Store = work.resources["store"]
    known = {str(each.id): each for each in of_owner(work.session, kept.id)}
    return [
        (name, known[key].name, store.get(known[key].checksum))
        for name, key in sent.files
        if key in known
    ]


def names(work: Work, kept: InterruptedForm) -> tuple[str, ...]:
    """What the kept files are called."""
    return tuple(each.name for each in of_owner(work.session, kept.id))


def discard(work: Work, kept: InterruptedForm) -> None:
    """Let it go, with its files."""
    commands.remove_all(work, kept.id)
    work.session.delete(kept)


def purge(work: Work) -> None:
    """Let go what nobody has come back to for a day."""
    old = select(InterruptedForm).where(InterruptedForm.created_at < work.now - KEPT)
    for kept in work.session.scalars(old.order_by(InterruptedForm.created_at).limit(500)):
        discard(work, kept)


def _keyring(work: Work) -> Keyring:
    keyring: Keyring = work.resources["keyring"]
    return keyring


def _bound(kept_id: UUID) -> str:
    return f"interrupted_form:{kept_id}"
