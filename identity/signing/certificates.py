"""The signer's certificate: whose it is, who vouches for it, and whether it holds today."""

from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from identity import attributes as names
from identity.claims import unverified
from identity.signatures import CURVES, SHORTEST_RSA, as_pem
from identity.signing.parties import SignatureService, Signer

Kind = TypeVar("Kind", bound=x509.ExtensionType)
LONGEST_CHAIN = 6
STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
# How an identifier may be written in a certificate (Certificate Profile 2.3.1.1).
MARKS = {names.PERSONAL_NUMBER: "PNOSE-", names.PRID: "PI:SE-"}


def checked(chain: tuple[bytes, ...], service: SignatureService, now: datetime) -> x509.Certificate:
    """The signer's certificate, when its whole chain holds now and ends in a root of the service.

    Revocation is not asked for: the certificate is minutes old and made for one signature.
    Raises Refused.
    """
    certificates = [_loaded(each) for each in chain]
    if not 2 <= len(certificates) <= LONGEST_CHAIN:
        raise unverified("chain-length")
    for place, certificate in enumerate(certificates):
        _check_dates(certificate, service, now)
        _check_strength(certificate)
        _check_role(certificate, below=place - 1 if place else None)
        issuer = certificates[min(place + 1, len(certificates) - 1)]
        _check_issued(certificate, issuer)
    trusted = {x509.load_pem_x509_certificate(as_pem(root)) for root in service.roots}
    if certificates[-1] not in trusted:
        raise unverified("root-unknown")
    return certificates[0]


def check_signer(certificate: x509.Certificate, signer: Signer) -> None:
    """The certificate names exactly the person who was to sign. Raises Refused."""
    place, _ = signer.place
    found = certificate.subject.get_attributes_for_oid(x509.ObjectIdentifier(place))
    forms = {signer.value.lower(), f"{MARKS.get(signer.attribute, '')}{signer.value}".lower()}
    if len(found) != 1 or str(found[0].value).lower() not in forms:
        raise unverified("other-signer")


def check_signature(certificate: x509.Certificate, signed: bytes, signature: bytes) -> None:
    """RSA with SHA-256, as we asked, over exactly these bytes. Raises Refused."""
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise unverified("signature-key")
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as fault:
        raise unverified("signature-value") from fault


def as_der(certificate: x509.Certificate) -> bytes:
    """The bytes of a certificate."""
    return certificate.public_bytes(Encoding.DER)


def _loaded(der: bytes) -> x509.Certificate:
    try:
        loaded = x509.load_der_x509_certificate(der)
        loaded.extensions  # noqa: B018 - read here, so that what cannot be read is refused here
    except (ValueError, x509.DuplicateExtension) as fault:
        raise unverified("certificate-form") from fault
    if as_der(loaded) != der:
        raise unverified("certificate-form")
    return loaded


def _check_dates(certificate: x509.Certificate, service: SignatureService, now: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins - service.skew <= now <= ends + service.skew:
        raise unverified("certificate-dates")


def _check_strength(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES
    )
    if not strong or not isinstance(certificate.signature_hash_algorithm, STRONG):
        raise unverified("certificate-algorithm")


def _check_role(certificate: x509.Certificate, below: int | None) -> None:
    """An issuer may issue, over at most so many issuers below; a signer may sign, and only that."""
    limits = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    if below is None:
        if limits is not None and limits.ca:
            raise unverified("signer-is-issuer")
        if usage is None or not (usage.digital_signature or usage.content_commitment):
            raise unverified("signer-usage")
        return
    if limits is None or not limits.ca or (usage is not None and not usage.key_cert_sign):
        raise unverified("issuer-may-not")
    if limits.path_length is not None and limits.path_length < below:
        raise unverified("issuer-may-not")


def _extension(certificate: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _check_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature) as fault:
        raise unverified("chain-broken") from fault
