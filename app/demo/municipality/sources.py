"""The written sources of the demonstration municipality, and keys that are the same every time."""

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml

HERE = Path(__file__).resolve().parent
# A name space of our own (RFC 9562 §5.5): the same words give the same key, so that filling
# twice finds what is there instead of adding it again.
DEMONSTRATION = UUID("5a1e0024-0000-4000-8000-000000000024")


def key(*words: object) -> UUID:
    """The lasting key of something in the demonstration."""
    return uuid5(DEMONSTRATION, ":".join(str(word) for word in words))


@cache
def organisation() -> dict[str, Any]:
    """Authorities, departments and units."""
    return _read(HERE / "organisation.yaml")


@cache
def inhabitants() -> dict[str, Any]:
    """Invented staff, residents and organisations."""
    return _read(HERE / "inhabitants.yaml")


@cache
def answers() -> dict[str, list[Any]]:
    """Fitting answers to questions by their keys, where the type alone would give odd ones."""
    return _read(HERE / "answers.yaml")


@cache
def stories(slug: str) -> list[dict[str, Any]]:
    """The situations that are told of one e-service."""
    return _read(HERE / "stories" / f"{slug}.yaml")


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
