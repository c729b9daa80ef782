"""DuckDB: what is read and how, and what is said where it cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import geopandas as gpd
import pyproj
import pytest
from shapely import box
from tests.base.database.conftest import read, refused

from hotspots.base.database.address import parse_address
from hotspots.base.database.duck import projjson
from hotspots.base.database.rows import open_rows, read_layer_rows
from hotspots.base.errors import DataError, FileError

GRID = projjson(pyproj.CRS("EPSG:27700")).replace("'", "''")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``crime.duckdb`` and, under ``parquet``, a file and a folder of two files."""
    made = tmp_path_factory.mktemp("duck")
    (made / "parquet" / "months").mkdir(parents=True)
    (made / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    with duckdb.connect(
        str(made / "crime.duckdb"), config={"storage_compatibility_version": "latest"}
    ) as database:
        database.execute(f"""
            CREATE TABLE kinds AS SELECT * FROM (VALUES
                (1::BIGINT, 'a', 0.1::DOUBLE, 1.50::DECIMAL(6, 2), true, DATE '2025-07-03'),
                (2, NULL, NULL, NULL, NULL, NULL)) AS v(id, text, number, exact, truth, day);
            CREATE SCHEMA gis;
            CREATE TABLE gis.squares (code TEXT, geom GEOMETRY('{GRID}'));
            INSERT INTO gis.squares VALUES ('a', 'POLYGON((0 0,0 1,1 1,1 0,0 0))');
            CREATE TABLE old AS SELECT code, geom::GEOMETRY AS geom FROM gis.squares;
            CREATE VIEW outside AS SELECT * FROM '{made}/secret.csv';
            COPY (SELECT 1 AS id) TO '{made}/parquet/one.parquet';
            COPY (SELECT 2 AS id) TO '{made}/parquet/months/a.parquet';
            COPY (SELECT 3 AS id, 'new' AS more) TO '{made}/parquet/months/b.parquet';
        """)
    squares = gpd.GeoDataFrame({"code": ["a"]}, geometry=[box(0, 0, 1, 1)], crs="EPSG:27700")
    squares.to_parquet(made / "parquet" / "squares.parquet")
    (made / "notes.duckdb").write_text("no database\n", encoding="utf-8")
    return made


def test_values_are_as_parquet_has_them(folder: Path) -> None:
    held = read(f"duckdb:///{folder}/crime.duckdb#kinds")
    assert {name: values[0] for name, values in held.items()} | {"day": str(held["day"][0])} == {
        "id": 1, "text": "a", "number": 0.1, "exact": "1.50", "truth": True, "day": "2025-07-03",
    }  # fmt: skip
    assert [values[1] for values in held.values()] == [2, None, None, None, None, None]


def test_a_layer_is_in_the_reference_system_of_its_column(folder: Path) -> None:
    layer, _ = read_layer_rows(parse_address(f"duckdb:///{folder}/crime.duckdb#gis.squares"))
    assert layer.crs.to_epsg() == 27700
    assert layer["code"].tolist() == ["a"]
    assert layer.geometry.iloc[0].area == 1
    assert read_layer_rows(parse_address(f"duckdb:///{folder}/crime.duckdb#old"))[0].crs is None


def test_files_of_a_folder_are_tables_and_so_are_its_folders(folder: Path) -> None:
    assert read(f"duckdb:///{folder}/parquet/#one") == {"id": [1]}
    assert read(f"duckdb:///{folder}/parquet#months") == {"id": [2, 3], "more": [None, "new"]}
    assert read(f"duckdb:///{folder}/parquet#SELECT o.id + m.id AS id FROM one o, months m ORDER BY 1") == {
        "id": [3, 4]
    }
    layer, _ = read_layer_rows(parse_address(f"duckdb:///{folder}/parquet#squares"))
    assert layer.crs.to_epsg() == 27700


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("crime.duckdb#outside", "a table or SELECT of 'crime.duckdb' reads files outside it, which is not allowed "
         "here"),
        ("parquet#SELECT * FROM read_csv('{folder}/secret.csv')", "a table or SELECT of 'parquet' reads files outside "
         "it, which is not allowed here"),
        ("crime.duckdb#SELECT * FROM 'https://machine.invalid/a.parquet'", "a table or SELECT of 'crime.duckdb' reads "
         "files outside it, which is not allowed here"),
        ("crime.duckdb#kind", "the database 'crime.duckdb' has no table 'kind'"),
        ("crime.duckdb", "the address of the database 'crime.duckdb' names no table; it holds 'gis.squares', 'kinds', "
         "'old', 'outside'"),
        ("crime.duckdb#SELECT 1; DROP TABLE kinds", "behind the # stands more than one statement"),
        ("crime.duckdb#SELECT 1) AS a; DROP TABLE kinds; SELECT * FROM (SELECT 2", "behind the # stands more than one "
         "statement"),
        ("crime.duckdb#SELECT txt FROM kinds", "DuckDB does not understand the SELECT: Referenced column \"txt\" not "
         "found in FROM clause!"),
        ("notes.duckdb#kinds", "'notes.duckdb' is not a DuckDB database"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(folder: Path, rows: str, message: str) -> None:
    error = refused(f"duckdb:///{folder}/{rows.format(folder=folder)}")
    assert error.message == message
    assert str(folder) not in error.message


def test_bytes_that_are_no_geometry_are_said(folder: Path) -> None:
    address = parse_address(f"duckdb:///{folder}/crime.duckdb#SELECT 'a' AS code, '\\x01\\x02'::BLOB AS geom")
    with pytest.raises(FileError) as caught:
        read_layer_rows(address)
    assert caught.value.message == f"'{address.label}' holds geometries that cannot be read"


def test_a_file_that_is_not_there_is_said(folder: Path) -> None:
    assert (
        refused(f"duckdb:///{folder}/none.duckdb#t").message
        == f"there is no DuckDB database '{folder}/none.duckdb'"
    )


def test_nothing_is_written_beside_the_file(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    content = (folder / "crime.duckdb").read_bytes()
    read(f"duckdb:///{folder}/crime.duckdb#kinds")
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "crime.duckdb").read_bytes() == content


def test_a_missing_package_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    error = refused(f"duckdb:///{folder}/crime.duckdb#kinds")
    assert error.message == "DuckDB is read with the package duckdb, which is not installed"
    assert error.hint == "type: python -m pip install 'hotspots-toolkit[databases]'"


ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) AS n FROM t"


@pytest.mark.parametrize(
    "asked", [ENDLESS, "SELECT n::TEXT AS n FROM range(10000000000000) AS r(n) WHERE n < 0"]
)
def test_statements_are_stopped_in_time(folder: Path, asked: str) -> None:
    error = refused(f"duckdb:///{folder}/crime.duckdb?statement_timeout=100ms#{asked}")
    assert error.message == "DuckDB stopped the statement, which took too long"
    assert (
        error.hint
        == "allow it more time in the address, as in '?statement_timeout=2h', or ask for fewer rows"
    )
    address = parse_address(f"duckdb:///{folder}/crime.duckdb?statement_timeout=100ms#{asked}")
    with open_rows(address) as rows, pytest.raises(DataError, match="took too long"):
        rows.number()


def test_a_time_that_is_none_is_said(folder: Path) -> None:
    error = refused(f"duckdb:///{folder}/crime.duckdb?statement_timeout=soon#kinds")
    assert error.message == "the database does not take a setting: 'soon' is no time for 'statement_timeout'"
    assert error.hint == "write '?statement_timeout=20min' in the address"


def test_a_row_that_cannot_be_made_is_said(folder: Path) -> None:
    asked = (
        "SELECT CAST(CASE WHEN n = 900000 THEN 'many' ELSE '1' END AS INT) AS n FROM range(1000000) AS r(n)"
    )
    error = refused(f"duckdb:///{folder}/crime.duckdb#{asked}")
    assert error.message.startswith("the DuckDB database 'crime.duckdb' could not do it: ")
    assert "Could not convert string 'many' to INT32" in error.message


def test_a_folder_of_more_files_than_tables_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "disk" / "a" / "b"
    inner.mkdir(parents=True)
    for number in range(8):
        (inner / f"{number}.txt").touch()
    monkeypatch.setenv("HOTSPOTS_LIMITS", "files=10")
    assert refused(f"duckdb:///{tmp_path}/disk#t").message == (
        "the database 'disk' holds no table that you may read"
    )
    (inner / "8.txt").touch()
    error = refused(f"duckdb:///{tmp_path}/disk#t")
    assert error.message == "the folder 'disk' holds more than 10 files, which no folder of tables does"
    assert error.hint is not None
    assert error.hint.startswith("name the folder that holds the Parquet files, or allow so many")


def test_bytes_that_are_no_geometry_come_as_text(folder: Path) -> None:
    asked = "SELECT 'a' AS code, '\\xFF\\xD8'::BLOB AS photo"
    assert read(f"duckdb:///{folder}/crime.duckdb#{asked}") == {"code": ["a"], "photo": ["\\xFF\\xD8"]}
