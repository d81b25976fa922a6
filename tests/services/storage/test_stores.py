"""What every store promises, held against each kind of store."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from services.kernel.errors import NotFound, Unavailable
from services.storage.store import Store, checksum_of, place_of
from services.storage.stores import open_store
from services.storage.stores.local import LocalStore
from services.storage.stores.s3 import ObjectStore

PHOTO = b"a photograph of a broken street lamp"


@pytest.fixture(params=["local", "objects"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    made: dict[str, Callable[[], Store]] = {
        "local": lambda: LocalStore(tmp_path / "files"),
        "objects": lambda: ObjectStore(MemoryStore()),
    }
    return made[request.param]()


def test_what_is_put_can_be_got(store: Store) -> None:
    assert store.get(store.put(PHOTO)) == PHOTO


def test_the_checksum_is_sha_256_of_the_bytes(store: Store) -> None:
    assert store.put(PHOTO) == checksum_of(PHOTO)


def test_putting_twice_is_putting_once(store: Store) -> None:
    assert store.put(PHOTO) == store.put(PHOTO)
    assert store.get(checksum_of(PHOTO)) == PHOTO


def test_what_was_never_put_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.get(checksum_of(b"something else"))
    assert not store.has(checksum_of(b"something else"))


def test_what_is_removed_is_gone_and_may_be_removed_again(store: Store) -> None:
    checksum = store.put(PHOTO)
    assert store.has(checksum)
    store.remove(checksum)
    store.remove(checksum)
    assert not store.has(checksum)


def test_a_name_that_is_no_checksum_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not a checksum"):
        store.get("../../etc/passwd")


def test_empty_bytes_can_be_kept(store: Store) -> None:
    assert store.get(store.put(b"")) == b""


def test_a_damaged_file_is_not_given_out(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    checksum = store.put(PHOTO)
    (tmp_path / place_of(checksum)).write_bytes(b"something else")
    with pytest.raises(Unavailable, match="store-damaged"):
        store.get(checksum)


def test_a_full_disk_is_told_as_such_and_leaves_no_stump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    store = LocalStore(tmp_path)
    (tmp_path / place_of(checksum_of(PHOTO))).parent.mkdir(parents=True)
    with pytest.raises(Unavailable, match="store-full"):
        store.put(PHOTO)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_means_that_the_store_is_away(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="store-away"):
        LocalStore(tmp_path / "files").put(PHOTO)


def test_the_file_and_its_folder_are_synced_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    really = os.fsync

    def noted(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        really(handle)

    monkeypatch.setattr(os, "fsync", noted)
    place = tmp_path / place_of(LocalStore(tmp_path).put(PHOTO))
    assert any(name.endswith(".part") for name in synced)
    assert synced[-1] == str(place.parent)


def test_only_its_owner_may_read_a_stored_file(tmp_path: Path) -> None:
    place = tmp_path / place_of(LocalStore(tmp_path).put(PHOTO))
    assert place.stat().st_mode & 0o077 == 0


def test_an_address_opens_the_store_of_its_scheme(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/f%C3%B6rvar")
    assert store.get(store.put(PHOTO)) == PHOTO
    assert (tmp_path / "förvar").is_dir()
    assert isinstance(open_store("s3://bucket/files?endpoint=http://127.0.0.1:9"), ObjectStore)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="gopher"):
        open_store("gopher://old")
