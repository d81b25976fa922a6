"""A data folder is used by one run at a time, and only our own things are ever removed."""

import pytest

from app.runner import data_folder
from app.runner.data_folder import FolderFault, FolderTaken


def test_a_folder_in_use_cannot_be_claimed_again(tmp_path):
    with (
        data_folder.claimed(tmp_path),
        pytest.raises(FolderTaken, match="already runs"),
        data_folder.claimed(tmp_path),
    ):
        raise AssertionError("claimed twice")


def test_a_folder_is_free_again_afterwards(tmp_path):
    for _ in range(2):
        with data_folder.claimed(tmp_path / "new"):
            assert (tmp_path / "new").is_dir()


def test_emptying_removes_what_an_installation_keeps(tmp_path):
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "secrets.json").write_text("{}")

    data_folder.empty(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("foreign", ["letters", "postgres.log.old", ".profile"])
def test_a_folder_with_anything_else_in_it_is_left_whole(tmp_path, foreign):
    (tmp_path / "postgres.log").write_text("ours by name only")
    (tmp_path / "postgres").mkdir()
    (tmp_path / foreign).write_text("somebody's")

    with pytest.raises(FolderFault, match="nothing in it is removed"):
        data_folder.empty(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"postgres.log", "postgres", foreign}


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("kept")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "files").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FolderFault):
        data_folder.empty(tmp_path / "data")

    assert (tmp_path / "elsewhere" / "kept").exists()
