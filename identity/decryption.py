"""Opening an encrypted assertion. Only what carries a good signature comes here.

The ciphers are called directly: the plaintext stays text, which our own parser reads, and no
library looks at it before the gate has.
"""

import base64
import binascii
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from identity.claims import unverified
from identity.vocabulary import CIPHERS, DS, GCM, SHA1, SHA256, SHA384, SHA512, XENC, tag

BLOCK = 16
NONCE = 12
HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    SHA1: hashes.SHA1,
    SHA256: hashes.SHA256,
    SHA384: hashes.SHA384,
    SHA512: hashes.SHA512,
}


def opened(encrypted: etree._Element, private_keys: Iterable[rsa.RSAPrivateKey]) -> bytes:
    """The text inside an EncryptedAssertion, with our current key or a previous one."""
    data = encrypted.find(tag(XENC, "EncryptedData"))
    method = data.find(tag(XENC, "EncryptionMethod")) if data is not None else None
    if data is None or method is None:
        raise unverified("encryption-shape")
    algorithm = method.get("Algorithm") or ""
    content = _cipher_value(data)
    wrapped = list(encrypted.iter(tag(XENC, "EncryptedKey")))
    for private in private_keys:
        for key in wrapped:
            secret = _unwrapped(key, private)
            if secret is not None and len(secret) == CIPHERS[algorithm]:
                return _plaintext(algorithm, secret, content)
    raise unverified("decryption-key")


def _cipher_value(element: etree._Element) -> bytes:
    text = element.findtext(f"{tag(XENC, 'CipherData')}/{tag(XENC, 'CipherValue')}") or ""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise unverified("cipher-value") from fault


def _unwrapped(key: etree._Element, private: rsa.RSAPrivateKey) -> bytes | None:
    digest = key.find(f"{tag(XENC, 'EncryptionMethod')}/{tag(DS, 'DigestMethod')}")
    algorithm = HASHES[(digest.get("Algorithm") or SHA1) if digest is not None else SHA1]
    # The profile's rsa-oaep-mgf1p always masks with SHA-1, whatever digest it names.
    scheme = padding.OAEP(padding.MGF1(hashes.SHA1()), algorithm(), None)
    try:
        return private.decrypt(_cipher_value(key), scheme)
    except ValueError:
        return None


def _plaintext(algorithm: str, secret: bytes, content: bytes) -> bytes:
    try:
        if algorithm in GCM:
            return AESGCM(secret).decrypt(content[:NONCE], content[NONCE:], None)
        return _unchained(secret, content)
    except (InvalidTag, ValueError) as fault:
        raise unverified("decryption") from fault


def _unchained(secret: bytes, content: bytes) -> bytes:
    if len(content) < 2 * BLOCK or len(content) % BLOCK:
        raise ValueError("length")
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(content[:BLOCK])).decryptor()
    padded = decryptor.update(content[BLOCK:]) + decryptor.finalize()
    # XML Encryption §5.2: the last byte counts the padding, the others may be anything.
    if not 1 <= padded[-1] <= BLOCK:
        raise ValueError("padding")
    return padded[: -padded[-1]]
