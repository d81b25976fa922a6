"""XML as the package holds it: written the same way each time, read without trusting it."""

from lxml import etree

from services.kernel.errors import Invalid

LARGEST = 50 * 1024 * 1024


def added(
    parent: etree._Element, name: str, text: str | None = None, **with_: str
) -> etree._Element:
    """A child in the parent's namespace; `text` may hold anything that somebody has written."""
    space = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{space}}}{name}", with_)
    if text is not None:
        child.text = clean(text)
    return child


def clean(text: str) -> str:
    """The text without the few signs that XML cannot hold (XML 1.0 §2.2)."""
    return "".join(sign if _fits(ord(sign)) else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _fits(code: int) -> bool:
    if code < 0x20:
        return code in (0x9, 0xA, 0xD)
    return not (0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF))


def written(root: etree._Element) -> bytes:
    """The document as bytes."""
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def read(data: bytes) -> etree._Element:
    """The root of a document. Raises Invalid("archive-xml") for what is broken or has a DTD."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    if len(data) > LARGEST or b"<!DOCTYPE" in data:
        raise Invalid("archive-xml")
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Invalid("archive-xml") from fault
