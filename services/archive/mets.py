"""METS.xml: the package's own list of what is in it (E-ARK CSIP 2.1, SIP 2.1)."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from services.archive.contents import Contents, File
from services.archive.xml import added

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
SYSTEM = "Salem 24"
CONTENT = "FGS Ärendehantering"
# The groups of files, each with the division of the structure that points at it.
DOCUMENTATION, SCHEMAS, DATA = "Documentation", "Schemas", "Representations/rep1"
DIVISIONS = {DOCUMENTATION: DOCUMENTATION, SCHEMAS: SCHEMAS, DATA: "Representations"}


def root(
    contents: Contents,
    municipality: str,
    descriptive: File,
    preservation: File,
    schemas: Sequence[File],
    documentation: Sequence[File],
) -> etree._Element:
    """The list. Every file of the package but itself is in it, with size and checksum."""
    at = contents.as_of.isoformat()
    top = etree.Element(f"{{{METS}}}mets", nsmap={"mets": METS, "xlink": XLINK, "csip": CSIP})
    for name, value in (
        ("OBJID", contents.case.number or ""),
        ("TYPE", "Other"),
        (f"{{{CSIP}}}OTHERTYPE", "Case"),
        (f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "OTHER"),
        (f"{{{CSIP}}}OTHERCONTENTINFORMATIONTYPE", CONTENT),
        ("PROFILE", PROFILE),
    ):
        top.set(name, value)
    _header(top, at, municipality)
    described = added(top, "dmdSec", ID="dmd-arende", CREATED=at, STATUS="CURRENT")
    _reference(described, "mdRef", descriptive, at, MDTYPE="OTHER", OTHERMDTYPE=CONTENT)
    held = added(added(top, "amdSec"), "digiprovMD", ID="amd-premis", CREATED=at, STATUS="CURRENT")
    _reference(held, "mdRef", preservation, at, MDTYPE="PREMIS")
    files = added(top, "fileSec", ID="files")
    _group(files, DOCUMENTATION, documentation, at)
    _group(files, SCHEMAS, schemas, at)
    _group(files, DATA, contents.files, at)
    _structure(top)
    return top


def _header(top: etree._Element, at: str, municipality: str) -> None:
    header = added(top, "metsHdr", CREATEDATE=at, LASTMODDATE=at, RECORDSTATUS="NEW")
    header.set(f"{{{CSIP}}}OAISPACKAGETYPE", "SIP")
    made_by = added(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    added(made_by, "name", SYSTEM)
    note = added(made_by, "note", "1.0")
    note.set(f"{{{CSIP}}}NOTETYPE", "SOFTWARE VERSION")
    archive = added(header, "agent", ROLE="ARCHIVIST", TYPE="ORGANIZATION")
    added(archive, "name", municipality)


def _reference(parent: etree._Element, name: str, file: File, at: str, **type_: str) -> None:
    made = added(
        parent,
        name,
        ID=_id(file.path),
        LOCTYPE="URL",
        MIMETYPE=file.media_type,
        SIZE=str(len(file.data)),
        CREATED=at,
        CHECKSUM=file.checksum,
        CHECKSUMTYPE="SHA-256",
        **type_,
    )
    made.set(f"{{{XLINK}}}type", "simple")
    made.set(f"{{{XLINK}}}href", file.path)


def _group(files: etree._Element, use: str, of: Sequence[File], at: str) -> None:
    group = added(files, "fileGrp", ID=_id(use), USE=use)
    group.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "OTHER")
    group.set(f"{{{CSIP}}}OTHERCONTENTINFORMATIONTYPE", CONTENT)
    for file in of:
        made = added(
            group,
            "file",
            ID=_id(file.path),
            MIMETYPE=file.media_type,
            SIZE=str(len(file.data)),
            CREATED=at,
            CHECKSUM=file.checksum,
            CHECKSUMTYPE="SHA-256",
        )
        place = added(made, "FLocat", LOCTYPE="URL")
        place.set(f"{{{XLINK}}}type", "simple")
        place.set(f"{{{XLINK}}}href", file.path)


def _structure(top: etree._Element) -> None:
    structure = added(top, "structMap", ID="structure", TYPE="PHYSICAL", LABEL="CSIP")
    whole = added(structure, "div", ID="package", LABEL=top.get("OBJID") or "")
    added(whole, "div", ID="metadata", LABEL="Metadata", DMDID="dmd-arende", ADMID="amd-premis")
    for use, label in DIVISIONS.items():
        part = added(whole, "div", ID=_id(f"div {label}"), LABEL=label)
        added(part, "fptr", FILEID=_id(use))


def _id(of: str) -> str:
    return f"uuid-{uuid5(NAMESPACE_URL, of)}"
