"""Our own keys: made, kept and read."""

import base64
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

BITS = 3072
PAIR = ("private.pem", "certificate.pem")
LIFE = timedelta(days=365 * 10)
# In the name of every key that is made for a demonstration, so that production knows it again.
DEMONSTRATION = "demonstration"


@dataclass(frozen=True)
class KeyPair:
    """An RSA key and its self-signed certificate, both as PEM."""

    private_pem: bytes
    certificate_pem: bytes

    @cached_property
    def private(self) -> rsa.RSAPrivateKey:
        """The key, ready for use."""
        key = load_pem_private_key(self.private_pem, None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the key is not an RSA key")
        return key

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The certificate, ready for use."""
        return x509.load_pem_x509_certificate(self.certificate_pem)

    @property
    def is_demonstrations(self) -> bool:
        """Whether it was made for a demonstration."""
        return DEMONSTRATION in self.certificate.subject.rfc4514_string()

    @property
    def certificate_text(self) -> str:
        """The certificate as metadata and KeyInfo carry it: base64 without heads."""
        lines = self.certificate_pem.decode().strip().splitlines()
        return "".join(line for line in lines if not line.startswith("-----"))


def generate(name: str, *, bits: int = BITS) -> KeyPair:
    """A new key with a self-signed certificate; trust comes from metadata, not from its dates."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(private, _certified(name, key).public_bytes(Encoding.PEM))


def _certified(name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .sign(key, hashes.SHA256())
    )


def self_signed(name: str, key: ec.EllipticCurvePrivateKey) -> str:
    """A certificate of a key on a curve, as metadata carries certificates."""
    return base64.b64encode(_certified(name, key).public_bytes(Encoding.DER)).decode()


def ensure(folder: Path, name: str = "salem24") -> KeyPair:
    """The key pair of a folder, made if there is none; safe when several processes ask at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        if not exists(folder):
            made = generate(name)
            write(folder / "private.pem", made.private_pem)
            write(folder / "certificate.pem", made.certificate_pem)
        return read(folder)


def exists(folder: Path) -> bool:
    """Whether a folder holds a key pair."""
    return (folder / "certificate.pem").exists()


def read(folder: Path) -> KeyPair:
    """The key pair of a folder."""
    return KeyPair((folder / "private.pem").read_bytes(), (folder / "certificate.pem").read_bytes())


def previous(folder: Path) -> tuple[KeyPair, ...]:
    """Earlier key pairs, kept in `previous/<name>/` for decryption while a change is under way."""
    return tuple(read(old) for old in sorted((folder / "previous").glob("*")) if old.is_dir())


def upcoming(folder: Path) -> KeyPair | None:
    """The key pair that takes over next, when a change is under way."""
    return read(folder / "next") if exists(folder / "next") else None


def prepare(folder: Path, name: str = "salem24") -> KeyPair:
    """The first step of a change: make the next key, which metadata then announces.

    Raises FileExistsError when a change is under way already.
    """
    if upcoming(folder) is not None:
        raise FileExistsError("next")
    return ensure(folder / "next", name)


def switch(folder: Path, now: datetime) -> KeyPair:
    """The second step: the next key signs from now on, and the old one only opens.

    Raises FileNotFoundError when no change has been prepared.
    """
    with alone(folder):
        coming = read(folder / "next")
        old = folder / "previous" / f"{now:%Y%m%dT%H%M%SZ}"
        old.mkdir(parents=True)
        for file in PAIR:
            write(old / file, (folder / file).read_bytes())
        for file, content in zip(PAIR, (coming.private_pem, coming.certificate_pem), strict=True):
            write(folder / file, content)
        for file in (*reversed(PAIR), ".lock"):
            (folder / "next" / file).unlink(missing_ok=True)
    return coming


def drop(folder: Path, before: datetime) -> int:
    """The last step: forget keys that were switched out before a moment. Returns how many."""
    dropped = 0
    for old in sorted((folder / "previous").glob("*Z")):
        if old.name < f"{before:%Y%m%dT%H%M%SZ}":
            shutil.rmtree(old)
            dropped += 1
    return dropped


def write(path: Path, content: bytes) -> None:
    """Write a file that only we may read; others see the old one or the whole new one."""
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    passing.replace(path)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, which ends with the process at the latest."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
