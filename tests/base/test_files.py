"""Nothing half-written, nothing overwritten unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.base.errors import FileError
from hotspots.base.files import replacing, replacing_folder, sha256


def test_a_file_appears_whole_and_the_scratch_folder_goes(tmp_path: Path) -> None:
    with replacing(tmp_path / "new" / "a.txt") as draft:
        draft.write_text("whole")
        assert not (tmp_path / "new" / "a.txt").exists()
    assert (tmp_path / "new" / "a.txt").read_text() == "whole"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), replacing(target, overwrite=True) as draft:  # noqa: PT012 - it fails half-way
        draft.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_an_existing_file_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(FileError) as caught, replacing(target):
        pass
    assert caught.value.message == f"'{target}' exists already"
    assert caught.value.hint == "choose another name, or allow it with 'overwrite'"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError) as caught, replacing(tmp_path / "file" / "a.txt"):
        pass
    assert caught.value.message == f"cannot write to the folder '{tmp_path / 'file'}' (Not a directory)"
    assert caught.value.hint == "choose a folder that you may write to with -o"


def test_a_folder_is_filled_at_the_end_and_keeps_what_else_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    (folder / "map.html").write_text("old")
    with replacing_folder(folder, overwrite=True) as draft:
        (draft / "layers").mkdir()
        (draft / "layers" / "a.gpkg").write_text("layer")
        (draft / "map.html").write_text("new")
        assert (folder / "map.html").read_text() == "old"
    assert (folder / "mine.txt").read_text() == "mine"
    assert (folder / "map.html").read_text() == "new"
    assert (folder / "layers" / "a.gpkg").read_text() == "layer"


def test_a_file_where_a_folder_is_wanted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(FileError) as caught, replacing_folder(tmp_path / "out", overwrite=True):
        pass
    assert caught.value.message == f"'{tmp_path / 'out'}' is a file, not a folder"


def test_the_digest_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert sha256(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
