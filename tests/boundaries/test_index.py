from __future__ import annotations

import dataclasses
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pyogrio
import pytest

import hotspots_boundaries
from hotspots_boundaries import BundledFile, bundled, find, path

README = Path(__file__).resolve().parents[2] / "boundaries" / "README.md"

entries = pytest.mark.parametrize("entry", bundled(), ids=lambda entry: entry.id)
areas = pytest.mark.parametrize(
    "entry", [entry for entry in bundled() if entry.kind == "areas"], ids=lambda entry: entry.id
)


def test_the_index_names_every_bundled_file_and_no_other() -> None:
    assert [entry.id for entry in bundled()] == [
        "west-yorkshire-incidents",
        "west-yorkshire-lsoa-2011",
        "west-yorkshire-wards",
        "west-yorkshire-districts",
        "recorded-crime-2017-18",
    ]
    folder = path("west-yorkshire-wards").parent
    assert {entry.file for entry in bundled()} == {file.name for file in folder.iterdir()}


@entries
def test_bytes_are_those_of_the_index(entry: BundledFile) -> None:
    assert hashlib.sha256(path(entry.id).read_bytes()).hexdigest() == entry.sha256


@areas
def test_layer_rows_columns_and_crs_are_those_of_the_index(entry: BundledFile) -> None:
    assert pyogrio.list_layers(path(entry.id)).tolist() == [[entry.layer, "MultiPolygon"]]
    info = pyogrio.read_info(path(entry.id))
    assert info["features"] == entry.rows
    assert info["fields"].tolist() == list(entry.columns)
    assert info["crs"] == "EPSG:27700"


@areas
def test_layers_carry_their_title_and_attribution_into_a_gis(entry: BundledFile) -> None:
    metadata = pyogrio.read_info(path(entry.id))["layer_metadata"]
    assert metadata["IDENTIFIER"] == entry.title
    assert metadata["DESCRIPTION"] == f"{entry.source} {entry.attribution}"


def test_incident_rows_and_columns_are_those_of_the_index() -> None:
    entry = find("west-yorkshire-incidents")
    with zipfile.ZipFile(path(entry.id)) as archive:
        tables = [archive.read(name).decode() for name in archive.namelist()]
    assert sum(table.count("\r\n") - 1 for table in tables) == entry.rows
    assert {table.split("\r\n", 1)[0] for table in tables} == {",".join(entry.columns)}


def test_lines_and_columns_of_the_comparators_are_those_of_the_index() -> None:
    entry = find("recorded-crime-2017-18")
    lines = path(entry.id).read_text(encoding="utf-8").splitlines()
    assert len(lines) - 1 == entry.rows
    assert lines[0] == ",".join(entry.columns)


@entries
def test_every_entry_is_complete_and_documented(entry: BundledFile) -> None:
    assert all(getattr(entry, name) for name in ("title", "source", "date", "attribution"))
    assert entry.licence == "Open Government Licence v3.0"
    assert "Open Government Licence v3.0" in entry.attribution
    assert all(entry.columns.values())
    readme = README.read_text(encoding="utf-8")
    assert f"`{entry.id}`" in readme
    assert f"`{entry.file}`" in readme
    assert f"{entry.rows:,}" in readme
    assert entry.attribution in re.sub(r"\s+(?:> )?", " ", readme)


def test_the_wards_never_pass_for_real_ones() -> None:
    wards = find("west-yorkshire-wards")
    assert "approximate" in wards.title
    assert wards.layer == "wards_approximate"
    assert wards.source.startswith("Not ward boundaries")


@pytest.mark.parametrize("lookup", [find, path])
def test_an_unknown_id_is_a_key_error_that_names_it(lookup: object) -> None:
    assert callable(lookup)
    with pytest.raises(KeyError) as caught:
        lookup("west-yorkshire-ward")
    assert caught.value.args == ("west-yorkshire-ward",)


def test_entries_cannot_be_changed() -> None:
    entry = find("west-yorkshire-wards")
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.rows = 0  # type: ignore[misc]
    with pytest.raises(TypeError):
        entry.columns["code"] = ""  # type: ignore[index]
    assert hash(entry) == hash(find("west-yorkshire-wards"))


def test_the_package_needs_nothing_but_the_standard_library() -> None:
    folder = Path(hotspots_boundaries.__file__).parents[1]
    code = (
        "import sys, hotspots_boundaries; hotspots_boundaries.bundled(); "
        "print(sorted({'hotspots', 'numpy', 'pandas', 'geopandas'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert done.stdout.strip() == "[]"
