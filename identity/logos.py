"""Providers' logos: fetched in the background, made anew, and served by ourselves (ID-21).

The browser of whoever signs in never calls a provider before one is chosen, and what is shown
is a small picture that we have drawn again ourselves: nothing active, nothing told on the side.
"""

import base64
import binascii
import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from PIL import Image

from identity import keys
from identity.provider import Provider

LARGEST_BYTES = 200_000
LARGEST_SIDE = 4000
SHOWN_SIDE = 128
# No SVG: it is a document with scripts and links, not a picture.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
SECONDS = 10
MOST_TRIED = 4
Fetch = Callable[[str], bytes]


class LogoFault(Exception):
    """A logo that cannot be had, or is none."""


@dataclass
class Logos:
    """The folder in which logos are kept, each named by its checksum, and the list of whose they are."""

    folder: Path
    _names: dict[str, str] = field(default_factory=dict)
    _read_at: int = -1

    def name_of(self, entity_id: str) -> str | None:
        """The name of the file with a provider's logo; None when we have none."""
        stamp = self._index.stat().st_mtime_ns if self._index.exists() else 0
        if stamp != self._read_at:
            self._names, self._read_at = self._listed(), stamp
        return self._names.get(entity_id)

    def picture(self, name: str) -> bytes | None:
        """The picture of that name, as PNG."""
        file = self.folder / f"{name}.png"
        return file.read_bytes() if name.isalnum() and file.exists() else None

    def refresh(self, providers: Iterable[Provider], fetch: Fetch) -> int:
        """Fetch the logos of providers. One that cannot be had leaves the one that we have.

        Returns how many providers have a logo then. A provider that tells of none has none.
        """
        before = self._listed()
        names = {}
        for provider in providers:
            name = self._fetched(provider, fetch) or before.get(provider.entity_id)
            if provider.logos and name:
                names[provider.entity_id] = name
        self.folder.mkdir(parents=True, exist_ok=True)
        with keys.alone(self.folder):
            keys.write(self._index, json.dumps(names, indent=1, sort_keys=True).encode())
        return len(names)

    def _fetched(self, provider: Provider, fetch: Fetch) -> str | None:
        for address in provider.logos[:MOST_TRIED]:
            try:
                picture = made_anew(_inline(address) or fetch(address))
            except LogoFault:
                continue
            name = hashlib.sha256(picture).hexdigest()[:32]
            self.folder.mkdir(parents=True, exist_ok=True)
            keys.write(self.folder / f"{name}.png", picture)
            return name
        return None

    @property
    def _index(self) -> Path:
        return self.folder / "logos.json"

    def _listed(self) -> dict[str, str]:
        return dict(json.loads(self._index.read_bytes())) if self._index.exists() else {}


def made_anew(data: bytes) -> bytes:
    """A picture drawn again, at most 128 dots wide and high. Raises LogoFault."""
    if len(data) > LARGEST_BYTES:
        raise LogoFault("too large")
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if max(picture.size) > LARGEST_SIDE:
                raise LogoFault("too many dots")
            drawn = picture.convert("RGBA")
            drawn.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
            fresh = Image.frombytes("RGBA", drawn.size, drawn.tobytes())
    except (OSError, ValueError, SyntaxError, MemoryError, Warning) as fault:
        raise LogoFault(type(fault).__name__) from fault
    made = io.BytesIO()
    fresh.save(made, "PNG", optimize=True)
    return made.getvalue()


def _inline(address: str) -> bytes | None:
    """The bytes that a data address holds itself; None for other addresses."""
    kind, _, text = address.partition(",")
    if not kind.startswith("data:"):
        return None
    if not kind.endswith(";base64"):
        raise LogoFault("not base64")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as fault:
        raise LogoFault("not base64") from fault


def fetched(address: str) -> bytes:
    """What stands at an address. Raises LogoFault when it does not answer, or with too much."""
    if not address.startswith("https://"):
        raise LogoFault("not https")
    request = Request(address, headers={"Accept": "image/png, image/jpeg, image/webp, image/gif"})
    try:
        with urlopen(request, timeout=SECONDS) as answer:
            if not answer.url.startswith("https://"):
                raise LogoFault("led away from https")
            data: bytes = answer.read(LARGEST_BYTES + 1)
    except (OSError, HTTPException, ValueError) as fault:
        raise LogoFault(type(fault).__name__) from fault
    return data
