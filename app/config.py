"""Settings: read once from the environment, every fault reported at once."""

import base64
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app import choice_file, feed_file, payment_settings, signature_file
from app.choice_file import Choice
from identity.feeds import Feed, Shelf
from identity.signing.parties import SignatureService

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "demonstration", "test", "production")
KEY_BYTES = 32
WEAKEST_SECRET = 32


class ConfigurationFault(Exception):
    """The environment cannot be used; `faults` names each variable and what is expected."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Smtp:
    """Where mail goes out, and as whom."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    sender: str


@dataclass(frozen=True)
class Sms:
    """Where text messages go out, with which word, and from whom."""

    url: str
    token: str
    sender: str


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    root: Path
    environment: str
    secret_key: str
    database_url: str
    pool_size: int
    public_url: str
    data_folder: Path
    identifier_keys: dict[str, bytes]
    index_key: bytes
    store_url: str
    clamd_address: str | None
    smtp: Smtp
    sms: Sms | None
    eid_metadata: tuple[str, ...]
    eid_feeds: tuple[Feed, ...]
    eid_choice: Choice
    eid_keys_folder: Path
    eid_demo_url: str
    signature_service: SignatureService | None
    payment_providers: dict[str, Any]
    resident_height: int
    metrics_token: str | None
    metrics_folder: str | None
    trusted_proxies: int
    max_upload_bytes: int
    look_again_seconds: int
    municipality_name: str
    municipality_number: str
    contact_phone: str
    contact_email: str

    @property
    def is_production(self) -> bool:
        """Real people and real cases: nothing pretended is let in."""
        return self.environment == "production"

    @property
    def is_demonstration(self) -> bool:
        """A demonstration municipality, or a developer's or a test's."""
        return not self.is_production

    @property
    def signs(self) -> bool:
        """Whether there is a service to sign with; a demonstration has one of its own."""
        return self.signature_service is not None or self.is_demonstration

    @property
    def eid_shelf(self) -> Shelf:
        """Where the federations' metadata is kept."""
        return Shelf(self.data_folder / "eid" / "feeds", self.eid_feeds)

    @property
    def eid_files(self) -> tuple[Path, ...]:
        """Metadata of our own: the municipality's files, and the demonstration e-ID's."""
        demo = (self.data_folder / "eid" / "demo" / "metadata.xml",)
        own = tuple(Path(name) for name in self.eid_metadata)
        return own + (demo if self.is_demonstration else ())

    @property
    def eid_logos_folder(self) -> Path:
        """Where the providers' logos are kept."""
        return self.data_folder / "eid" / "logos"

    @property
    def provider_origins(self) -> tuple[str, ...]:
        """Origins that a sign-in form may lead on to."""
        if self.is_production:
            return ("https:",)
        parts = urlsplit(self.eid_demo_url)
        # Other providers that somebody tries out may have no TLS.
        others = ("http:", "https:") if self.eid_metadata or self.eid_feeds else ()
        return (f"{parts.scheme}://{parts.netloc}", *others)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings; raises ConfigurationFault naming every variable that is wrong."""
        return _Reader(os.environ if environ is None else environ).settings()


class _Reader:
    """Reads variables and gathers faults."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def settings(self) -> Settings:
        environment = self.choice("SALEM24_ENV", ENVIRONMENTS, "demonstration")
        self.production = environment == "production"
        data = Path(self.text("SALEM24_DATA", None if self.production else str(ROOT / "var")))
        public_url = self.url("SALEM24_PUBLIC_URL", "http://localhost:8024", ("http", "https"))
        if self.production and not public_url.startswith("https://"):
            self.faults.append("SALEM24_PUBLIC_URL: expected an https address in production")
        kept = {} if self.production else _kept_secrets(data)
        found = self._all(environment, data, public_url, kept)
        if self.faults:
            raise ConfigurationFault(self.faults)
        return Settings(root=ROOT, **found)

    def _all(
        self, environment: str, data: Path, public_url: str, kept: dict[str, str]
    ) -> dict[str, Any]:
        port = urlsplit(public_url).port or 8024
        secret = self.secret("SALEM24_SECRET_KEY", kept)
        return {
            "environment": environment,
            "secret_key": secret,
            "database_url": self.url(
                "SALEM24_DATABASE_URL", None, ("postgresql", "postgresql+psycopg")
            ).replace("postgresql://", "postgresql+psycopg://", 1),
            "pool_size": self.number("SALEM24_POOL_SIZE", 8, 1, 200),
            "public_url": public_url.rstrip("/"),
            "data_folder": data,
            "identifier_keys": self.keys("SALEM24_IDENTIFIER_KEYS", kept),
            "index_key": self.key("SALEM24_INDEX_KEY", kept),
            "store_url": self.text("SALEM24_STORE_URL", f"file://{data / 'files'}"),
            "clamd_address": self.clamd(),
            "smtp": self.smtp(port),
            "sms": self.sms(),
            **self._eid(data, port),
            "payment_providers": payment_settings.read(
                self, environment=environment, secret=secret, data=data, port=port
            ),
            "metrics_token": self.environ.get("SALEM24_METRICS_TOKEN") or None,
            "metrics_folder": self.environ.get("PROMETHEUS_MULTIPROC_DIR") or None,
            "trusted_proxies": self.number("SALEM24_TRUSTED_PROXIES", 0, 0, 5),
            "max_upload_bytes": self.number(
                "SALEM24_MAX_UPLOAD_BYTES", 10 * 1024 * 1024, 1024, 10**9
            ),
            "look_again_seconds": self.number("SALEM24_LOOK_AGAIN_SECONDS", 6, 1, 60),
            "municipality_name": self.text("SALEM24_MUNICIPALITY", "Salems kommun"),
            "municipality_number": self.text("SALEM24_MUNICIPALITY_NUMBER", "212000-2874"),
            "contact_phone": self.text("SALEM24_CONTACT_PHONE", "08-465 004 00"),
            "contact_email": self.text("SALEM24_CONTACT_EMAIL", "kontakt@salem24.example"),
        }

    def _eid(self, data: Path, port: int) -> dict[str, Any]:
        return {
            "eid_metadata": tuple(self.text("SALEM24_EID_METADATA", "").split()),
            "eid_feeds": self.feeds("SALEM24_EID_FEEDS"),
            "eid_choice": self.eid_choice("SALEM24_EID_CHOICE"),
            "signature_service": self.signature_service("SALEM24_SIGNATURE_SERVICE"),
            "eid_keys_folder": Path(self.text("SALEM24_EID_KEYS", str(data / "eid"))),
            "eid_demo_url": self.url(
                "SALEM24_EID_DEMO_URL", f"http://127.0.0.1:{port + 1}", ("http", "https")
            ),
            "resident_height": self.number("SALEM24_EID_RESIDENT_LEVEL", 3, 2, 4),
        }

    def text(self, name: str, default: str | None) -> str:
        value = self.environ.get(name, "").strip()
        if value:
            return value
        if default is None:
            self.faults.append(f"{name}: expected a value")
            return ""
        return default

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.faults.append(f"{name}: expected one of {', '.join(choices)}")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            self.faults.append(f"{name}: expected a whole number from {least} to {most}")
            return default
        return int(value)

    def url(self, name: str, default: str | None, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value and urlsplit(value).scheme not in schemes:
            self.faults.append(
                f"{name}: expected an address that begins with {' or '.join(schemes)}"
            )
        return value

    def secret(self, name: str, kept: dict[str, str]) -> str:
        value = self.environ.get(name) or kept.get(name, "")
        if len(value) < WEAKEST_SECRET:
            self.faults.append(f"{name}: expected at least {WEAKEST_SECRET} random characters")
        return value

    def key(self, name: str, kept: dict[str, str]) -> bytes:
        return self._key_of(name, self.environ.get(name) or kept.get(name, ""))

    def _key_of(self, name: str, text: str) -> bytes:
        try:
            key = base64.b64decode(text, validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            self.faults.append(f"{name}: expected {KEY_BYTES} random bytes as base64")
        return key

    def keys(self, name: str, kept: dict[str, str]) -> dict[str, bytes]:
        text = self.environ.get(name) or kept.get(name, "")
        pairs = [part.partition(":") for part in text.split(",") if part]
        if not pairs or any(not key for _, _, key in pairs):
            self.faults.append(
                f"{name}: expected name:base64 pairs with commas between, newest first"
            )
            return {}
        return {key_name: self._key_of(name, key) for key_name, _, key in pairs}

    def feeds(self, name: str) -> tuple[Feed, ...]:
        path = self.environ.get(name)
        if not path:
            return ()
        try:
            return feed_file.read(Path(path), only_https=self.production)
        except feed_file.FeedFileFault as fault:
            self.faults.append(f"{name}: {fault}")
            return ()

    def signature_service(self, name: str) -> SignatureService | None:
        path = self.environ.get(name)
        if not path:
            return None
        try:
            return signature_file.read(Path(path), only_https=self.production)
        except signature_file.SignatureFileFault as fault:
            self.faults.append(f"{name}: {fault}")
            return None

    def eid_choice(self, name: str) -> Choice:
        path = self.environ.get(name)
        if not path:
            return Choice()
        try:
            return choice_file.read(Path(path))
        except choice_file.ChoiceFileFault as fault:
            self.faults.append(f"{name}: {fault}")
            return Choice()

    def clamd(self) -> str | None:
        address = self.environ.get("SALEM24_CLAMD") or None
        if self.production and address is None:
            self.faults.append(
                "SALEM24_CLAMD: expected the address of ClamAV's daemon, host:port or a socket"
            )
        return address

    def sms(self) -> Sms | None:
        url = self.environ.get("SALEM24_SMS_URL") or None
        if url is None:
            return None
        if self.production and not url.startswith("https://"):
            self.faults.append("SALEM24_SMS_URL: expected an address that begins with https://")
        sender = self.text("SALEM24_SMS_SENDER", "SalemKommun")
        if re.fullmatch("[A-Za-z0-9]{1,11}", sender) is None:
            self.faults.append("SALEM24_SMS_SENDER: expected at most eleven letters and figures")
        return Sms(url=url, token=self.text("SALEM24_SMS_TOKEN", None), sender=sender)

    def smtp(self, port: int) -> Smtp:
        host = self.text("SALEM24_SMTP_HOST", None if self.production else "127.0.0.1")
        return Smtp(
            host=host,
            port=self.number("SALEM24_SMTP_PORT", 25 if self.production else port + 2, 1, 65535),
            user=self.environ.get("SALEM24_SMTP_USER") or None,
            password=self.environ.get("SALEM24_SMTP_PASSWORD") or None,
            tls=self.choice("SALEM24_SMTP_TLS", ("yes", "no"), "yes" if self.production else "no")
            == "yes",
            sender=self.text("SALEM24_MAIL_SENDER", "Salems kommun <ingen-svar@salem24.example>"),
        )


def _kept_secrets(data: Path) -> dict[str, str]:
    """Secrets of a demonstration: made once, kept in the data folder, readable to us only."""
    path = data / "secrets.json"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        new = {
            "SALEM24_SECRET_KEY": secrets.token_urlsafe(48),
            "SALEM24_IDENTIFIER_KEYS": f"k1:{_new_key()}",
            "SALEM24_INDEX_KEY": _new_key(),
        }
        _write_once(path, json.dumps(new))
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _write_once(path: Path, text: str) -> None:
    # Several processes may start at once: the first one to link its file wins.
    own = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
