"""Stores of editions: a GeoPackage, and schemas of a database."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import psycopg
import pyogrio
import pytest
from shapely import box

from hotspots.analysis.editions import compare_stored, read_edition, read_stored
from hotspots.areas.reading import read_layer
from hotspots.base.errors import DataError, FileError, ParameterError
from hotspots.export.editions import read_editions
from hotspots.export.geopackage import write_geopackage
from hotspots.publish.store import check_store, keep_edition
from hotspots_cli.main import run

AREAS = gpd.GeoDataFrame(
    {"name": ["Hill", "Town", "Vale"], "district": ["Leeds"] * 3},
    index=["E05000001", "E05000002", "E05000003"],
    geometry=[box(431_000 + 1000 * n, 430_000, 432_000 + 1000 * n, 431_000) for n in range(3)],
    crs="EPSG:27700",
)

FLAGS = {
    "2024": ["significantly above", "average", "significantly above"],
    "2025": ["significantly above", "significantly above", "average"],
}


def left_by_a_run(
    folder: Path, year: str, *, names: tuple[str, ...] = ("all-crime_wards", "burglary_wards")
) -> Path:
    """Write the layers and the record that a run of two themes leaves."""
    record = {
        "title": "Crime",
        "period": f"January {year}",
        "made_with": "hotspots 0.2.0",
        "crs": "EPSG:27700",
        "rows_by_month": {f"{year}-01": 6},
        "incidents": {"by_month": [{"label": f"{year}-01"}]},
        "recipe": {"title": "Crime"},
        "files": [],
    }
    (folder / "about").mkdir(parents=True)
    (folder / "about" / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    for name in names:
        layer = AREAS.assign(n=[3, 2, 1] if year == "2024" else [3, 4, 0], sd_flag=FLAGS[year])
        write_geopackage(
            {name: layer.rename_axis("code")}, folder / "layers" / f"{name}.gpkg", provenance=record
        )
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = tmp_path_factory.mktemp("runs")
    return {year: left_by_a_run(made / year, year) for year in FLAGS}


@pytest.fixture(scope="module")
def store(runs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GeoPackage of both editions."""
    path = tmp_path_factory.mktemp("store") / "editions.gpkg"
    for year, folder in runs.items():
        assert keep_edition(folder, str(path), edition=year) == ("all-crime_wards", "burglary_wards")
    return path


def layers_of(path: Path) -> list[str]:
    return sorted(str(name) for name, kind in pyogrio.list_layers(path) if kind is not None)


def test_a_store_holds_the_layers_and_the_record_of_each_edition(store: Path, runs: dict[str, Path]) -> None:
    assert layers_of(store) == [
        f"{year}_{name}" for year in FLAGS for name in ("all-crime_wards", "burglary_wards")
    ]
    held = read_editions(store)
    assert {name: (about["title"], about["period"]) for name, about in held.items()} == {
        "2024": ("Crime", "January 2024"),
        "2025": ("Crime", "January 2025"),
    }
    assert held["2025"]["record"] == json.loads(
        (runs["2025"] / "about" / "provenance.json").read_text("utf-8")
    )
    found = read_layer(store, layer="2025_burglary_wards")
    expected = read_layer(runs["2025"] / "layers" / "burglary_wards.gpkg")
    assert found.drop(columns="geometry").equals(expected.drop(columns="geometry"))
    assert found.geometry.to_wkb().tolist() == expected.geometry.to_wkb().tolist()


def test_columns_of_all_editions_have_their_meanings(store: Path) -> None:
    with closing(sqlite3.connect(store)) as database:
        described = database.execute("SELECT table_name FROM gpkg_data_columns WHERE column_name = 'sd_flag'")
        assert sorted(name for (name,) in described) == layers_of(store)
        assert database.execute(
            "SELECT count(*) FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'"
        ).fetchone() == (1,)


def test_the_same_editions_give_the_same_bytes(store: Path, runs: dict[str, Path], tmp_path: Path) -> None:
    for year, folder in runs.items():
        keep_edition(folder, str(tmp_path / "editions.gpkg"), edition=year)
    assert (tmp_path / "editions.gpkg").read_bytes() == store.read_bytes()


def test_an_edition_is_replaced_only_where_that_is_allowed(
    store: Path, runs: dict[str, Path], tmp_path: Path
) -> None:
    own = tmp_path / "editions.gpkg"
    shutil.copyfile(store, own)
    with pytest.raises(FileError) as caught:
        keep_edition(runs["2025"], str(own), edition="2025")
    assert caught.value.message == "'editions.gpkg' has an edition '2025' already"
    assert caught.value.hint == "choose another name, or allow it with 'overwrite'"
    smaller = left_by_a_run(tmp_path / "run", "2025", names=("burglary_wards",))
    keep_edition(smaller, str(own), edition="2025", overwrite=True)
    assert layers_of(own) == ["2024_all-crime_wards", "2024_burglary_wards", "2025_burglary_wards"]
    with closing(sqlite3.connect(own)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        left = database.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE '%2025_all-crime%'"
        ).fetchall()
        assert left == []
    assert len(read_layer(own, layer="2025_burglary_wards")) == 3


