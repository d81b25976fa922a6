"""The gate before any cryptography: size, base64, safe parsing, shape and algorithms.

A signature's transforms run before anybody looks at its key, so a forged message could make
the machine work for seconds. What does not have exactly the shape that the profile allows is
turned away here, at the price of one parse.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence

from lxml import etree

from identity.claims import unverified
from identity.vocabulary import (
    CIPHERS,
    DIGESTS,
    DS,
    EC,
    ELEMENT,
    ENCRYPTED_KEY,
    ENVELOPED,
    EXCLUSIVE,
    OAEP,
    OAEP_DIGESTS,
    SAML,
    SAMLP,
    SIGNATURES,
    XENC,
    XML,
    tag,
)

LARGEST_FORM = 256 * 1024
MOST_ELEMENTS = 3000
MOST_ATTRIBUTES = 6000
MOST_NAMESPACES = 400
MOST_ENCRYPTED_KEYS = 4
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}", re.ASCII)
DECLARATION = re.compile(rb"\s*<\?xml\s[^<>?]*\?>", re.ASCII)
ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']", re.ASCII)


def received(form: Sequence[tuple[str, str]]) -> bytes:
    """The one SAMLResponse of a form, decoded. Raises Refused for anything else."""
    return field(form, "SAMLResponse", never=("SAMLart", "SAMLRequest"))


def field(form: Sequence[tuple[str, str]], name: str, *, never: Sequence[str] = ()) -> bytes:
    """The one message of this name in a form, decoded. Raises Refused for anything else."""
    if sum(len(each) + len(value) for each, value in form) > LARGEST_FORM:
        raise unverified("form-too-large")
    if any(each in never for each, _ in form):
        raise unverified("other-message")
    found = [value for each, value in form if each == name]
    if len(found) != 1:
        raise unverified(f"responses-{min(len(found), 2)}")
    return decoded(found[0])


def decoded(text: str) -> bytes:
    """What strict base64 says; only line breaks and tabs may stand between. Raises Refused."""
    try:
        plain = text.translate({10: None, 13: None, 9: None}).encode("ascii")
        return base64.b64decode(plain, validate=True)
    except (UnicodeEncodeError, binascii.Error) as fault:
        raise unverified("base64") from fault


def parsed(xml: bytes) -> etree._Element:
    """The root of a document without DTD, comments, CDATA or instructions, of bounded size."""
    body = _plain_body(xml)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise unverified("xml") from fault
    _check_size(root)
    return root


def _plain_body(xml: bytes) -> bytes:
    if b"\x00" in xml:
        raise unverified("xml-nul")
    try:
        body = xml.decode("utf-8-sig").encode()
    except UnicodeDecodeError as fault:
        raise unverified("xml-encoding") from fault
    declaration = DECLARATION.match(body)
    if declaration:
        said = ENCODING.search(declaration[0])
        if said and said[1].lower() != b"utf-8":
            raise unverified("xml-encoding")
        body = body[declaration.end() :]
    # A < cannot stand in text or in a value, so this finds every DTD, comment, CDATA and PI.
    if b"<!" in body or b"<?" in body:
        raise unverified("xml-markup")
    if body.count(b"xmlns") > MOST_NAMESPACES:
        raise unverified("xml-namespaces")
    return body


def _check_size(root: etree._Element) -> None:
    attributes = 0
    for elements, element in enumerate(root.iter(), start=1):
        attributes += len(element.attrib)
        if elements > MOST_ELEMENTS or attributes > MOST_ATTRIBUTES:
            raise unverified("xml-size")
        if tag(XML, "id") in element.attrib or tag(XML, "base") in element.attrib:
            raise unverified("xml-attribute")
    names = [
        element.get(name)
        for element in root.iter()
        for name in ("ID", "Id", "id")
        if element.get(name)
    ]
    if len(names) != len(set(names)):
        raise unverified("id-twice")


def check_response(root: etree._Element) -> None:
    """The shape of the outer message: signed, with a status, and at most one encrypted assertion."""
    if root.tag != tag(SAMLP, "Response") or root.get("Version") != "2.0":
        raise unverified("not-a-response")
    parts = [child.tag for child in root]
    start = [tag(SAML, "Issuer"), tag(DS, "Signature")]
    rest = parts[2:]
    if rest[:1] == [tag(SAMLP, "Extensions")]:
        rest = rest[1:]
    if parts[:2] != start or rest not in (
        [tag(SAMLP, "Status")],
        [tag(SAMLP, "Status"), tag(SAML, "EncryptedAssertion")],
    ):
        raise unverified("response-shape")
    _none_of(
        root, [tag(SAML, "Assertion"), tag(SAML, "EncryptedID"), tag(SAML, "EncryptedAttribute")]
    )
    _only_signature(root)
    _check_signature(root[1], root)
    encrypted = root.find(tag(SAML, "EncryptedAssertion"))
    _exactly(root, tag(XENC, "EncryptedData"), 0 if encrypted is None else 1)
    if encrypted is not None:
        check_encryption(encrypted)


def check_assertion(root: etree._Element) -> etree._Element:
    """The one assertion of a response whose encrypted assertion has been opened."""
    last = root[-1] if len(root) else root
    if last.tag != tag(SAML, "Assertion") or len(list(root.iter(tag(SAML, "Assertion")))) != 1:
        raise unverified("assertion-count")
    _none_of(
        root,
        [
            tag(SAML, "EncryptedAssertion"),
            tag(SAML, "EncryptedID"),
            tag(SAML, "EncryptedAttribute"),
            tag(SAML, "Advice"),
            tag(XENC, "EncryptedData"),
            tag(XENC, "EncryptedKey"),
        ],
    )
    if last.get("Version") != "2.0" or not NAME.fullmatch(last.get("ID") or ""):
        raise unverified("assertion-shape")
    signatures = list(last.iter(tag(DS, "Signature")))
    if len(signatures) > 1 or (signatures and signatures[0].getparent() is not last):
        raise unverified("assertion-signatures")
    if signatures:
        _check_signature(signatures[0], last)
    return last


def check_signed_root(root: etree._Element) -> etree._Element:
    """The one signature of a document that covers its root, as metadata has it."""
    _only_signature(root)
    signature = root.find(tag(DS, "Signature"))
    if signature is None:
        raise unverified("signature-place")
    _check_signature(signature, root)
    return signature


def _only_signature(root: etree._Element) -> None:
    _exactly(root, tag(DS, "Signature"), 1)
    _none_of(root, [tag(DS, "Object"), tag(DS, "Manifest")])


def _exactly(root: etree._Element, name: str, count: int) -> None:
    if len(list(root.iter(name))) != count:
        raise unverified("count-" + etree.QName(name).localname)


def _none_of(root: etree._Element, names: Iterable[str]) -> None:
    for name in names:
        _exactly(root, name, 0)


def _children(element: etree._Element, *names: str) -> list[etree._Element]:
    found = list(element)
    if [child.tag for child in found] != list(names):
        raise unverified("shape-" + etree.QName(element).localname)
    return found


def check_whole_signature(root: etree._Element, holder: etree._Element) -> None:
    """The one signature of a document, last in its holder; it covers all of it (reference "")."""
    _only_signature(root)
    if not len(holder) or holder[-1].tag != tag(DS, "Signature"):
        raise unverified("signature-place")
    _check_parts(holder[-1], "")


def _check_signature(signature: etree._Element, parent: etree._Element) -> None:
    name = parent.get("ID") or ""
    if signature.getparent() is not parent or not NAME.fullmatch(name):
        raise unverified("signature-place")
    _check_parts(signature, f"#{name}")


def _check_parts(signature: etree._Element, covered: str) -> None:
    names = [tag(DS, "SignedInfo"), tag(DS, "SignatureValue"), tag(DS, "KeyInfo")]
    signed, _, *info = _children(signature, *names[: 3 if len(signature) > 2 else 2])
    for child in info:
        _check_key_info(child)
    method, algorithm, reference = _children(
        signed, tag(DS, "CanonicalizationMethod"), tag(DS, "SignatureMethod"), tag(DS, "Reference")
    )
    _check_canonicalisation(method)
    if algorithm.get("Algorithm") not in SIGNATURES or len(algorithm):
        raise unverified("signature-algorithm")
    _check_reference(reference, covered)


def _check_reference(reference: etree._Element, covered: str) -> None:
    if reference.get("URI") != covered:
        raise unverified("reference")
    transforms, digest, value = _children(
        reference, tag(DS, "Transforms"), tag(DS, "DigestMethod"), tag(DS, "DigestValue")
    )
    enveloped, exclusive = _children(transforms, tag(DS, "Transform"), tag(DS, "Transform"))
    if enveloped.get("Algorithm") != ENVELOPED or len(enveloped):
        raise unverified("transform")
    _check_canonicalisation(exclusive)
    if digest.get("Algorithm") not in DIGESTS or len(digest) or len(value):
        raise unverified("digest-algorithm")


def _check_canonicalisation(method: etree._Element) -> None:
    if method.get("Algorithm") != EXCLUSIVE:
        raise unverified("canonicalisation")
    if len(method) > 1 or any(
        child.tag != tag(EC, "InclusiveNamespaces") or len(child) for child in method
    ):
        raise unverified("canonicalisation")


def _check_key_info(info: etree._Element) -> None:
    for child in info.iterdescendants():
        if child.tag not in KEY_INFO:
            raise unverified("key-info")


KEY_INFO = frozenset(
    tag(DS, name)
    for name in (
        "X509Data",
        "X509Certificate",
        "X509SubjectName",
        "X509IssuerSerial",
        "X509IssuerName",
        "X509SerialNumber",
        "X509SKI",
        "KeyName",
    )
)


def check_encryption(encrypted: etree._Element) -> None:
    """What is encrypted has one cipher and few keys, all of the profile's algorithms."""
    beside = list(encrypted)[1:]
    data = encrypted.find(tag(XENC, "EncryptedData"))
    if data is None or data is not encrypted[0] or data.get("Type", ELEMENT) != ELEMENT:
        raise unverified("encryption-shape")
    method, info, cipher = _children(
        data, tag(XENC, "EncryptionMethod"), tag(DS, "KeyInfo"), tag(XENC, "CipherData")
    )
    if method.get("Algorithm") not in CIPHERS or len(method):
        raise unverified("cipher")
    _children(cipher, tag(XENC, "CipherValue"))
    inside = [child for child in info if child.tag == tag(XENC, "EncryptedKey")]
    for child in info:
        if child not in inside:
            _check_pointer(child)
    if any(child.tag != tag(XENC, "EncryptedKey") for child in beside):
        raise unverified("encryption-shape")
    keys = inside + beside
    _exactly(encrypted, tag(XENC, "EncryptedKey"), len(keys))
    if not 1 <= len(keys) <= MOST_ENCRYPTED_KEYS:
        raise unverified("encrypted-keys")
    for key in keys:
        _check_encrypted_key(key)


