"""The simulators' certificates: an authority of their own, a server's, and a merchant's.

Whichever process starts first makes them; nobody but the demonstration trusts them.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.payment_settings import PAYEE
from identity import keys

LIFE = timedelta(days=3650)
HOSTS = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH


@dataclass(frozen=True)
class Certificates:
    """Where they lie; each private key lies beside its certificate."""

    folder: Path

    @property
    def authority(self) -> Path:
        """Who vouches for both sides."""
        return self.folder / "authority.pem"

    @property
    def server(self) -> Path:
        """The simulators' own."""
        return self.folder / "server.pem"

    @property
    def server_key(self) -> Path:
        """Its private key."""
        return self.folder / "server.key"

    @property
    def client(self) -> Path:
        """The merchant's, which Swish gives to whoever has an agreement."""
        return self.folder / "client.pem"

    @property
    def client_key(self) -> Path:
        """Its private key."""
        return self.folder / "client.key"


def ensure(folder: Path) -> Certificates:
    """The certificates of a folder, made if there are none; safe when several ask at once."""
    found = Certificates(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with keys.alone(folder):
        if not found.client.exists():
            _make(found)
    return found


def _make(into: Certificates) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Demonstrationens utfärdare")
    authority = _signed(_unsigned(name, name, key), key, is_authority=True)
    keys.write(into.authority, authority.public_bytes(Encoding.PEM))
    _issue(into.server, into.server_key, "Demonstrationens betaltjänster", SERVER, authority, key)
    # Written last: when it is there, all are.
    _issue(into.client, into.client_key, PAYEE, CLIENT, authority, key)


def _issue(
    file: Path,
    key_file: Path,
    name: str,
    use: x509.ObjectIdentifier,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    unsigned = (
        _unsigned(_name(name), authority.subject, key)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
            critical=False,
        )
    )
    if use is SERVER:
        unsigned = unsigned.add_extension(x509.SubjectAlternativeName(HOSTS), critical=False)
    certificate = _signed(unsigned, authority_key, is_authority=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keys.write(key_file, private)
    keys.write(file, certificate.public_bytes(Encoding.PEM))


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _unsigned(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _signed(
    unsigned: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, *, is_authority: bool
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    constraints = x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None)
    return (
        unsigned.add_extension(constraints, critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
