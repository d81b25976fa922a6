"""The file of federations: which feeds we read, who signs them, and which providers we use."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from identity.feeds import Feed
from identity.signatures import usable

LOCAL = "local"


class FeedFileFault(Exception):
    """The file cannot be used; the words say why."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    signers: Annotated[list[str], Field(min_length=1)]
    # Sweden Connect allows a minute, the school and municipal federations three to five (§2.9).
    skew_seconds: Annotated[int, Field(ge=0, le=300)] = 60
    # What those of its providers that declare no levels may issue, by our contract with them.
    levels: tuple[str, ...] = ()
    allow: dict[Literal["invanare", "medarbetare", "skola"], list[str]]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    feeds: list[_Entry]


def read(path: Path, *, only_https: bool) -> tuple[Feed, ...]:
    """The feeds of a file; signers' files lie beside it. Raises FeedFileFault."""
    try:
        found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        feeds = tuple(_feed(entry, path.parent) for entry in found.feeds)
    except ValidationError as fault:
        where = {".".join(str(part) for part in one["loc"]) for one in fault.errors()}
        raise FeedFileFault(f"not as it should be: {', '.join(sorted(where))}") from fault
    except (OSError, ValueError, yaml.YAMLError) as fault:
        raise FeedFileFault(f"{type(fault).__name__}: {fault}") from fault
    names = [feed.name for feed in feeds]
    if len(set(names)) != len(names) or LOCAL in names:
        raise FeedFileFault("each feed must have a name of its own, and not be called local")
    used = [name for feed in feeds for name in frozenset().union(*feed.listed.values())]
    if len(set(used)) != len(used):
        raise FeedFileFault("a provider may be listed in one feed only")
    if only_https and not all(feed.url.startswith("https://") for feed in feeds):
        raise FeedFileFault("a feed's address must begin with https:// in production")
    return feeds


def _feed(entry: _Entry, folder: Path) -> Feed:
    return Feed(
        name=entry.name,
        url=entry.url,
        signers=tuple(_signer(folder / name) for name in entry.signers),
        skew=timedelta(seconds=entry.skew_seconds),
        levels=entry.levels,
        listed={entity: frozenset(names) for entity, names in entry.allow.items()},
    )


def _signer(path: Path) -> str:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    lines = certificate.public_bytes(Encoding.PEM).decode().strip().splitlines()
    text = "".join(lines[1:-1])
    if not usable(text):
        raise ValueError(f"{path.name} has too weak a key")
    return text
