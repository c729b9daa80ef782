"""Folders are looked through in a bounded time, and what could not be looked at is told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hotspots.analysis.audit import files as audited
from hotspots.base.errors import FileError, HotspotsWarning
from hotspots.base.walking import files_under
from hotspots.incidents.sources import find_sources, would_read


def months(folder: Path) -> Path:
    for month in ("2025-01", "2025-02"):
        (folder / month).mkdir(parents=True)
        (folder / month / f"{month}-kent-street.csv").write_text("Month\n")
    return folder


def closed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a folder be one that we may not look into, whoever runs the tests."""
    look = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_files_alone_are_found_at_any_depth(tmp_path: Path) -> None:
    made = months(tmp_path / "all")
    (made / "there").symlink_to(made / "2025-01" / "2025-01-kent-street.csv")
    (made / "gone").symlink_to(made / "nowhere")
    (made / "round").symlink_to(made, target_is_directory=True)
    os.mkfifo(made / "pipe.csv")
    found, shut = files_under(made, what="another")
    assert sorted(path.name for path in found) == [
        "2025-01-kent-street.csv",
        "2025-02-kent-street.csv",
        "there",
    ]
    assert shut == []


def test_a_whole_disk_is_no_folder_of_incidents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It took as long as the disk is large, and ended in a traceback at a folder of another user."""
    made = months(tmp_path / "all")
    monkeypatch.setenv("HOTSPOTS_LIMITS", "entries=3")
    with pytest.raises(FileError) as found:
        find_sources(made)
    assert found.value.message == f"the folder '{made}' holds more than 3 files and folders"
    assert found.value.hint == (
        "give the folder that holds the police.uk months (2025-01, 2025-02, ...); or allow so many, if there is memory "
        "for them, with HOTSPOTS_LIMITS=entries=30 in the environment"
    )
    assert not would_read(made, made / "new.csv")
    with pytest.raises(FileError, match="holds more than 3 files and folders"):
        audited.files_of(made)
    monkeypatch.setenv("HOTSPOTS_LIMITS", "entries=4")
    assert len(find_sources(made)) == 2


def test_incidents_that_may_not_be_looked_at_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were left out without a word: the trash of a stick is nobody's loss, a month is."""
    made = months(tmp_path / "all")
    closed(monkeypatch, "2025-02")
    with pytest.warns(HotspotsWarning) as told:
        assert [one.name for one in find_sources(made)] == ["2025-01/2025-01-kent-street.csv"]
    assert str(told[0].message) == f"left out of '{made}', as you may not look into them: 2025-02"
    assert would_read(made, made / "2025-01" / "2025-01-kent-street.csv")


def test_a_folder_that_cannot_be_seen_whole_is_not_audited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = months(tmp_path / "all")
    closed(monkeypatch, "2025-02")
    with pytest.raises(FileError) as found:
        audited.files_of(made)
    assert found.value.message == (
        f"'{made / '2025-02'}' cannot be looked into, so that '{made}' cannot be audited as a whole"
    )
