"""The package: a zip with METS.xml, the descriptions, our schema and every file of the case."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from services.access.rules import require
from services.archive import contents, descriptive, mets, policy, premis
from services.archive.contents import Contents, File
from services.archive.xml import written
from services.audit.log import record
from services.cases.changing import locked
from services.cases.models import Case, State
from services.kernel.errors import Conflict
from services.kernel.work import Role, Work

# Of an archive's files the time of packing says nothing, so all have the first that a zip can hold.
NO_TIME = (1980, 1, 1, 0, 0, 0)
XML = "text/xml"
DESCRIPTIVE = "metadata/descriptive/arende.xml"
PRESERVATION = "metadata/preservation/premis.xml"
SCHEMA = "schemas/arende.xsd"
DOCUMENTATION = "documentation/las-mig.txt"
READ_ME = Path(__file__).with_name("las-mig.txt")
METS = "METS.xml"
DONE = (State.DECIDED, State.CLOSED, State.WITHDRAWN)


def export(work: Work, case_id: UUID, municipality: str) -> bytes:
    """A case's package, for its registrar or manager, or at the machine; taking it out is logged.

    Raises Conflict("case-not-ended") while the case is worked on. An unchanged case gives the
    same bytes again.
    """
    case = locked(work, case_id)
    if work.actor.role is not Role.SYSTEM:
        require(work, policy.EXPORT, case)
    if case.state not in DONE:
        raise Conflict("case-not-ended", state=case.state)
    made = pack(work, contents.of(work, case, municipality), municipality)
    record(work, "case:export", case.id)
    return made


def pack(work: Work, found: Contents, municipality: str) -> bytes:
    """The bytes of the package."""
    described = File(
        DESCRIPTIVE, written(descriptive.root(work, found, municipality)), XML, "arende.xml"
    )
    preserved = File(PRESERVATION, written(premis.root(found)), XML, "premis.xml")
    schema = File(SCHEMA, descriptive.SCHEMA.read_bytes(), XML, "arende.xsd")
    told = File(DOCUMENTATION, READ_ME.read_bytes(), "text/plain", "las-mig.txt")
    listed = written(mets.root(found, municipality, described, preserved, [schema], [told]))
    return _zipped(
        folder_of(found.case),
        [File(METS, listed, XML, METS), described, preserved, schema, told, *found.files],
    )


def folder_of(case: Case) -> str:
    """The package's one folder, and its file's name without the ending."""
    return f"arkiv-{case.number}"


def _zipped(folder: str, files: Iterable[File]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in files:
            entry = zipfile.ZipInfo(f"{folder}/{file.path}", NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            zipped.writestr(entry, file.data)
    return stream.getvalue()
