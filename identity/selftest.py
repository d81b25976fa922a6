"""A whole sign-in with oneself: shows at start that the libraries here fit together (ID-02).

lxml and xmlsec carry libxml2 each of their own; a silent upgrade of one of them would
otherwise be noticed at the first real sign-in.
"""

from lxml import etree
from xmlsec import get_libxml_version

from identity import decryption, gate, keys, signatures
from identity.claims import Refused
from identity.vocabulary import SAML, SAMLP, tag

NAME = "_selftest"
BITS = 2048


class SelfTestFault(Exception):
    """The libraries do not work together; no sign-in would succeed."""


def run() -> None:
    """Sign, verify, notice a change, and refuse an open door. Raises SelfTestFault."""
    if get_libxml_version()[:2] != etree.LIBXML_VERSION[:2]:
        raise SelfTestFault("lxml and xmlsec were built with different libxml2")
    pair = keys.generate("selftest", bits=BITS)
    signed = _signed(pair)
    if not _holds(signed, pair):
        raise SelfTestFault("a good signature is refused")
    if _holds(signed.replace(b">content<", b">changed<"), pair):
        raise SelfTestFault("a changed message is accepted")
    if _holds(signed, keys.generate("other", bits=BITS)):
        raise SelfTestFault("somebody else's signature is accepted")
    try:
        decryption.opened(etree.Element(tag(SAML, "EncryptedAssertion")), [pair.private])
    except Refused:
        return
    raise SelfTestFault("an empty envelope opens")


def _signed(pair: keys.KeyPair) -> bytes:
    root = etree.Element(tag(SAMLP, "Response"), ID=NAME)
    etree.SubElement(root, tag(SAML, "Issuer")).text = "content"
    signatures.sign(root, pair, at=1)
    return etree.tostring(root)


def _holds(message: bytes, pair: keys.KeyPair) -> bool:
    try:
        root = gate.parsed(message)
        gate.check_signed_root(root)
        signatures.verify(root, (pair.certificate_text,))
    except Refused:
        return False
    return True
