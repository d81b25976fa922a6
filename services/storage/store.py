"""What every store promises, and the checksums that it keeps bytes by."""

import hashlib
from typing import Protocol

from services.kernel.errors import Unavailable


class Store(Protocol):
    """Bytes by checksum. Putting the same bytes twice is putting them once.

    Every method raises Unavailable("store-away") when the store cannot be reached, and
    Unavailable("store-full") when there is no room.
    """

    def put(self, data: bytes) -> str:
        """Keep bytes and return their checksum; they outlive a power cut from then on."""
        ...

    def get(self, checksum: str) -> bytes:
        """The bytes. Raises NotFound("stored-file") when they are not there."""
        ...

    def has(self, checksum: str) -> bool:
        """Whether there are bytes under the checksum."""
        ...

    def remove(self, checksum: str) -> None:
        """Forget the bytes; nothing happens when they are not there."""
        ...


def checksum_of(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def undamaged(data: bytes, checksum: str) -> bytes:
    """The same bytes. Raises Unavailable("store-damaged") when they are not what was put."""
    if checksum_of(data) != checksum:
        raise Unavailable("store-damaged", checksum=checksum)
    return data


def place_of(checksum: str) -> str:
    """Where in a store the bytes lie: two levels of folders, so that none grows too large."""
    if len(checksum) != 64 or not set(checksum) <= set("0123456789abcdef"):
        raise ValueError("not a checksum")
    return f"{checksum[:2]}/{checksum[2:4]}/{checksum}"
