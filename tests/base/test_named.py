from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import hotspots
from hotspots.base.errors import HotspotsError
from hotspots.base.named import RECORD, all_named, cache_folder, find_named, path_or_name


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTSPOTS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def table(cache: Path, folder_name: str, **changed: Any) -> Path:
    folder = cache.joinpath(*folder_name.split("/"))
    folder.mkdir(parents=True)
    (folder / "1").mkdir()
    (folder / "1" / "people.csv").write_text("code,population 2024\nE05000001,10\n")
    record = {
        "name": folder_name, "kind": "table", "title": "People", "rows": 1, "source": "s", "date": "2024",
        "licence": "OGL", "attribution": "words", "file": "people.csv",
        "files": {"people.csv": {"sha256": "0"}}, "folder": "1", **changed,
    }  # fmt: skip
    (folder / RECORD).write_text(json.dumps(record))
    return folder


def test_a_fetched_set_is_found_by_the_name_of_its_folder(cache: Path) -> None:
    folder = table(cache, "ons/people-2024")
    entry = find_named("ons/people-2024")
    assert entry is not None
    assert (entry.place, entry.kind, entry.path) == ("fetched", "table", folder / "1" / "people.csv")
    assert [one.id for one in all_named("table")] == ["ons/people-2024"]
    assert all_named()[0].id == "west-yorkshire-incidents"


@pytest.mark.parametrize("file", ["people.csv", "years/2024/people.csv", "."])
def test_each_file_of_a_set_is_found_by_its_place_in_it(cache: Path, file: str) -> None:
    places = [file if file != "." else "2024/people.csv", "notes.txt"]
    folder = table(cache, "ons/people-2024", file=file, files={place: {"sha256": "0"} for place in places})
    entry = find_named("ons/people-2024")
    assert entry is not None
    assert entry.files == {place: folder / "1" / place for place in places}


@pytest.mark.parametrize(
    "name", ["ons/people-2025", "ons/../ons/people-2024", "/ons/people-2024", "ons\\people-2024", ""]
)
def test_other_texts_are_no_names(cache: Path, name: str) -> None:
    table(cache, "ons/people-2024")
    assert find_named(name) is None


def test_a_record_of_another_folder_is_not_taken(cache: Path) -> None:
    table(cache, "ons/people-2024", name="ons/other")
    with pytest.raises(HotspotsError, match="the record of 'ons/people-2024' in the cache cannot be read"):
        find_named("ons/people-2024")


@pytest.mark.parametrize(
    "changed", [{"folder": "../.."}, {"file": "../x"}, {"kind": "program"}, {"title": 3}]
)
def test_a_record_that_no_fetch_writes_is_not_taken(cache: Path, changed: dict[str, Any]) -> None:
    table(cache, "ons/people-2024", **changed)
    with pytest.raises(HotspotsError, match="the record of 'ons/people-2024' in the cache cannot be read"):
        find_named("ons/people-2024")


def test_a_file_beside_the_recipe_goes_before_a_fetched_name(cache: Path, tmp_path: Path) -> None:
    table(cache, "ons/people-2024")
    assert path_or_name("ons/people-2024", tmp_path) == "ons/people-2024"
    (tmp_path / "ons").mkdir()
    (tmp_path / "ons" / "people-2024").write_text("")
    assert path_or_name("ons/people-2024", tmp_path) == str(tmp_path / "ons" / "people-2024")


@pytest.mark.usefixtures("cache")
def test_a_name_that_was_not_fetched_says_what_to_type() -> None:
    with pytest.raises(HotspotsError) as caught:
        hotspots.read_incidents("police.uk/abbeyshire")
    assert caught.value.hint == (
        "fetch it with: hotspots fetch incidents --force abbeyshire --from YYYY-MM --to YYYY-MM"
    )
    with pytest.raises(HotspotsError) as caught:
        hotspots.read_areas("ons/wards-2024")
    assert str(caught.value) == (
        "there is no file 'ons/wards-2024', and no layer of that name was fetched\n"
        "Hint: see what has been fetched with: hotspots fetch list"
    )


def test_the_cache_is_the_users_own_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTSPOTS_CACHE", raising=False)
    assert cache_folder().name == "hotspots"
    monkeypatch.setenv("HOTSPOTS_CACHE", "~/data")
    assert cache_folder() == Path.home() / "data"