def test_a_store_changes_whole_or_not_at_all(
    store: Path, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "editions.gpkg"
    shutil.copyfile(store, own)

    def broken(*_: object, **__: object) -> str:
        raise OSError("no room")

    monkeypatch.setattr("hotspots.export.editions.json.dumps", broken)
    with pytest.raises(OSError, match="no room"):
        keep_edition(runs["2025"], str(own), edition="2026")
    assert own.read_bytes() == store.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["editions.gpkg"]


def test_editions_are_compared_area_by_area(store: Path) -> None:
    table = compare_stored(read_stored(store, "2024"), read_stored(store, "2025"))
    assert table[table["layer"] == "burglary_wards"].drop(
        columns=["layer", "measure"]
    ).to_numpy().tolist() == [
        ["E05000001", "Hill", "Leeds", 3, 3, "kept"],
        ["E05000002", "Town", "Leeds", 2, 4, "new"],
        ["E05000003", "Vale", "Leeds", 1, 0, "gone"],
    ]
    assert set(table["measure"]) == {"sd_flag"}


def test_an_edition_of_a_store_serves_where_an_earlier_folder_does(store: Path) -> None:
    edition = read_edition(f"{store}#2024")
    assert (edition.period, edition.reported, sorted(edition.tables)) == (
        "January 2024", ("2024-01",), ["all-crime_wards", "burglary_wards"],
    )  # fmt: skip
    with pytest.raises(ParameterError) as caught:
        read_edition(f"{store}#2023")
    assert caught.value.message == "'editions.gpkg' has no edition '2023'"
    assert caught.value.hint == "did you mean '2025' or '2024'?"


def test_what_is_no_store_is_said(runs: dict[str, Path], tmp_path: Path) -> None:
    plain = runs["2024"] / "layers" / "burglary_wards.gpkg"
    before = plain.read_bytes()
    for store, edition, message in (
        (str(plain), "2024", "'burglary_wards.gpkg' is no store of editions"),
        ("editions.shp", "2024", "'editions.shp' is no store of editions"),
        (f"{tmp_path}/e.gpkg", None, f"the edition that '{tmp_path}/e.gpkg' is to hold has no name"),
        (f"{tmp_path}/e.gpkg", "a/b", "'a/b' cannot be the name of an edition"),
        ("postgresql:///c", None, "the address of the database 'c' names no schema to write into"),
        ("postgresql:///c#a.b", None, "the address of the database 'c' names no schema to write into"),
        ("postgresql:///c#a", "2024", "'edition' is '2024', but the editions of a database are its schemas"),
    ):
        with pytest.raises((FileError, ParameterError)) as caught:
            keep_edition(runs["2024"], store, edition=edition)
        assert caught.value.message == message
        with pytest.raises((FileError, ParameterError)) as before_any_work:
            check_store(store, edition=edition, overwrite=False)
        assert before_any_work.value.message == message
    assert plain.read_bytes() == before
    with pytest.raises(FileError, match=r"is not the folder of a run: it has no about/provenance\.json"):
        keep_edition(tmp_path, f"{tmp_path}/e.gpkg", edition="2024")
    assert not list(tmp_path.iterdir())


def test_editions_by_other_rules_are_not_compared(store: Path, runs: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    shutil.copytree(runs["2025"], folder)
    record = folder / "about" / "provenance.json"
    held = json.loads(record.read_text("utf-8")) | {"publication": {"profile": "documents"}}
    record.write_text(json.dumps(held), encoding="utf-8")
    own = tmp_path / "own.gpkg"
    keep_edition(folder, str(own), edition="safe")
    with pytest.raises(DataError, match="one edition is exact, the other by the profile 'documents'"):
        compare_stored(read_stored(store, "2024"), read_stored(own, "safe"))


@pytest.fixture(params=["postgresql", "duckdb"])
def schema(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "duckdb":
        yield f"duckdb:///{tmp_path}/county.duckdb#edition"
        return
    county: str = request.getfixturevalue("postgres")
    yield f"{county}#edition"
    with psycopg.connect(county, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS edition CASCADE")


def test_a_schema_holds_one_run(schema: str, runs: dict[str, Path], tmp_path: Path) -> None:
    keep_edition(runs["2024"], schema)
    assert read_layer(f"{schema}.all_crime_wards")["n"].tolist() == [3, 2, 1]
    with pytest.raises(FileError, match=r"the schema 'edition' of the database '.*' holds a run already"):
        keep_edition(runs["2025"], schema)
    smaller = left_by_a_run(tmp_path / "run", "2025", names=("burglary_wards",))
    keep_edition(smaller, schema, overwrite=True)
    assert read_layer(f"{schema}.burglary_wards")["n"].tolist() == [3, 4, 0]
    with pytest.raises(ParameterError, match=r"has no table 'edition\.all_crime_wards'"):
        read_layer(f"{schema}.all_crime_wards")


def test_commands_list_add_and_compare(
    runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = str(tmp_path / "editions.gpkg")
    for year, folder in runs.items():
        assert run(["editions", "add", store, str(folder), "--edition", year]) == 0
    assert run(["editions", "list", store]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2024     2 layers  January 2024  Crime",
        "2025     2 layers  January 2025  Crime",
    ]
    assert run(["editions", "compare", store, "2024", "2025"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[:2] == [
        "layer,measure,code,name,district,n_before,n_now,state",
        "all-crime_wards,sd_flag,E05000001,Hill,Leeds,3,3,kept",
    ]
    assert told.err.splitlines()[-1] == "From 2024 to 2025: 2 new, 2 kept, 2 gone"
