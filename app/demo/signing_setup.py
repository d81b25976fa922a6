"""The demonstration signature service's keys: its own, and those of its certificate authority."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.config import Settings
from identity import keys
from identity.signing.parties import SignatureService

PATH = "/underskrift"
LIFE = timedelta(days=3650)
SHORT_LIFE = timedelta(minutes=30)
EARLY = timedelta(minutes=5)
BITS = 2048
POLICY = x509.ObjectIdentifier("0.4.0.2042.1.7")


def entity_id(settings: Settings) -> str:
    """The entityID of the service, which is its address too."""
    return f"{settings.eid_demo_url}{PATH}"


def ensure(settings: Settings) -> SignatureService:
    """The service, with what is missing made. Raises RuntimeError in production."""
    if settings.is_production:
        raise RuntimeError("the demonstration signature service does not run in production")
    return SignatureService(
        entity_id=entity_id(settings),
        url=entity_id(settings),
        certificates=(service_keys(settings).certificate_text,),
        roots=(authority(settings).certificate_text,),
    )


def service_keys(settings: Settings) -> keys.KeyPair:
    """The key that the service signs its answers with."""
    return keys.ensure(_folder(settings) / "service", "salem24 demonstration signature service")


def authority(settings: Settings) -> keys.KeyPair:
    """The certificate authority that makes the signers' certificates."""
    folder = _folder(settings) / "authority"
    folder.mkdir(parents=True, exist_ok=True)
    with keys.alone(folder):
        if not (folder / "certificate.pem").exists():
            made = _new_authority()
            keys.write(folder / "private.pem", made.private_pem)
            keys.write(folder / "certificate.pem", made.certificate_pem)
        return keys.read(folder)


def _folder(settings: Settings) -> Path:
    return settings.data_folder / "eid" / "signing"


def _new_authority() -> keys.KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Demonstration"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Salem 24 demonstration signing CA"),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(issuer=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return keys.KeyPair(private, certificate.public_bytes(Encoding.PEM))


def issue(
    issuer: keys.KeyPair, key: rsa.RSAPublicKey, subject: x509.Name, now: datetime
) -> x509.Certificate:
    """A certificate for one signature, good for half an hour."""
    above = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + SHORT_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(issuer=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above), critical=False
        )
        .add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False
        )
        .sign(issuer.private, hashes.SHA256())
    )


def _usage(*, issuer: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issuer,
        content_commitment=not issuer,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issuer,
        crl_sign=issuer,
        encipher_only=False,
        decipher_only=False,
    )
