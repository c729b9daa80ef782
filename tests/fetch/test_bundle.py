from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fetch.conftest import month_file

import hotspots
from hotspots.base.errors import HotspotsError
from hotspots.base.named import RECORD as RECORD_NAME
from hotspots.base.named import Named, all_named, find_named
from hotspots.fetch import bundle as module
from hotspots.fetch.bundle import MANIFEST, unpack_bundle, write_bundle
from hotspots.fetch.store import faults, file_record, put

RECORD = {
    "kind": "incidents", "title": "Incidents", "rows": 60, "source": "s", "date": "2025-01", "licence": "OGL",
    "attribution": "a", "retrieved": "2026-01-01", "file": ".",
}  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with one set of a month."""
    monkeypatch.setenv("HOTSPOTS_CACHE", str(tmp_path / "cache"))
    keep("2025-01", tmp_path)
    return tmp_path / "cache"


def keep(month: str, folder: Path, *, name: str = "police.uk/abbeyshire", text: str = "") -> None:
    path = folder / f"{month}.csv"
    path.write_text(text or month_file(month), encoding="utf-8")
    place = f"{month}/{month}-abbeyshire-street.csv"
    put(name, {place: path}, {**RECORD, "files": {place: file_record(path)}})


def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a desk on which nothing was fetched."""
    monkeypatch.setenv("HOTSPOTS_CACHE", str(tmp_path / "desk"))
    return tmp_path / "desk"


def message(action: Callable[[], object]) -> str:
    with pytest.raises(HotspotsError) as caught:
        action()
    return str(caught.value)


def entry() -> Named:
    found = find_named("police.uk/abbeyshire")
    assert found is not None
    return found


def fetched() -> list[str]:
    return [one.id for one in all_named() if one.place == "fetched"]


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write an archive again with other members."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return target


def test_what_was_fetched_is_at_the_other_desk_under_the_same_name(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [one.id for one in write_bundle(tmp_path / "desk.zip")] == ["police.uk/abbeyshire"]
    desk = elsewhere(tmp_path, monkeypatch)
    assert fetched() == []
    (entry,) = unpack_bundle(tmp_path / "desk.zip")
    assert entry.path == desk / "police.uk" / "abbeyshire" / "1"
    assert faults(entry) == []
    assert len(hotspots.read_incidents("police.uk/abbeyshire")[0]) == 60


def test_the_same_sets_give_the_same_bytes(cache: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "a.zip")
    write_bundle(tmp_path / "b.zip", ["police.uk/abbeyshire"])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_file_that_was_changed_is_not_carried(cache: Path, tmp_path: Path) -> None:
    (cache / "police.uk/abbeyshire/1/2025-01/2025-01-abbeyshire-street.csv").write_text("edited")
    assert message(lambda: write_bundle(tmp_path / "desk.zip")) == (
        "police.uk/abbeyshire: '2025-01/2025-01-abbeyshire-street.csv' has changed since it was fetched\n"
        "Hint: fetch it again; see all faults with: hotspots fetch check"
    )
    assert not (tmp_path / "desk.zip").exists()


def test_a_name_of_nothing(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert message(lambda: write_bundle(tmp_path / "a.zip", ["police.uk/abbyshire"])) == (
        "nothing called 'police.uk/abbyshire' has been fetched\nHint: did you mean 'police.uk/abbeyshire'?"
    )
    elsewhere(tmp_path, monkeypatch)
    assert message(lambda: write_bundle(tmp_path / "a.zip")) == (
        "nothing has been fetched yet\nHint: see: hotspots fetch --help"
    )


def test_a_set_that_differs_is_replaced_only_when_that_is_said(cache: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "desk.zip")
    unpack_bundle(tmp_path / "desk.zip")  # the same is no matter
    keep("2025-01", tmp_path, text=month_file("2025-01", outcome="Other"))
    assert message(lambda: unpack_bundle(tmp_path / "desk.zip")) == (
        "'police.uk/abbeyshire' is here already, fetched on 2026-01-01, and differs\n"
        "Hint: replace it with --overwrite"
    )
    (entry,) = unpack_bundle(tmp_path / "desk.zip", overwrite=True)
    text = (entry.path / "2025-01" / "2025-01-abbeyshire-street.csv").read_text(encoding="utf-8")
    assert text == month_file("2025-01")


def change_file(members: dict[str, bytes]) -> None:
    members["police.uk/abbeyshire/2025-01/2025-01-abbeyshire-street.csv"] += b"\n"


def add_file(members: dict[str, bytes]) -> None:
    members["police.uk/abbeyshire/more.csv"] = b""


def drop_file(members: dict[str, bytes]) -> None:
    del members["police.uk/abbeyshire/2025-01/2025-01-abbeyshire-street.csv"]


def spoil_list(members: dict[str, bytes]) -> None:
    members[MANIFEST] = b'{"sets": [3]}'


def listed(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, bytes]], None]:
    """Return what changes the list, and the members with it."""

    def apply(members: dict[str, bytes]) -> None:
        held = json.loads(members[MANIFEST])
        (record,) = held["sets"]
        (body,) = [body for name, body in members.items() if name != MANIFEST]
        change(record)
        members.clear()
        members[MANIFEST] = json.dumps(held).encode()
        members.update({f"{record['name']}/{place}": body for place in record["files"]})

    return apply


