"""A whole sign-in with oneself: shows at start that the libraries here fit together (ID-02).

lxml and xmlsec carry libxml2 each of their own; a silent upgrade of one of them would
otherwise be noticed at the first real sign-in.
"""

import base64
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree
from xmlsec import get_libxml_version

from identity import decryption, gate, keys, signatures
from identity.claims import Refused
from identity.vocabulary import OAEP, SAML, SAMLP, XENC, XENC11, tag

NAME = "_selftest"
BITS = 2048
SECRET = b"opened"


class SelfTestFault(Exception):
    """The libraries do not work together; no sign-in would succeed."""


def run(pair: keys.KeyPair | None = None) -> None:
    """Sign, verify, notice a change, open, and refuse an open door. Raises SelfTestFault.

    With our own key, which is there already, it takes milliseconds: making one takes longer.
    """
    if get_libxml_version()[:2] != etree.LIBXML_VERSION[:2]:
        raise SelfTestFault("lxml and xmlsec were built with different libxml2")
    pair = pair or keys.generate("selftest", bits=BITS)
    signed = _signed(pair)
    if not _holds(signed, pair.certificate_text):
        raise SelfTestFault("a good signature is refused")
    if _holds(signed.replace(b">content<", b">changed<"), pair.certificate_text):
        raise SelfTestFault("a changed message is accepted")
    if _holds(signed, _somebody_elses()):
        raise SelfTestFault("somebody else's signature is accepted")
    if decryption.opened(_sealed(pair), [pair.private]) != SECRET:
        raise SelfTestFault("what is sealed for us does not open")
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


def _somebody_elses() -> str:
    """A certificate of another key, on a curve because that takes no time to make."""
    return keys.self_signed("other", ec.generate_private_key(ec.SECP256R1()))


def _sealed(pair: keys.KeyPair) -> etree._Element:
    """A little envelope to ourselves, as providers seal theirs."""
    secret, nonce = os.urandom(32), os.urandom(decryption.NONCE)
    scheme = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    wrapped = pair.private.public_key().encrypt(secret, scheme)
    content = nonce + AESGCM(secret).encrypt(nonce, SECRET, None)
    envelope = etree.Element(tag(SAML, "EncryptedAssertion"))
    data = etree.SubElement(envelope, tag(XENC, "EncryptedData"))
    for parent, algorithm, value in (
        (data, XENC11 + "aes256-gcm", content),
        (etree.SubElement(envelope, tag(XENC, "EncryptedKey")), OAEP, wrapped),
    ):
        etree.SubElement(parent, tag(XENC, "EncryptionMethod"), Algorithm=algorithm)
        inside = etree.SubElement(parent, tag(XENC, "CipherData"))
        text = base64.b64encode(value).decode()
        etree.SubElement(inside, tag(XENC, "CipherValue")).text = text
    return envelope


def _holds(message: bytes, certificate: str) -> bool:
    try:
        root = gate.parsed(message)
        gate.check_signed_root(root)
        signatures.verify(root, (certificate,))
    except Refused:
        return False
    return True
