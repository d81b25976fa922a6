"""A provider's key on an elliptic curve."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from identity.keys import KeyPair


def pair(curve: type[ec.EllipticCurve] = ec.SECP256R1) -> KeyPair:
    """A key with a certificate that has already expired: dates do not count."""
    key = ec.generate_private_key(curve())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curve")])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday - timedelta(days=1))
        .not_valid_after(yesterday)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(private, certificate.public_bytes(Encoding.PEM))