def _check_pointer(child: etree._Element) -> None:
    if child.tag == tag(DS, "RetrievalMethod"):
        local = (child.get("URI") or "").startswith("#")
        if not local or child.get("Type") != ENCRYPTED_KEY or len(child):
            raise unverified("retrieval")
        return
    if child.tag not in KEY_INFO or any(
        inner.tag not in KEY_INFO for inner in child.iterdescendants()
    ):
        raise unverified("key-info")


def _check_encrypted_key(key: etree._Element) -> None:
    allowed = {tag(XENC, "EncryptionMethod"), tag(DS, "KeyInfo"), tag(XENC, "CipherData")}
    allowed |= {tag(XENC, "ReferenceList"), tag(XENC, "CarriedKeyName")}
    children = {child.tag: child for child in key}
    if len(children) != len(key) or not set(children) <= allowed:
        raise unverified("encrypted-key-shape")
    method, cipher = (
        children.get(tag(XENC, "EncryptionMethod")),
        children.get(tag(XENC, "CipherData")),
    )
    if method is None or cipher is None or method.get("Algorithm") != OAEP:
        raise unverified("key-transport")
    for child in method:
        if child.tag != tag(DS, "DigestMethod") or child.get("Algorithm") not in OAEP_DIGESTS:
            raise unverified("key-transport")
    if len(method) > 1:
        raise unverified("key-transport")
    _children(cipher, tag(XENC, "CipherValue"))
    info = children.get(tag(DS, "KeyInfo"))
    if info is not None:
        _check_key_info(info)
