"""Nothing half-written, nothing overwritten unasked."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from hotspots.base import keeping
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


def test_a_second_writer_of_one_name_is_told_and_the_first_goes_on(tmp_path: Path) -> None:
    with replacing_folder(tmp_path / "out") as draft:
        (draft / "a.txt").write_text("first")
        with pytest.raises(FileError) as caught, replacing_folder(tmp_path / "out", overwrite=True):
            pass
        with replacing_folder(tmp_path / "other"):
            pass
    assert caught.value.message == f"another run is writing '{tmp_path / 'out'}'"
    assert caught.value.hint == "wait until it has ended, or choose another name with -o"
    assert (tmp_path / "out" / "a.txt").read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out"]


def test_what_is_made_while_a_run_goes_on_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught, replacing_folder(tmp_path / "out") as draft:  # noqa: PT012
        (draft / "a.txt").write_text("mine")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "b.txt").write_text("another's")
    assert caught.value.message == f"'{tmp_path / 'out'}' exists already"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.txt"]


def test_a_link_in_the_old_folder_leads_nowhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_text("another's")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "tables").symlink_to(elsewhere)
    (folder / "mine").symlink_to(elsewhere)
    with replacing_folder(folder, overwrite=True, made_before=lambda _: ["mine/a.csv"]) as draft:
        (draft / "tables").mkdir()
        (draft / "tables" / "a.csv").write_text("new")
    assert (elsewhere / "a.csv").read_text() == "another's"
    assert not (folder / "tables").is_symlink()
    assert (folder / "tables" / "a.csv").read_text() == "new"
    assert (folder / "mine").readlink() == elsewhere


def test_a_link_to_the_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "2025").mkdir()
    (tmp_path / "latest").symlink_to("2025")
    with replacing_folder(tmp_path / "latest", overwrite=True) as draft:
        (draft / "a.txt").write_text("new")
    assert (tmp_path / "latest").readlink() == Path("2025")
    assert (tmp_path / "2025" / "a.txt").read_text() == "new"


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("folder", "'map.html' is a folder, and a file of that name is to be written"),
        ("file", "'tables' is a file, and a folder of that name is to be written"),
    ],
)
def test_a_folder_in_the_place_of_a_file_changes_nothing(tmp_path: Path, made: str, message: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("old")
    if made == "folder":
        (folder / "map.html").mkdir()
    else:
        (folder / "tables").write_text("mine")
    with pytest.raises(FileError) as caught, replacing_folder(folder, overwrite=True) as draft:  # noqa: PT012
        (draft / "a.txt").write_text("new")
        (draft / "map.html").write_text("new")
        (draft / "tables").mkdir()
    assert caught.value.message == message
    assert (folder / "a.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_folders_that_cannot_change_places_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "out" / "deep")
    for name in (".", tmp_path / "out"):
        with pytest.raises(FileError) as caught, replacing_folder(name, overwrite=True):
            pass
        assert caught.value.message == (
            f"'{name}' is the folder that you are in, or holds it, and cannot be replaced under you"
        )
    with pytest.raises(FileError) as caught, replacing_folder("/", overwrite=True):
        pass
    assert caught.value.message == "'/' is a disk of its own, which cannot be replaced as a whole"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keeping, "MOST_KEPT", 1)
    for name in ("a", "b", "c"):
        (tmp_path / "out" / name).write_text("")
    with (
        pytest.raises(FileError) as caught,
        replacing_folder("out", overwrite=True, made_before=lambda _: ["a"]),
    ):
        pass
    assert caught.value.message == "'out' holds over 1 files that no run made"


def test_kept_files_are_the_same_files_and_folders_keep_their_rights(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "empty").mkdir(parents=True)
    (folder / "mine.txt").write_text("mine")
    folder.chmod(0o750)
    number = (folder / "mine.txt").stat().st_ino
    with replacing_folder(folder, overwrite=True):
        pass
    assert (folder / "mine.txt").stat().st_ino == number
    assert (folder / "empty").is_dir()
    assert folder.stat().st_mode & 0o777 == 0o750


def test_a_folder_that_goes_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught, replacing(tmp_path / "sub" / "a.txt") as draft:  # noqa: PT012
        shutil.rmtree(tmp_path / "sub")
        draft.write_text("late")
    assert caught.value.message == f"cannot write '{tmp_path / 'sub' / 'a.txt'}' (No such file or directory)"
    assert caught.value.hint == "the folder went away while it was written: choose one that stays with -o"
    assert not list(tmp_path.iterdir())


def test_faults_of_a_program_keep_their_own_words(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="a slip"), replacing(tmp_path / "new" / "a.txt"):
        raise KeyError("a slip")
    with pytest.raises(FileNotFoundError, match=r"other\.txt"), replacing(tmp_path / "new" / "a.txt"):
        Path("/nowhere/other.txt").read_text()
    assert not list(tmp_path.iterdir())


def test_a_file_of_a_folder_is_named_where_it_was_to_stand(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    wanted = replacing_folder(tmp_path / "out")
    with pytest.raises(FileError) as caught, wanted as draft, replacing(draft / "tables" / "a.csv"):
        raise full
    assert caught.value.message == (
        f"cannot write '{tmp_path / 'out' / 'tables' / 'a.csv'}' (No space left on device)"
    )
