"""The shape that an answer must have, before any cryptography (profile 2.2)."""

from collections.abc import Iterable

from lxml import etree

from identity import gate
from identity.claims import unverified
from identity.signing.vocabulary import CSIG, DSS, PROFILE, RESPONSE_FIELD
from identity.vocabulary import DS, SAML, XENC, tag

Children = dict[str, etree._Element]


def response(form: list[tuple[str, str]]) -> tuple[etree._Element, bytes]:
    """The one answer of a form, with its bytes; parsed, and in the shape that may be verified.

    Raises Refused.
    """
    raw = gate.field(form, RESPONSE_FIELD, never=("SAMLResponse", "EidSignRequest"))
    root = gate.parsed(raw)
    if root.tag != tag(DSS, "SignResponse") or root.get("Profile") != PROFILE:
        raise unverified("not-a-sign-response")
    children(root, (DSS, "Result"), (DSS, "OptionalOutputs"), (DSS, "SignatureObject"))
    for name in ("EncryptedData", "EncryptedKey"):
        if root.find(f".//{tag(XENC, name)}") is not None:
            raise unverified("encrypted")
    outputs = one(root, (DSS, "OptionalOutputs"))
    if [part.tag for part in outputs] not in (
        [tag(CSIG, "SignResponseExtension"), tag(DS, "Signature")],
        [tag(DS, "Signature")],
    ):
        raise unverified("outputs")
    gate.check_whole_signature(root, outputs)
    return root, raw


def one(parent: etree._Element, name: tuple[str, str]) -> etree._Element:
    """The only child of a name. Raises Refused when there is none or there are several."""
    found = parent.findall(tag(*name))
    if len(found) != 1:
        raise unverified(f"count-{name[1]}")
    return found[0]


def text(parent: etree._Element, name: tuple[str, str]) -> str:
    """The text of the only child of a name, which has no elements in it. Raises Refused."""
    found = one(parent, name)
    if len(found):
        raise unverified(f"text-{name[1]}")
    return found.text or ""


def children(parent: etree._Element, *allowed: tuple[str, str]) -> None:
    """No children but these, in this order, each at most once. Raises Refused."""
    _in_order([child.tag for child in parent], [tag(*name) for name in allowed])


def _in_order(found: Iterable[object], allowed: list[str]) -> None:
    places = [allowed.index(name) if name in allowed else -1 for name in found]
    if -1 in places or any(a >= b for a, b in zip(places, places[1:])):
        raise unverified("children")


EXTENSION = tuple(
    (CSIG, name)
    for name in (
        "ResponseTime",
        "Request",
        "SignerAssertionInfo",
        "SignatureCertificateChain",
        "OtherResponseInfo",
    )
)
CONTEXT = (
    *((CSIG, name) for name in ("IdentityProvider", "AuthenticationInstant")),
    (SAML, "AuthnContextClassRef"),
    *((CSIG, name) for name in ("ServiceID", "AuthType", "AssertionRef")),
)
TASK = tuple(
    (CSIG, name)
    for name in ("ToBeSignedBytes", "AdESObject", "Base64Signature", "OtherSignTaskData")
)
