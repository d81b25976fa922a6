"""The gate of the logout messages: the same rules as for answers, before any cryptography (ID-23)."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus

from lxml import etree

from identity import gate
from identity.claims import unverified
from identity.vocabulary import DEFLATE, DS, SAML, SAMLP, XENC, tag

REQUEST, ANSWER = "SAMLRequest", "SAMLResponse"
LARGEST_QUERY = 64 * 1024
LARGEST_MESSAGE = 64 * 1024
MOST_INDEXES = 50
# SAML allows 80 bytes; providers send more, and get it back as it was.
LONGEST_RELAYED = 2048
IN_QUERY = frozenset({REQUEST, ANSWER, "RelayState", "SigAlg", "Signature", "SAMLEncoding"})
SIGNED = ("RelayState", "SigAlg")


@dataclass(frozen=True)
class Seal:
    """What a redirect's signature covers, by which algorithm, and the signature itself."""

    covered: bytes
    algorithm: str
    value: bytes


@dataclass(frozen=True)
class Received:
    """A logout message as it came: its kind, its root, and what must be given back with it.

    `seal` is the signature of the address; None when the message carries its own.
    """

    kind: str
    root: etree._Element
    relay_state: str | None
    seal: Seal | None


def posted(form: Sequence[tuple[str, str]]) -> Received:
    """The one message of a form. Raises Refused for anything else."""
    kinds = [name for name, _ in form if name in (REQUEST, ANSWER)]
    if len(kinds) != 1:
        raise unverified(f"messages-{min(len(kinds), 2)}")
    root = gate.parsed(gate.field(form, kinds[0], never=("SAMLart",)))
    relayed = [value for name, value in form if name == "RelayState"]
    gate.check_signed_root(root)
    return Received(kinds[0], _checked(kinds[0], root), _one(relayed), None)


def redirected(query: str) -> Received:
    """The one signed message of an address's query. Raises Refused for anything else."""
    if len(query) > LARGEST_QUERY or not query.isascii():
        raise unverified("query-size")
    parts = [part.partition("=") for part in query.split("&") if part]
    names = [name for name, _, _ in parts]
    if len(set(names)) != len(names) or not set(names) <= IN_QUERY:
        raise unverified("query-fields")
    sent = {name: value for name, _, value in parts}
    kinds = [name for name in (REQUEST, ANSWER) if name in sent]
    if len(kinds) != 1 or "SigAlg" not in sent or "Signature" not in sent:
        raise unverified("query-unsigned" if len(kinds) == 1 else "query-messages")
    if unquote_plus(sent.get("SAMLEncoding", DEFLATE)) != DEFLATE:
        raise unverified("query-encoding")
    root = gate.parsed(_inflated(gate.decoded(unquote_plus(sent[kinds[0]]))))
    if root.find(f".//{tag(DS, 'Signature')}") is not None:
        raise unverified("signature-place")
    seal = Seal(
        # What is signed is the query as it was sent, not as we would write it (Bindings 3.4.4.1).
        "&".join(f"{name}={sent[name]}" for name in (kinds[0], *SIGNED) if name in sent).encode(),
        unquote_plus(sent["SigAlg"]),
        gate.decoded(unquote_plus(sent["Signature"])),
    )
    relayed = [unquote_plus(sent["RelayState"])] if "RelayState" in sent else []
    return Received(kinds[0], _checked(kinds[0], root), _one(relayed), seal)


def _inflated(squeezed: bytes) -> bytes:
    """The message, unless it swells beyond what any logout message holds."""
    inflating = zlib.decompressobj(-15)
    try:
        message = inflating.decompress(squeezed, LARGEST_MESSAGE)
    except zlib.error as fault:
        raise unverified("deflate") from fault
    if not inflating.eof or inflating.unused_data:
        raise unverified("deflate")
    return message


def _one(relayed: list[str]) -> str | None:
    if len(relayed) > 1 or any(len(one) > LONGEST_RELAYED for one in relayed):
        raise unverified("relay-state")
    return relayed[0] if relayed else None


def _checked(kind: str, root: etree._Element) -> etree._Element:
    name = "LogoutRequest" if kind == REQUEST else "LogoutResponse"
    if root.tag != tag(SAMLP, name) or root.get("Version") != "2.0":
        raise unverified("not-a-logout")
    if not gate.NAME.fullmatch(root.get("ID") or ""):
        raise unverified("message-id")
    parts = [child.tag for child in root]
    if parts[:1] != [tag(SAML, "Issuer")]:
        raise unverified("logout-shape")
    rest = parts[1:]
    for optional in (tag(DS, "Signature"), tag(SAMLP, "Extensions")):
        if rest[:1] == [optional]:
            rest = rest[1:]
    if kind == ANSWER:
        if rest != [tag(SAMLP, "Status")]:
            raise unverified("logout-shape")
    else:
        _check_names(root, rest)
    return root


def _check_names(root: etree._Element, rest: list[str]) -> None:
    """Exactly one name, plain or encrypted, and then the sessions."""
    names, indexes = rest[:1], rest[1:]
    encrypted = root.find(tag(SAML, "EncryptedID"))
    if names not in ([tag(SAML, "NameID")], [tag(SAML, "EncryptedID")]):
        raise unverified("logout-name")
    if len(indexes) > MOST_INDEXES or any(one != tag(SAMLP, "SessionIndex") for one in indexes):
        raise unverified("logout-shape")
    data = list(root.iter(tag(XENC, "EncryptedData")))
    if len(data) != (0 if encrypted is None else 1):
        raise unverified("count-EncryptedData")
    if encrypted is not None:
        gate.check_encryption(encrypted)
