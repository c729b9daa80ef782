"""Layers in databases: what the tables are, and that all are written or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import MultiPolygon, box

from hotspots.areas.reading import read_layer
from hotspots.base.columns import COLUMNS
from hotspots.base.database.address import Address, parse_address
from hotspots.base.database.into import existing_tables, refuse_existing_table
from hotspots.base.errors import CRSError, DataError, FileError, HotspotsError
from hotspots.export.database import write_layers

LAYER = gpd.GeoDataFrame(
    {
        "name": ['Town, \\ the "old"\n\tone', "Hill"],
        "population": [1200.0, np.nan],
        "n": [3, 0],
        "sd_near": [True, False],
        "gi_class": pd.Categorical(["hot95", None]),
    },
    index=pd.Index(["E05000002", "E05000001"], name="code"),
    geometry=[
        box(432_000, 430_000, 433_000, 431_000),
        MultiPolygon([box(431_000, 430_000, 432_000, 431_000), box(435_000, 430_000, 436_000, 431_000)]),
    ],
    crs="EPSG:27700",
)
RECORD = {"crs": "EPSG:27700", "title": 'It\'s "2025"'}


@pytest.fixture(scope="module")
def county(postgres: str) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "CREATE SCHEMA shut; CREATE TABLE shut.old (a int); GRANT USAGE ON SCHEMA shut TO reader"
        )
    yield postgres
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "DROP SCHEMA IF EXISTS lab CASCADE; DROP SCHEMA shut CASCADE; DROP TABLE IF EXISTS loose"
        )


@pytest.fixture(params=["postgresql", "duckdb"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """A database of either make, without any table that is written here."""
    if request.param == "duckdb":
        return parse_address(f"duckdb:///{tmp_path}/crime.duckdb")
    county: str = request.getfixturevalue("county")
    with psycopg.connect(county, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS lab CASCADE; DROP TABLE IF EXISTS loose")
    return parse_address(county)


def text(address: Address, table: str) -> str:
    return f"{address.kind}://{'' if address.kind == 'postgresql' else '/'}{address.place.removeprefix('postgresql://')}#{table}"


def test_a_layer_comes_back_as_it_was(address: Address) -> None:
    write_layers({("lab", "flags"): LAYER}, address, provenance=RECORD)
    layer = read_layer(text(address, "lab.flags"))
    assert layer.attrs["provenance"] == RECORD
    assert layer.index.tolist() == ["E05000001", "E05000002"]
    whole = LAYER.sort_index()
    whole["geometry"] = [whole.geometry.iloc[0], MultiPolygon([whole.geometry.iloc[1]])]
    whole["name"] = ["Hill", 'Town, \\ the "old" one']  # what acts on a terminal is read as a space
    whole["gi_class"] = whole["gi_class"].astype("str")
    layer.attrs.clear()
    assert_geodataframe_equal(layer, whole, check_like=True, check_crs=False)
    assert layer.crs.to_epsg() == 27700


def test_a_table_without_a_schema_goes_where_the_database_puts_it(address: Address) -> None:
    write_layers({("loose",): LAYER}, address)
    assert {table for _, table in existing_tables(address)} >= {"loose"}
    assert len(read_layer(text(address, "loose"))) == 2


def test_a_table_that_exists_is_refused_unless_it_may_be_replaced(address: Address) -> None:
    write_layers({("lab", "flags"): LAYER}, address)
    said = f"the database '{address.name}' has a table 'lab.flags' already"
    with pytest.raises(FileError, match=said):
        write_layers({("lab", "flags"): LAYER}, address)
    with pytest.raises(FileError, match=said):
        refuse_existing_table(parse_address(text(address, "lab.flags")), overwrite=False)
    refuse_existing_table(parse_address(text(address, "lab.flags")), overwrite=True)
    refuse_existing_table(parse_address(text(address, "lab.others")), overwrite=False)
    write_layers({("lab", "flags"): LAYER.iloc[:1]}, address, overwrite=True)
    assert len(read_layer(text(address, "lab.flags"))) == 1
    write_layers({("lab", "flags"): LAYER.drop(columns="n")}, address, overwrite=True)
    assert "n" not in read_layer(text(address, "lab.flags"))


def test_all_tables_are_written_or_none(address: Address) -> None:
    write_layers({("lab", "kept"): LAYER.iloc[:1], ("lab", "second"): LAYER.iloc[:1]}, address)
    # The first and the third could be written, the second is there already.
    tables: dict[tuple[str, ...], gpd.GeoDataFrame]
    tables = {("lab", "first"): LAYER, ("lab", "second"): LAYER, ("lab", "third"): LAYER}
    with pytest.raises(FileError, match=r"'lab\.second' already"):
        write_layers(tables, address, obsolete=[("lab", "kept")])
    assert {table for schema, table in existing_tables(address) if schema == "lab"} == {"kept", "second"}
    write_layers(tables, address, overwrite=True, obsolete=[("lab", "kept"), ("lab", "never")])
    assert {table for schema, table in existing_tables(address) if schema == "lab"} == {
        "first",
        "second",
        "third",
    }


def test_codes_that_repeat_are_no_key(address: Address) -> None:
    write_layers({("lab", "parts"): LAYER.set_axis(["a", "a"], axis=0)}, address)
    assert ("lab", "parts") in existing_tables(address)


def test_postgis_has_type_key_index_and_meanings(county: str) -> None:
    write_layers({("lab", "flags"): LAYER}, parse_address(county), provenance=RECORD, overwrite=True)
    with psycopg.connect(county) as connection:
        assert connection.execute(
            "SELECT type, srid, coord_dimension FROM geometry_columns WHERE f_table_name = 'flags'"
        ).fetchall() == [("MULTIPOLYGON", 27700, 2)]
        made = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'flags' ORDER BY 1"
        ).fetchall()
        assert [definition.partition(" USING ")[2] for (definition,) in made] == [
            "gist (geom)",
            "btree (code)",
        ]
        said = connection.execute(
            "SELECT col_description('lab.flags'::regclass, attnum) FROM pg_attribute "
            "WHERE attrelid = 'lab.flags'::regclass AND attname = 'n'"
        ).fetchone()
        known = COLUMNS["n"]
        assert said == (f"{known.label} ({known.unit}): {known.meaning}",)


def test_a_table_of_the_same_columns_keeps_its_rights_and_views(county: str) -> None:
    address = parse_address(county)
    write_layers({("lab", "flags"): LAYER}, address, overwrite=True)
    with psycopg.connect(county, autocommit=True) as connection:
        connection.execute(
            "GRANT USAGE ON SCHEMA lab TO reader; GRANT SELECT ON lab.flags TO reader; "
            "CREATE OR REPLACE VIEW lab.busy AS SELECT code FROM lab.flags WHERE n > 1"
        )
    write_layers({("lab", "flags"): LAYER.assign(n=[0, 7])}, address, overwrite=True)
    with psycopg.connect(county.replace("user=postgres", "user=reader")) as connection:
        assert connection.execute("SELECT code, n FROM lab.flags ORDER BY 1").fetchall() == [
            ("E05000001", 7),
            ("E05000002", 0),
        ]
    with psycopg.connect(county) as connection:
        assert connection.execute("SELECT code FROM lab.busy").fetchall() == [("E05000001",)]
    with pytest.raises(DataError, match=r"others in the database stand on it: cannot drop table lab.flags"):
        write_layers({("lab", "flags"): LAYER.drop(columns="n")}, address, overwrite=True)
    with psycopg.connect(county) as connection:
        assert connection.execute("SELECT sum(n) FROM lab.flags").fetchone() == (7,)


def test_what_may_not_be_written_is_said(county: str) -> None:
    reader = parse_address(county.replace("user=postgres", "user=reader"))
    with pytest.raises(FileError, match="permission denied for schema shut"):
        write_layers({("shut", "flags"): LAYER}, reader)
    with pytest.raises(FileError, match="permission denied for database county"):
        write_layers({("fresh", "flags"): LAYER}, reader)


def test_a_reference_system_without_a_number_is_refused(county: str) -> None:
    own = LAYER.to_crs("+proj=tmerc +lat_0=53 +lon_0=-1.5 +datum=WGS84 +units=m")
    with pytest.raises(CRSError, match="the database 'county' does not know ") as caught:
        write_layers({("lab", "own"): own}, parse_address(county))
    assert caught.value.hint == "compute in a system that has an EPSG code, such as 'EPSG:27700', with 'crs'"


def test_a_database_without_postgis_is_refused(county: str) -> None:
    with psycopg.connect(county, autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")
    plain = parse_address(county.replace("/county?", "/plain?"))
    with pytest.raises(DataError, match="the database 'plain' has no PostGIS, and so cannot hold layers"):
        write_layers({("flags",): LAYER}, plain)
    assert existing_tables(plain) == set()


def test_a_new_duckdb_file_appears_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = parse_address(f"duckdb:///{tmp_path}/made/crime.duckdb")
    with monkeypatch.context() as broken:
        broken.setattr("hotspots.base.database.into_duck.projjson", lambda _: "no system")
        with pytest.raises(HotspotsError):
            write_layers({("flags",): LAYER}, address)
    assert not list(tmp_path.rglob("*.*"))
    write_layers({("flags",): LAYER}, address)
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["crime.duckdb"]
    with duckdb.connect(address.place, read_only=True) as database:
        assert database.execute(
            "SELECT comment FROM duckdb_columns() WHERE column_name = 'sd_near'"
        ).fetchone() != (None,)


def test_a_duckdb_folder_cannot_be_written_into(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is a folder, and tables are written into a file"):
        write_layers({("flags",): LAYER}, parse_address(f"duckdb:///{tmp_path}#flags"))


def test_writing_into_duckdb_is_stopped_in_time(tmp_path: Path) -> None:
    """Reading was, and PostgreSQL stops either; a new file is not left behind, and an old one is as it was."""
    many = LAYER.iloc[np.zeros(400_000, dtype=int)].set_axis(
        pd.RangeIndex(400_000).astype(str).rename("code")
    )
    place = f"duckdb:///{tmp_path}/crime.duckdb"
    for held in ([], ["crime.duckdb"]):
        with pytest.raises(DataError) as found:
            write_layers(
                {("flags",): many}, parse_address(f"{place}?statement_timeout=1ms#flags"), overwrite=True
            )
        assert found.value.message == "DuckDB stopped the statement, which took too long"
        assert [path.name for path in tmp_path.iterdir()] == held
        write_layers(
            {("flags",): LAYER}, parse_address(f"{place}?statement_timeout=1min#flags"), overwrite=True
        )
    with duckdb.connect(f"{tmp_path}/crime.duckdb", read_only=True) as database:
        assert database.execute("SELECT count(*) FROM flags").fetchone() == (2,)


def test_a_time_that_is_none_is_said_before_anything_is_written(tmp_path: Path) -> None:
    address = parse_address(f"duckdb:///{tmp_path}/crime.duckdb?statement_timeout=soon#flags")
    with pytest.raises(DataError, match="'soon' is no time for 'statement_timeout'"):
        refuse_existing_table(address, overwrite=True)
    with pytest.raises(DataError, match="'soon' is no time for 'statement_timeout'"):
        write_layers({("flags",): LAYER}, address)
    assert list(tmp_path.iterdir()) == []
