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


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("MEMBERS", 1, "'a.zip' holds 2 files, more than 1"),
        ("UNPACKED", 10, "'a.zip' holds 0 GB, more than 0"),
    ],
)
def test_too_many_files_and_too_many_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, said: str
) -> None:
    path = archive(
        tmp_path / "a.zip", {"a-street.csv": b"Month\n2025-01\n", "b-street.csv": b"Month\n2025-02\n"}
    )
    assert len(find_sources(path)) == 2
    monkeypatch.setattr(sources, limit, value)
    with pytest.raises(FileError) as found:
        find_sources(path)
    assert found.value.message == said
    assert found.value.hint == "unpack it where there is room, and give the folder of its files"


def test_a_bomb_is_known_by_how_much_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", {"a-street.csv": b"a" * 10_000_000})
    assert len(find_sources(path)) == 1  # 10 MB do no harm, however they are packed
    monkeypatch.setattr(sources, "SMALL", 1_000_000)
    with pytest.raises(FileError, match=r"'a.zip' holds 10 MB in 0.0, over 200 times its size"):
        find_sources(path)
