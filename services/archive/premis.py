"""premis.xml: what each file is, and what has happened to the case (PREMIS 3)."""

from lxml import etree

from services.archive.contents import Contents
from services.archive.xml import added

NAMESPACE = "http://www.loc.gov/premis/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SYSTEM = "Salem 24"


def root(contents: Contents) -> etree._Element:
    """Objects with their checksums, the events of the case's life, and the system as agent."""
    top = etree.Element(f"{{{NAMESPACE}}}premis", nsmap={"premis": NAMESPACE, "xsi": XSI})
    top.set("version", "3.0")
    for file in contents.files:
        _object(top, file.path, file.checksum, str(len(file.data)), file.media_type)
    for each in contents.timeline:
        _event(top, f"event-{each.id}", each.kind, each.at.isoformat(), each.actor_role)
    number = contents.case.number or ""
    _event(
        top,
        f"export-{number}",
        "information package creation",
        contents.as_of.isoformat(),
        "system",
    )
    agent = added(top, "agent")
    identifier = added(agent, "agentIdentifier")
    added(identifier, "agentIdentifierType", "local")
    added(identifier, "agentIdentifierValue", "salem24")
    added(agent, "agentName", SYSTEM)
    added(agent, "agentType", "software")
    return top


def _object(top: etree._Element, path: str, checksum: str, size: str, media_type: str) -> None:
    made = added(top, "object")
    made.set(f"{{{XSI}}}type", "premis:file")
    identifier = added(made, "objectIdentifier")
    added(identifier, "objectIdentifierType", "path")
    added(identifier, "objectIdentifierValue", path)
    facts = added(made, "objectCharacteristics")
    fixity = added(facts, "fixity")
    added(fixity, "messageDigestAlgorithm", "SHA-256")
    added(fixity, "messageDigest", checksum)
    added(facts, "size", size)
    added(added(added(facts, "format"), "formatDesignation"), "formatName", media_type)


def _event(top: etree._Element, key: str, kind: str, at: str, role: str) -> None:
    made = added(top, "event")
    identifier = added(made, "eventIdentifier")
    added(identifier, "eventIdentifierType", "local")
    added(identifier, "eventIdentifierValue", key)
    added(made, "eventType", kind)
    added(made, "eventDateTime", at)
    added(added(made, "eventDetailInformation"), "eventDetail", role)
