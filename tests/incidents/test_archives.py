"""Archives that hold more than any of incidents are refused before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from hotspots.base.errors import FileError
from hotspots.incidents import sources
from hotspots.incidents.sources import find_sources


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def test_too_many_files_are_refused_and_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(
        tmp_path / "a.zip", {"a-street.csv": b"Month\n2025-01\n", "b-street.csv": b"Month\n2025-02\n"}
    )
    assert len(find_sources(path)) == 2
    monkeypatch.setenv("HOTSPOTS_LIMITS", "files=1")
    with pytest.raises(FileError) as found:
        find_sources(path)
    assert found.value.message == "'a.zip' holds 2 files, more than 1"
    assert found.value.hint == (
        "unpack it where there is room, and give the folder of its files; or allow so many, if there is memory for "
        "them, with HOTSPOTS_LIMITS=files=2 in the environment"
    )
    monkeypatch.setenv("HOTSPOTS_LIMITS", "files=2")
    assert len(find_sources(path)) == 2


def test_too_many_bytes_are_refused_and_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is what the archive says; nothing is unpacked to know it."""
    path = archive(tmp_path / "a.zip", {"a-street.csv": b"Month\n2025-01\n"})
    raw = bytearray(path.read_bytes())
    place = raw.index(b"PK\x01\x02") + 24  # where the directory has the size of a file, in four bytes
    raw[place : place + 4] = (3_000_000_000).to_bytes(4, "little")
    path.write_bytes(raw)
    monkeypatch.setenv("HOTSPOTS_LIMITS", "gigabytes=2, ratio=100000000")
    with pytest.raises(FileError, match=r"'a.zip' holds 3 GB, more than 2") as found:
        find_sources(path)
    assert "HOTSPOTS_LIMITS=gigabytes=3 " in found.value.hint
    monkeypatch.setenv("HOTSPOTS_LIMITS", "gigabytes=3, ratio=100000000")
    assert len(find_sources(path)) == 1


def test_a_bomb_is_known_by_how_much_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", {"a-street.csv": b"a" * 10_000_000})
    assert len(find_sources(path)) == 1  # 10 MB do no harm, however they are packed
    monkeypatch.setattr(sources, "SMALL", 1_000_000)
    with pytest.raises(FileError, match=r"'a.zip' holds 10 MB in 0.0, over 200 times its size"):
        find_sources(path)
    monkeypatch.setenv("HOTSPOTS_LIMITS", "ratio=1000")
    with pytest.raises(FileError, match=r"over 1000 times its size"):
        find_sources(path)
    monkeypatch.setenv("HOTSPOTS_LIMITS", "ratio=2000")
    assert len(find_sources(path)) == 1
