"""The file of the signature service: who it is, where it is, and which certificates are its own."""

from pathlib import Path
from typing import Annotated

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from identity.signatures import usable
from identity.signing.parties import SignatureService


class SignatureFileFault(Exception):
    """The file cannot be used; the words say why."""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    entity_id: Annotated[str, Field(min_length=1)]
    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    # Files in PEM beside this one: what its answers are signed with, and the roots of the
    # certificates that it makes for the signers.
    certificates: Annotated[list[str], Field(min_length=1)]
    roots: Annotated[list[str], Field(min_length=1)]
    must_show: bool = True


def read(path: Path, *, only_https: bool) -> SignatureService:
    """The service of a file. Raises SignatureFileFault."""
    try:
        found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        service = SignatureService(
            entity_id=found.entity_id,
            url=found.url,
            certificates=tuple(_certificate(path.parent / name) for name in found.certificates),
            roots=tuple(_certificate(path.parent / name) for name in found.roots),
            must_show=found.must_show,
        )
    except ValidationError as fault:
        where = {".".join(str(part) for part in one["loc"]) for one in fault.errors()}
        raise SignatureFileFault(f"not as it should be: {', '.join(sorted(where))}") from fault
    except (OSError, ValueError, yaml.YAMLError) as fault:
        raise SignatureFileFault(f"{type(fault).__name__}: {fault}") from fault
    if only_https and not service.url.startswith("https://"):
        raise SignatureFileFault("the address must begin with https:// in production")
    return service


def _certificate(path: Path) -> str:
    loaded = x509.load_pem_x509_certificate(path.read_bytes())
    lines = loaded.public_bytes(Encoding.PEM).decode().strip().splitlines()
    text = "".join(lines[1:-1])
    if not usable(text):
        raise ValueError(f"the key in {path.name} is too weak, or of an unknown kind")
    return text