def place(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(record: dict[str, Any]) -> None:
        record["files"] = {name: next(iter(record["files"].values()))}

    return listed(change)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (change_file, "is not what its checksum says\nHint: copy the bundle again, or make it again"),
        (add_file, "'bad.zip' holds other files than it lists, or under names that no bundle has"),
        (drop_file, "'bad.zip' holds other files than it lists, or under names that no bundle has"),
        (spoil_list, "the list in 'bad.zip' cannot be read"),
        (dict.clear, "'bad.zip' is no bundle of fetched data"),
        (place("../../../escaped.csv"), "under names that no bundle has"),
        (place("/tmp/escaped.csv"), "under names that no bundle has"),  # noqa: S108 - it is not written to
        (place("C:/escaped.csv"), "under names that no bundle has"),
        (place("a\\..\\escaped.csv"), "under names that no bundle has"),
        (place(".hidden"), "under names that no bundle has"),
        (listed(lambda record: record.update(name="../../escaped")), "under names that no bundle has"),
        (listed(lambda record: record.update(kind="program")), "the list in 'bad.zip' cannot be read"),
        (listed(lambda record: record.pop("title")), "the list in 'bad.zip' cannot be read"),
        (listed(lambda record: record.update(file="other.csv")), "the list in 'bad.zip' cannot be read"),
    ],
)
def test_a_bundle_that_was_tampered_with_changes_nothing(
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[dict[str, bytes]], None],
    expected: str,
) -> None:
    write_bundle(tmp_path / "desk.zip")
    bad = rewritten(tmp_path / "desk.zip", tmp_path / "bad.zip", change)
    desk = elsewhere(tmp_path, monkeypatch)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert expected in message(lambda: unpack_bundle(bad))
    assert fetched() == []
    assert [path for path in desk.rglob("*") if path.is_file()] == []
    assert sorted(path.name for path in tmp_path.iterdir() if path != desk) == before


def test_a_link_in_a_bundle_becomes_no_link(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bundle(tmp_path / "desk.zip")
    name = "police.uk/abbeyshire/2025-01/2025-01-abbeyshire-street.csv"
    with (
        zipfile.ZipFile(tmp_path / "desk.zip") as archive,
        zipfile.ZipFile(tmp_path / "link.zip", "w") as linked,
    ):
        linked.writestr(MANIFEST, archive.read(MANIFEST))
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        linked.writestr(info, "/etc/passwd")
    desk = elsewhere(tmp_path, monkeypatch)
    assert "is not what its checksum says" in message(lambda: unpack_bundle(tmp_path / "link.zip"))
    assert not [path for path in desk.rglob("*") if path.is_symlink()]


def test_a_bundle_that_was_cut_short(cache: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "desk.zip")
    body = (tmp_path / "desk.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(body[: len(body) // 2])
    assert message(lambda: unpack_bundle(tmp_path / "cut.zip")).startswith(
        "'cut.zip' is not a whole bundle ("
    )
    assert message(lambda: unpack_bundle(tmp_path / "no.zip")) == (
        "cannot read the bundle 'no.zip' (No such file or directory)\nHint: check the spelling and the folder"
    )


def test_a_bundle_that_unpacks_to_too_much(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bundle(tmp_path / "desk.zip")
    elsewhere(tmp_path, monkeypatch)
    monkeypatch.setattr(module, "LARGEST", 1000)
    assert message(lambda: unpack_bundle(tmp_path / "desk.zip")).startswith(
        "'desk.zip' would unpack to 0.0 GB"
    )


def test_a_record_that_cannot_be_read_says_what_to_do(cache: Path) -> None:
    (cache / "police.uk/abbeyshire/fetched.json").write_text("{")
    assert message(lambda: find_named("police.uk/abbeyshire")) == (
        "the record of 'police.uk/abbeyshire' in the cache cannot be read ('fetched.json')\n"
        "Hint: delete the folder of 'police.uk/abbeyshire' from the cache, and fetch it again"
    )


@pytest.mark.parametrize("step", ["copyfile", "replace"])
def test_a_set_that_cannot_be_put_in_its_place_leaves_the_old_one(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()}

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile" if step == "copyfile" else "pathlib.Path.replace", full)
    assert message(lambda: keep("2025-02", tmp_path)).startswith(f"cannot write to the cache '{cache}")
    assert {path: path.read_bytes() for path in cache.rglob("*") if path.is_file()} == before


def test_what_a_killed_program_left_is_swept_by_the_next(cache: Path, tmp_path: Path) -> None:
    folder = cache / "police.uk" / "abbeyshire"
    (folder / "7").mkdir()
    (folder / "7" / "half.csv").write_text("half")
    (folder / f"{RECORD_NAME}.part").write_text("{")
    assert faults(entry()) == []  # and is in nobody's way till then
    keep("2025-02", tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["8", RECORD_NAME]
    assert faults(entry()) == []
