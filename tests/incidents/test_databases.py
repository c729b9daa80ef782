"""Incidents from databases are the incidents of the same rows in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import psycopg
import pytest

from hotspots.base.errors import CRSError, DataError, FileError
from hotspots.incidents import read_incidents
from hotspots.incidents.clock import Clock
from hotspots.incidents.quality import QualityReport
from hotspots.scale.stream import input_rows

# The row that is there twice, and dropped, is warned of; other tests are about that.
pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

# Two rows share an ID and are one; one has no place, one a weight that is no number, one of midnight another month.
ROWS = '''Crime ID,Month,Longitude,Latitude,LSOA code,Crime type,Severity,When
a1,2025-01,-1.550000,53.800000,E01000001,Burglary,1,2025-01-03 21:35
a1,2025-01,-1.550000,53.800000,E01000001,Burglary,1,2025-01-03 21:35
,2025-01,-1.551234,53.801234,E01000001,Anti-social behaviour,2.5,2025-01-04 00:10
,2025-02,,,,Anti-social behaviour,1,2025-02-01 09:00
b2,2025-02,-1.560000,53.810000,E01000002,"Shoplifting, ""small""",many,2025-02-28 23:59
c3,2025-02,-1.560000,53.810000,,Robbery,1,
'''


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calls") / "calls.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def county(postgres: str, calls: Path) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("""
            CREATE SCHEMA calls;
            CREATE TABLE calls.texts ("Crime ID" text, "Month" text, "Longitude" text, "Latitude" text,
                "LSOA code" text, "Crime type" text, "Severity" text, "When" text);
        """)
        with connection.cursor().copy("COPY calls.texts FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(calls.read_bytes())
        connection.execute("""
            CREATE TABLE calls.points AS SELECT row_number() OVER () AS id, "Crime ID",
                to_date("Month", 'YYYY-MM') AS month, "LSOA code" AS lsoa_code, "Crime type" AS category,
                ST_SetSRID(ST_MakePoint("Longitude"::float8, "Latitude"::float8), 4326) AS geom,
                "When"::timestamp AT TIME ZONE 'Europe/London' AS happened FROM calls.texts;
            ALTER TABLE calls.points ADD PRIMARY KEY (id);
            CREATE TABLE calls.unplaced AS SELECT id, category, ST_SetSRID(geom, 0) AS geom FROM calls.points;
            CREATE TABLE calls.mixed AS SELECT id, category,
                CASE WHEN id > 2 THEN ST_Transform(geom, 27700) ELSE geom END AS geom FROM calls.points;
            CREATE TABLE calls.areas AS SELECT id, category, ST_Buffer(geom, 0.01) AS geom FROM calls.points;
            CREATE TABLE calls.two AS SELECT id, category, geom, geom AS again FROM calls.points;
        """)
    yield postgres
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA calls CASCADE")


@pytest.fixture(scope="module")
def ducks(calls: Path) -> str:
    with duckdb.connect(str(calls.parent / "calls.duckdb")) as database:
        database.execute(
            f"CREATE TABLE texts AS SELECT * FROM read_csv('{calls}', all_varchar = true);"
            'CREATE TABLE typed AS SELECT "Crime ID", "Month", "Longitude"::DOUBLE AS longitude,'
            ' "Latitude"::DOUBLE AS latitude, "LSOA code", "Crime type", "Severity" FROM texts'
        )
    return f"duckdb:///{calls.parent}/calls.duckdb"


def alike(one: tuple[pd.DataFrame, QualityReport], other: tuple[pd.DataFrame, QualityReport]) -> None:
    """Assert that two readings differ in nothing but what they are called."""
    pd.testing.assert_frame_equal(one[0], other[0])
    assert len(one[1].sources) == len(other[1].sources) == 1
    source = replace(other[1].sources[0], name="", sha256="", encoding=None)
    assert replace(one[1].sources[0], name="", sha256="", encoding=None) == source
    bare = [replace(report, sources=(), examples=()) for _, report in (one, other)]
    assert bare[0] == bare[1]


def test_rows_of_a_table_are_those_of_a_file(county: str, ducks: str, calls: Path) -> None:
    asked = {"weight_column": "Severity", "keep": ["When"]}
    expected = read_incidents(calls, **asked)  # type: ignore[arg-type]
    told = expected[1]
    assert (told.rows_read, told.malformed, told.duplicates, told.unlocated) == (6, 1, 1, 1)
    alike(expected, read_incidents(f"{county}#calls.texts", **asked))  # type: ignore[arg-type]
    alike(expected, read_incidents(f"{county}#SELECT * FROM calls.texts", **asked))  # type: ignore[arg-type]
    alike(expected, read_incidents(f"{ducks}#texts", **asked))  # type: ignore[arg-type]
    again = read_incidents(f"{ducks}#typed", weight_column="Severity")
    alike(read_incidents(calls, weight_column="Severity"), again)


def test_points_are_places_and_dates_are_dates(county: str, calls: Path) -> None:
    expected, _ = read_incidents(calls)
    found, report = read_incidents(f"{county}#calls.points")
    shared = ["x", "y", "category", "month", "lsoa_code", "weight"]
    pd.testing.assert_frame_equal(found[shared], expected[shared])
    assert report.sources[0].name == "county#calls.points"
    assert report.unlocated == 1


def test_times_are_told_by_the_local_clock(county: str, calls: Path) -> None:
    expected, _ = read_incidents(calls, month_column="When", clock=Clock())
    found, _ = read_incidents(f"{county}#calls.points", month_column="happened", clock=Clock())
    assert found["start"].tolist() == expected["start"].tolist()
    assert found["month"].tolist() == expected["month"].tolist()


def test_a_malformed_row_is_named_by_its_place(county: str) -> None:
    _, report = read_incidents(f"{county}#calls.texts", weight_column="Severity")
    assert report.examples == (
        "county#calls.texts, row 5: 'many' in 'Severity' is not a number of at least 0",
    )


def test_records_name_neither_machine_nor_select(county: str) -> None:
    _, report = read_incidents(f"{county}#SELECT * FROM calls.points WHERE category <> 'Robbery'")
    (source,) = report.sources
    assert source.name.startswith("county#SELECT ")
    assert len(source.sha256) == 64
    assert "/tmp" not in str(report.to_dict())  # noqa: S108 - where the server's socket is
    assert "Robbery'" not in str(report.to_dict())


def test_a_table_that_is_named_twice_is_read_once(county: str) -> None:
    _, report = read_incidents([f"{county}#calls.points", f"{county}#calls.points"])
    assert report.rows_read == 6


def test_a_database_goes_with_files(county: str, calls: Path) -> None:
    _, report = read_incidents([calls, f"{county}#SELECT * FROM calls.points WHERE id = 6"])
    assert [source.rows for source in report.sources] == [6, 1]


@pytest.mark.parametrize(
    ("table", "kind", "message"),
    [
        ("unplaced", CRSError, "'county#calls.unplaced' states no coordinate reference system"),
        (
            "mixed",
            CRSError,
            "'county#calls.mixed' holds geometries of several reference systems (SRID 4326, 27700)",
        ),
        (
            "areas",
            DataError,
            "'county#calls.areas' holds geometries of the type POLYGON, but incidents are points",
        ),
        ("two", DataError, "'county#calls.two' has 2 columns of geometry: 'geom', 'again'"),
    ],
)
def test_what_is_no_layer_of_points_is_said(
    county: str, table: str, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        read_incidents(f"{county}#calls.{table}")
    assert str(caught.value).startswith(message)


def test_bytes_that_are_no_point_are_said(ducks: str) -> None:
    query = "SELECT DATE '2025-07-01' AS date, '\\x01\\x02'::BLOB AS geom"
    with pytest.raises(FileError, match="holds geometries that cannot be read"):
        read_incidents(f"{ducks}#{query}", source_crs="EPSG:27700")


def test_the_reference_system_may_be_named(county: str, calls: Path) -> None:
    found, _ = read_incidents(f"{county}#calls.unplaced", source_crs="EPSG:4326")
    assert found["x"].tolist()[:1] == read_incidents(calls)[0]["x"].tolist()[:1]


def test_the_rows_are_counted_before_they_are_read(county: str, ducks: str, calls: Path) -> None:
    rows = read_incidents(calls)[1].rows_read
    assert input_rows(f"{county}#calls.texts") == rows
    assert input_rows(f"{county}#SELECT * FROM calls.texts LIMIT 3;") == 3
    assert input_rows(f"{ducks}#texts") == rows
    assert input_rows([str(calls), f"{ducks}#SELECT * FROM texts LIMIT 2"]) > 2
