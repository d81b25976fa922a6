"""Office documents are zip archives: what is in them, and whether it may stay."""

import io
import re
import zipfile

MOST_PARTS = 3000
MOST_BYTES = 200 * 1024 * 1024
LARGEST_INDEX = 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "application/vnd.oasis.opendocument.text"
# Macros, controls and embedded programs, in the ways that Office and LibreOffice keep them.
ACTIVE = re.compile(
    r"vba(project|data)|activex|embeddings/.*\.(bin|exe|js|vbs)$|^(basic|scripts)/|macrosheets/|\.(exe|dll|js|vbs|bat|ps1)$",
    re.IGNORECASE,
)


def office_type(data: bytes) -> str | None:
    """The media type of a word, sheet or text document without macros; None for all else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _told(archive) if _is_plain(archive) else None
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError, EOFError):
        return None


def _is_plain(archive: zipfile.ZipFile) -> bool:
    parts = archive.infolist()
    return (
        len(parts) <= MOST_PARTS
        and sum(part.file_size for part in parts) <= MOST_BYTES
        and not any(part.flag_bits & 0x1 for part in parts)
        and not any(ACTIVE.search(part.filename) or ".." in part.filename for part in parts)
    )


def _told(archive: zipfile.ZipFile) -> str | None:
    present = set(archive.namelist())
    if "mimetype" in present:
        return (
            TEXT
            if _read(archive, "mimetype").strip() == TEXT and "content.xml" in present
            else None
        )
    if "[Content_Types].xml" not in present:
        return None
    index = _read(archive, "[Content_Types].xml")
    if "macroEnabled" in index or "vbaProject" in index:
        return None
    for media_type, part in ((WORD, "word/document.xml"), (SHEET, "xl/workbook.xml")):
        if part in present and f"{media_type}.main+xml" in index:
            return media_type
    return None


def _read(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        data = part.read(LARGEST_INDEX + 1)
    if len(data) > LARGEST_INDEX:
        raise ValueError(name)
    return data.decode("utf-8")
