"""Checking and making XML signatures. The gate must have seen the document first."""

import xmlsec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from xmlsec import constants

from identity.claims import unverified
from identity.keys import KeyPair
from identity.vocabulary import DS, SIGNATURES, tag

SHORTEST_RSA = 2048
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = ("secp256r1", "secp384r1", "secp521r1")


def verify(signed: etree._Element, certificates: tuple[str, ...]) -> None:
    """Check an element's own signature with any of a provider's certificates (base64).

    The keys come from metadata only: what stands in the message's KeyInfo is never used.
    """
    signature = signed.find(tag(DS, "Signature"))
    if signature is None:
        raise unverified("signature-missing")
    if not any(_verifies(signed, signature, certificate) for certificate in certificates):
        raise unverified("signature")


def _verifies(signed: etree._Element, signature: etree._Element, certificate: str) -> bool:
    context = xmlsec.SignatureContext()
    context.register_id(signed, "ID")
    try:
        context.key = xmlsec.Key.from_memory(as_pem(certificate), constants.KeyDataFormatCertPem)
        context.set_enabled_key_data([constants.KeyDataX509])
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def covers(covered: bytes, signature: bytes, algorithm: str, certificate: str) -> bool:
    """Whether a redirect's signature over its own query is one of this certificate's key."""
    if algorithm not in SIGNATURES:
        return False
    key = x509.load_pem_x509_certificate(as_pem(certificate)).public_key()
    digest = HASHES[algorithm[-3:]]
    try:
        if isinstance(key, rsa.RSAPublicKey) and "#rsa-" in algorithm:
            key.verify(signature, covered, padding.PKCS1v15(), digest)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and "#ecdsa-" in algorithm:
            # XML signatures write the two numbers one after the other (RFC 4050, 3.3).
            half = len(signature) // 2
            two = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
            key.verify(encode_dss_signature(*two), covered, ec.ECDSA(digest))
            return True
    except InvalidSignature:
        return False
    return False


def as_pem(certificate: str) -> bytes:
    """A certificate in metadata's form as PEM."""
    lines = (certificate[start : start + 64] for start in range(0, len(certificate), 64))
    return "\n".join(
        ["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]
    ).encode()


def usable(certificate: str) -> bool:
    """Whether a certificate's key is one that the profile allows. Its dates do not count (ID-07)."""
    try:
        loaded = x509.load_pem_x509_certificate(as_pem(certificate))
        key = loaded.public_key()
        loaded.public_bytes(Encoding.DER)
    except ValueError:
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= SHORTEST_RSA
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES


def is_named(certificate: str, word: str) -> bool:
    """Whether a word stands in the name of a certificate's holder."""
    try:
        loaded = x509.load_pem_x509_certificate(as_pem(certificate))
    except ValueError:
        return False
    return word in loaded.subject.rfc4514_string()


def sign(element: etree._Element, keys: KeyPair, *, at: int) -> None:
    """Sign an element that has an ID with RSA-SHA256; the signature becomes its child at a place."""
    template = xmlsec.template.create(
        element, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds"
    )
    element.insert(at, template)
    reference = xmlsec.template.add_reference(
        template, constants.TransformSha256, uri=f"#{element.get('ID')}"
    )
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    info = xmlsec.template.ensure_key_info(template)
    xmlsec.template.add_x509_data(info)
    context = xmlsec.SignatureContext()
    context.register_id(element, "ID")
    context.key = xmlsec.Key.from_memory(keys.private_pem, constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(keys.certificate_pem, constants.KeyDataFormatCertPem)
    context.sign(template)
