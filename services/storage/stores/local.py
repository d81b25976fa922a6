"""Files in a folder of this machine, or of a disk that all machines share."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from services.kernel.errors import NotFound, Unavailable
from services.storage.store import checksum_of, place_of, undamaged

SCHEMES = ("file",)
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def open_store(address: str) -> "LocalStore":
    """The folder that a `file:` address names; it is made when needed."""
    return LocalStore(Path(unquote(urlsplit(address).path)))


class LocalStore:
    """A folder. A file appears whole under its name, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Write beside, sync, rename, sync the folder: then it is there after a power cut."""
        checksum = checksum_of(data)
        place = self.root / place_of(checksum)
        with _refusing():
            self._make_folder(place.parent)
            if not place.exists():
                _write(place, data)
            # Somebody else may have renamed it there and not synced the folder yet.
            _sync_folder(place.parent)
        return checksum

    def get(self, checksum: str) -> bytes:
        """The bytes, compared with their checksum."""
        with _refusing():
            try:
                data = (self.root / place_of(checksum)).read_bytes()
            except FileNotFoundError as fault:
                raise NotFound("stored-file", checksum=checksum) from fault
        return undamaged(data, checksum)

    def has(self, checksum: str) -> bool:
        """Whether the file is there."""
        with _refusing():
            return (self.root / place_of(checksum)).is_file()

    def remove(self, checksum: str) -> None:
        """Take the file away."""
        with _refusing():
            (self.root / place_of(checksum)).unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for parent in (folder.parent, self.root, self.root.parent):
            _sync_folder(parent)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        code = "store-full" if fault.errno in FULL else "store-away"
        raise Unavailable(code) from fault


def _write(place: Path, data: bytes) -> None:
    stump = place.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(stump, "xb", opener=_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(stump, place)
    except OSError:
        with suppress(OSError):
            stump.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
