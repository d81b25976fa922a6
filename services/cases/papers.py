"""What comes to a case on paper or by e-mail: taken in at the desk, scanned, with how it came."""

from collections.abc import Sequence
from uuid import UUID

from services.attachments import commands as attachments
from services.attachments.commands import Readable
from services.cases import policy
from services.cases.changing import for_change, note_event
from services.cases.models import Case
from services.kernel.errors import Invalid
from services.kernel.work import Work

CHANNELS = ("letter", "visit", "email")
KINDS = ("image", "pdf", "document")
MOST = 10


def take_in(
    work: Work,
    case_id: UUID,
    files: Sequence[tuple[Readable, str | None]],
    channel: str,
    *,
    max_bytes: int,
) -> Case:
    """Put scanned papers with the case. The minute is that of taking in (förvaltningslagen 22 §)."""
    case = for_change(work, case_id, policy.WORK_ON)
    if channel not in CHANNELS:
        raise Invalid("unknown-channel")
    if len(files) > MOST:
        raise Invalid("too-many-files")
    for stream, name in files:
        attachments.receive(
            work,
            stream,
            name,
            owner_kind="case",
            owner_id=case.id,
            kinds=KINDS,
            max_bytes=max_bytes,
        )
    note_event(work, case, "paper_received", public=True, channel=channel, files=len(files))
    return case
