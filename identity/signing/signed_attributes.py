"""The signed attributes of a PDF signature: those that we send, and those that come back."""

import hashlib

from asn1crypto import algos, cms, tsp

from identity.claims import unverified

LARGEST = 16 * 1024
HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
CERTIFICATE = "signing_certificate_v2"


def made(document_digest: bytes) -> bytes:
    """The attributes over a document's SHA-256, as DER.

    No signing time is among them: in a PAdES signature the document itself says it
    (EN 319 142-1, 6.3).
    """
    return _set_of(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [document_digest]}),
        ]
    )


def with_certificate(attributes: bytes, certificate: bytes) -> bytes:
    """The attributes with the hash of the signer's certificate added, as a service does it."""
    identifier = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "cert_hash": hashlib.sha256(certificate).digest(),
        }
    )
    added = cms.CMSAttribute(
        {"type": CERTIFICATE, "values": [tsp.SigningCertificateV2({"certs": [identifier]})]}
    )
    return _set_of([*cms.CMSAttributes.load(attributes, strict=True), added])


def check(sent: bytes, returned: bytes, certificate: bytes) -> None:
    """What came back is what we sent, and with it the hash of this very certificate.

    Raises Refused. A service may alter nothing else: it would be another document.
    """
    if len(returned) > LARGEST:
        raise unverified("attributes-size")
    try:
        ours = [one.dump() for one in cms.CMSAttributes.load(sent, strict=True)]
        loaded = cms.CMSAttributes.load(returned, strict=True)
        theirs = [one.dump() for one in loaded if one["type"].native != CERTIFICATE]
        added = [one for one in loaded if one["type"].native == CERTIFICATE]
        encoded = _set_of(list(loaded))
    except (ValueError, TypeError, KeyError) as fault:
        raise unverified("attributes-form") from fault
    if encoded != returned:
        raise unverified("attributes-not-der")
    if sorted(theirs) != sorted(ours):
        raise unverified("attributes-changed")
    if len(added) != 1:
        raise unverified("certificate-not-signed")
    _check_certificate(added[0], certificate)


def _check_certificate(attribute: cms.CMSAttribute, certificate: bytes) -> None:
    try:
        values = attribute["values"]
        named = values[0]["certs"][0] if len(values) == 1 and len(values[0]["certs"]) == 1 else None
        method = named["hash_algorithm"]["algorithm"].native if named else ""
        hashed = named["cert_hash"].native if named else b""
    except (ValueError, TypeError, KeyError) as fault:
        raise unverified("certificate-form") from fault
    if method not in HASHES or HASHES[method](certificate).digest() != hashed:
        raise unverified("certificate-other")


def _set_of(attributes: list[cms.CMSAttribute]) -> bytes:
    made: bytes = cms.CMSAttributes(attributes).dump(force=True)
    return made
