"""Reading a package back without trusting it: is all there, is it unchanged, is it this case?"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from services.archive import descriptive, mets, premis
from services.archive.contents import DATA, Contents
from services.archive.package import DESCRIPTIVE, METS, PRESERVATION, SCHEMA
from services.archive.xml import read
from services.kernel.errors import Invalid
from services.storage.store import checksum_of

MOST_FILES = 20_000
LARGEST = 4 * 1024 * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """Something that does not hold: a code, and at which file or field."""

    code: str
    where: str


@dataclass
class Read:
    """A package as it was read. It is whole when it has no faults."""

    files: dict[str, bytes]
    number: str = ""
    documents: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    events: int = 0
    described: etree._Element | None = None
    faults: list[Fault] = field(default_factory=list)


def read_back(data: bytes) -> Read:
    """Open a package and check every checksum, its schema, and that its lists agree.

    Raises Invalid("archive-zip") or Invalid("archive-xml") for what cannot be opened at all.
    """
    found = Read(_unzipped(data))
    if missing := [
        each for each in (METS, DESCRIPTIVE, PRESERVATION, SCHEMA) if each not in found.files
    ]:
        found.faults += [Fault("missing", each) for each in missing]
        return found
    top = read(found.files[METS])
    found.number = top.get("OBJID") or ""
    found.faults += [*_listed(top, found.files)]
    found.described = read(found.files[DESCRIPTIVE])
    found.faults += [*_schema(found)]
    found.faults += [*_documents(found)]
    found.faults += [*_preserved(found)]
    found.answers = _answers(found)
    return found


def _unzipped(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            entries = zipped.infolist()
            if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > LARGEST:
                raise Invalid("archive-zip", why="too-large")
            names = [_inside(each.filename) for each in entries]
            if len(set(names)) != len(names):
                raise Invalid("archive-zip", why="twice")
            return {name: zipped.read(each) for name, each in zip(names, entries, strict=True)}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as fault:
        raise Invalid("archive-zip", why="broken") from fault


def _inside(name: str) -> str:
    folder, _, path = name.partition("/")
    parts = path.split("/")
    if any(each in ("", ".", "..") for each in (folder, *parts)) or "\\" in name:
        raise Invalid("archive-zip", why="path")
    return path


def _listed(top: etree._Element, files: dict[str, bytes]) -> Iterator[Fault]:
    """METS against the files: each once, of its size and checksum, and nothing beside."""
    href = f"{{{mets.XLINK}}}href"
    seen = {METS}
    for element in top.iter(f"{{{mets.METS}}}file", f"{{{mets.METS}}}mdRef"):
        place = element if element.get(href) else element.find(f"{{{mets.METS}}}FLocat")
        path = (place.get(href) if place is not None else None) or ""
        seen.add(path)
        if path not in files:
            yield Fault("missing", path)
        elif checksum_of(files[path]) != element.get("CHECKSUM"):
            yield Fault("changed", path)
        elif str(len(files[path])) != element.get("SIZE"):
            yield Fault("size", path)
    yield from (Fault("unlisted", path) for path in files if path not in seen)


def _schema(found: Read) -> Iterator[Fault]:
    """Held against our own schema, not against the one that somebody may have changed in the package."""
    ours = descriptive.SCHEMA.read_bytes()
    if found.files[SCHEMA] != ours:
        yield Fault("schema-changed", SCHEMA)
    schema = etree.XMLSchema(read(ours))
    if found.described is not None and not schema.validate(found.described):
        yield Fault("schema", DESCRIPTIVE)


def _documents(found: Read) -> Iterator[Fault]:
    assert found.described is not None
    space = f"{{{descriptive.NAMESPACE}}}"
    for each in found.described.iter(f"{space}ArkivobjektHandling"):
        key = each.findtext(f"{space}ArkivobjektID") or ""
        found.documents[key] = []
        for file in each.iter(f"{space}Bilaga"):
            path = file.get("Lank") or ""
            found.documents[key].append(path)
            if path not in found.files:
                yield Fault("missing", path)
            elif checksum_of(found.files[path]) != file.get("Checksumma"):
                yield Fault("changed", path)


def _preserved(found: Read) -> Iterator[Fault]:
    space = f"{{{premis.NAMESPACE}}}"
    top = read(found.files[PRESERVATION])
    found.events = len(top.findall(f"{space}event"))
    told = {
        each.findtext(f"{space}objectIdentifier/{space}objectIdentifierValue") or "": each.findtext(
            f"{space}objectCharacteristics/{space}fixity/{space}messageDigest"
        )
        for each in top.iter(f"{space}object")
    }
    for path, data in found.files.items():
        if path.startswith(f"{DATA}/") and told.get(path) != checksum_of(data):
            yield Fault("premis", path)
    yield from (Fault("missing", path) for path in told if path not in found.files)


def _answers(found: Read) -> dict[str, Any]:
    try:
        told = json.loads(found.files[f"{DATA}/svar.json"])
        answers: dict[str, Any] = told["answers"]
    except (KeyError, TypeError, ValueError):
        found.faults.append(Fault("answers", f"{DATA}/svar.json"))
        return {}
    return answers


def differences(found: Read, contents: Contents) -> list[Fault]:
    """What the package and the case of the system do not agree on; nothing, when it is complete."""
    own = {each.document.key: [file.path for file in each.files] for each in contents.pieces}
    differing = [
        Fault("document", key)
        for key in sorted(own.keys() | found.documents.keys())
        if own.get(key) != found.documents.get(key)
    ]
    data = {file.path: file.checksum for file in contents.files}
    differing += [
        Fault("file", path)
        for path, checksum in data.items()
        if path not in found.files or checksum_of(found.files[path]) != checksum
    ]
    if found.number != contents.case.number:
        differing.append(Fault("number", found.number))
    if found.answers != json.loads(json.dumps(contents.answers)):
        differing.append(Fault("answers", "svar.json"))
    # The package's own making is an event too.
    if found.events != len(contents.timeline) + 1:
        differing.append(Fault("events", PRESERVATION))
    return differing
