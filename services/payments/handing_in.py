"""Files from the bank that an economist hands in: looked through, confirmed, booked by a job.

Nothing is booked before somebody has seen what the file is, and agreed. The bytes are kept in the
store, so that the job finds them, and goes on with them if it was broken off.
"""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.access.rules import require
from services.attachments import names
from services.attachments.commands import Readable
from services.audit.log import record
from services.jobs.commands import plan
from services.jobs.worker import Part, Series
from services.kernel.errors import Conflict, Invalid, NotFound, Refusal
from services.kernel.money import Money
from services.kernel.work import Actor, Work
from services.payments import policy, reading
from services.payments.bank_file import Survey
from services.payments.incoming import FileState, IncomingFile, IncomingRow
from services.storage.store import Store

READ = "payments.read_file"
MOST_BYTES = 40 * 1024 * 1024
SHOWN = 50
UNKNOWN_FORMAT = "unknown"
NOTHING = Survey(rows=0, total=Money(0), made_at=None, is_test=False)


def hand_in(
    work: Work, stream: Readable, filename: str | None, *, allow_test: bool
) -> IncomingFile:
    """Look a file through and keep it, until somebody confirms that it shall be booked.

    The same file comes back as it stands already. One that is wrong is noted with what is wrong,
    and Invalid("bank-file", fault=…, line=…) raised: the caller commits all the same. Raises
    Invalid("bank-file-too-large", most=…) and Conflict("file-read-before", file_id=…).
    """
    require(work, policy.KEEP_BOOKS, None)
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Invalid("bank-file-too-large", most=MOST_BYTES)
    file, name = BytesIO(data), names.clean(filename)
    checksum = reading.checksum_of(file)
    known = reading.known_by(work, checksum)
    if known is not None and known.state != FileState.REFUSED:
        if known.state == FileState.DONE:
            raise Conflict("file-read-before", file_id=str(known.id))
        return known
    try:
        told, survey = reading.looked_through(work, file, allow_test=allow_test)
    except Invalid as refusal:
        known = known or reading.noted(work, checksum, UNKNOWN_FORMAT, NOTHING, name)
        _refuse(work, known, refusal)
        raise
    store: Store = work.resources["store"]
    store.put(data)
    known = known or reading.noted(work, checksum, told.key, survey, name)
    _looked_through(work, known, told.key, survey)
    return known


def _looked_through(work: Work, file: IncomingFile, kind: str, survey: Survey) -> None:
    """What was refused before may be right by a newer reader."""
    file.state, file.fault, file.fault_line = FileState.WAITING.value, None, None
    file.kind, file.rows, file.total_ore = kind, survey.rows, survey.total.ore
    file.made_at, file.accounts = survey.made_at, list(survey.accounts)
    file.first_on, file.last_on = survey.first_on, survey.last_on
    file.read_at, file.read_by_id = work.now, work.actor.person_id
    record(work, "payments:hand-in-file", file.id, rows=file.rows, ore=file.total_ore)


def _refuse(work: Work, file: IncomingFile, refusal: Refusal) -> None:
    file.state = FileState.REFUSED.value
    file.fault = str(refusal.details.get("fault", refusal.code))
    file.fault_line = refusal.details.get("line") or None
    file.read_at = work.now
    record(work, "payments:refuse-file", file.id, fault=file.fault)


def confirm(work: Work, file_id: UUID) -> IncomingFile:
    """Let a file be booked, by a job, as it was shown.

    Raises NotFound("bank-file") and Conflict("bank-file-state").
    """
    require(work, policy.KEEP_BOOKS, None)
    file = _locked(work, file_id)
    if file.state != FileState.WAITING:
        raise Conflict("bank-file-state", state=file.state)
    reading.begin(work, file)
    record(work, "payments:confirm-file", file.id, rows=file.rows, ore=file.total_ore)
    if file.state == FileState.READING:
        plan(work, READ, file_id=str(file.id))
    return file


def leave_out(work: Work, file_id: UUID) -> None:
    """Let a file go that shall not be booked. Raises Conflict("bank-file-state")."""
    require(work, policy.KEEP_BOOKS, None)
    file = _locked(work, file_id)
    if file.state != FileState.WAITING:
        raise Conflict("bank-file-state", state=file.state)
    # The bytes stay in the store: another economist may be handing in the very same file now.
    record(work, "payments:leave-out-file", file.id, rows=file.rows, ore=file.total_ore)
    work.session.delete(file)


def _locked(work: Work, file_id: UUID) -> IncomingFile:
    query = select(IncomingFile).where(IncomingFile.id == file_id).with_for_update()
    file = work.session.scalar(query.execution_options(populate_existing=True))
    if file is None:
        raise NotFound("bank-file")
    return file


def files(session: Session, actor: Actor) -> list[IncomingFile]:
    """Files that have been read or handed in, the newest first."""
    query = select(IncomingFile).where(policy.visible_files(actor))
    newest = query.order_by(IncomingFile.read_at.desc(), IncomingFile.id.desc())
    return list(session.scalars(newest.limit(SHOWN)))


def file_by_id(session: Session, actor: Actor, file_id: UUID) -> IncomingFile:
    """A file, for those who keep the books. Raises NotFound("bank-file")."""
    query = select(IncomingFile).where(IncomingFile.id == file_id, policy.visible_files(actor))
    found = session.scalar(query)
    if found is None:
        raise NotFound("bank-file")
    return found


def kept(session: Session, found: list[IncomingFile]) -> dict[UUID, int]:
    """How many payments of each file no other file had told of before."""
    query = (
        select(IncomingRow.file_id, func.count())
        .where(IncomingRow.file_id.in_([each.id for each in found]))
        .group_by(IncomingRow.file_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _parts(work: Work, arguments: dict[str, Any]) -> Iterator[Part]:
    file = work.session.get_one(IncomingFile, UUID(arguments["file_id"]))
    if file.state != FileState.READING:
        return iter(())
    store: Store = work.resources["store"]
    bytes_of_it = BytesIO(store.get(file.sha256))
    told, survey = reading.looked_through(work, bytes_of_it, allow_test=True)
    taken = reading.Taken(file.id, told, survey, file.done)
    left = reading.parts(bytes_of_it, taken)
    return (partial(_book, file_id=file.id, rows=rows) for rows in left)


def _book(work: Work, *, file_id: UUID, rows: Any) -> None:
    reading.book(work, file_id, rows)


def _refused(work: Work, arguments: dict[str, Any], refusal: Refusal) -> None:
    if refusal.code != "file-being-read":
        _refuse(work, _locked(work, UUID(arguments["file_id"])), refusal)


read_file = Series(_parts, _refused)
