"""The data folder of one installation: used by one run at a time, and emptied only when ours."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Everything that an installation keeps. A folder with anything else in it is never emptied.
OURS = frozenset(
    {"eid", "files", "mail", "metrics", "payments", "postgres", "postgres.log", "secrets.json"}
)


class FolderFault(Exception):
    """The folder cannot be used as asked; the text says why."""


class FolderTaken(FolderFault):
    """Another run uses the folder."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Have the folder to ourselves; raises FolderTaken when another run has it.

    The kernel lets go of the claim when we end, however we end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise FolderTaken(
                f"Salem 24 already runs on {folder}: stop it first, or choose another with --data."
            ) from fault
        yield
    finally:
        os.close(descriptor)


def require_ours(folder: Path) -> None:
    """Raise FolderFault when anything lies there that an installation does not keep.

    Then somebody has named the wrong folder. A cluster may lie elsewhere, behind a link.
    """
    for path in sorted(folder.iterdir()):
        if path.name not in OURS or (path.is_symlink() and path.name != "postgres"):
            raise FolderFault(
                f"{folder} holds {path.name}, which is not Salem 24's, so nothing in it is removed."
            )


def empty(folder: Path) -> None:
    """Remove what an installation has kept; raises FolderFault, as above, and removes nothing."""
    require_ours(folder)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
