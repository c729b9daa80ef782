"""Areas from databases are the areas of the same layer in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import geopandas as gpd
import psycopg
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import box

from hotspots.areas.lookup import read_lookup
from hotspots.areas.reading import read_areas, read_layer
from hotspots.base import tables
from hotspots.base.errors import CRSError, DataError, FileError, ParameterError

SQUARES = gpd.GeoDataFrame(
    {
        "WD24CD": ["E05000002", "E05000001"],
        "WD24NM": ["Town", "Hill"],
        "LAD24NM": ["Leeds", "Leeds"],
        "population": [1200, 900],
    },
    geometry=[box(432_000, 430_000, 433_000, 431_000), box(431_000, 430_000, 432_000, 431_000)],
    crs="EPSG:27700",
)


@pytest.fixture(scope="module")
def county(postgres: str) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            'CREATE SCHEMA gis; CREATE TABLE gis.wards ("WD24CD" text, "WD24NM" text, "LAD24NM" text, '
            "population int, geom geometry(Polygon, 27700))"
        )
        for row in SQUARES.itertuples(index=False):
            values = [*row[:-1], shapely.to_wkt(row.geometry)]
            connection.execute(
                "INSERT INTO gis.wards VALUES (%s, %s, %s, %s, ST_GeomFromText(%s, 27700))", values
            )
        connection.execute("""
            CREATE TABLE gis.world AS SELECT "WD24CD", ST_Transform(geom, 4326)::geography AS shape FROM gis.wards;
            CREATE TABLE gis.holes AS SELECT "WD24CD", CASE WHEN population > 1000 THEN geom END AS geom FROM gis.wards;
            CREATE TABLE gis.points AS SELECT "WD24CD", ST_Centroid(geom) AS geom FROM gis.wards;
            CREATE TABLE gis.bare AS SELECT "WD24CD", ST_SetSRID(geom, 0) AS geom FROM gis.wards;
            CREATE TABLE gis.people AS SELECT * FROM (VALUES
                ('E05000001', 'Hill', 1200.5::numeric, 1300, true), ('E05000002', 'Town', 900, 950, false),
                (NULL, 'Total', 2100.5, 2250, NULL)) AS v(code, name, population_2022, population_2023, urban);
            CREATE TABLE gis.fit AS SELECT * FROM (VALUES
                ('E01000001', 'E05000001', 0.25), ('E01000001', 'E05000002', 0.75), ('E01000002', 'E05000002', 1))
                AS v(lsoa21cd, wd24cd, share);
            CREATE TABLE gis.nobody (code text, population int);
        """)
    yield postgres
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA gis CASCADE")


@pytest.fixture(scope="module")
def desk(county: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a DuckDB file with the tables of populations and codes that the server has."""
    path = tmp_path_factory.mktemp("desk") / "desk.duckdb"
    with psycopg.connect(county) as connection, duckdb.connect(str(path)) as database:
        database.execute("CREATE SCHEMA gis")
        for name, kinds in (
            (
                "people",
                "code TEXT, name TEXT, population_2022 DECIMAL(9, 1), population_2023 HUGEINT, urban BOOL",
            ),
            ("fit", "lsoa21cd TEXT, wd24cd TEXT, share DOUBLE"),
            ("nobody", "code TEXT, population INT"),
        ):
            database.execute(f"CREATE TABLE gis.{name} ({kinds})")
            for row in connection.execute(f"SELECT * FROM gis.{name}").fetchall():
                database.execute(f"INSERT INTO gis.{name} VALUES ({', '.join('?' * len(row))})", list(row))
    return f"duckdb:///{path}"


@pytest.mark.parametrize("make", ["county", "desk"])
def test_populations_are_those_of_the_table(make: str, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue(make)
    bare = SQUARES.drop(columns=["population", "WD24NM"])
    areas = read_areas(bare, population_table=f"{database}#gis.people")
    assert areas["population"].tolist() == [1300, 950]
    assert areas["name"].tolist() == ["Hill", "Town"]
    held = areas.attrs["populations"]
    assert held.to_dict() == {
        "source": f"{Path(database.partition('?')[0]).name}#gis.people", "column": "population_2023", "year": 2023,
    }  # fmt: skip
    assert held.others[2022][1].loc[areas.index].tolist() == [1200.5, 900]
    asked = "SELECT code, sum(population_2023) AS population FROM gis.people WHERE code > 'E' GROUP BY code"
    summed = read_areas(bare, population_table=f"{database}#{asked}")
    assert summed["population"].tolist() == [1300, 950]


@pytest.mark.parametrize("make", ["county", "desk"])
def test_lookups_are_those_of_the_table(make: str, request: pytest.FixtureRequest) -> None:
    (table,) = read_lookup(f"{request.getfixturevalue(make)}#gis.fit")
    assert table.codes["wd24cd"].tolist() == ["E05000001", "E05000002", "E05000002"]
    assert table.share is not None
    assert table.share.tolist() == [0.25, 0.75, 1]


@pytest.mark.parametrize("make", ["county", "desk"])
def test_tables_that_are_none_are_said(
    make: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = request.getfixturevalue(make)
    name = Path(database.partition("?")[0]).name
    with pytest.raises(DataError, match=f"the population table '{name}#gis.nobody' has no rows"):
        read_areas(SQUARES, population_table=f"{database}#gis.nobody")
    with pytest.raises(ParameterError, match=f"the database '{name}' has no table 'gis.peple'"):
        read_lookup(f"{database}#gis.peple")
    monkeypatch.setattr(tables, "LARGEST", 10)
    with pytest.raises(FileError, match=f"'{name}#gis.people' comes to over 0 GB, which no small table does"):
        read_lookup(f"{database}#gis.people")


def test_areas_are_those_of_the_layer(county: str) -> None:
    expected = read_areas(SQUARES)
    assert_geodataframe_equal(read_areas(f"{county}#gis.wards"), expected)
    assert_geodataframe_equal(read_areas(county, layer="gis.wards"), expected)
    assert shapely.to_wkb(read_areas(f"{county}#gis.wards").geometry).tolist() == (
        shapely.to_wkb(expected.geometry).tolist()
    )
    chosen = read_areas(f'{county}#SELECT "WD24CD" AS code, geom FROM gis.wards WHERE population < 1000')
    assert chosen.index.tolist() == ["E05000001"]


def test_areas_on_the_globe_are_brought_to_the_grid(county: str) -> None:
    found = read_areas(f"{county}#gis.world")
    assert found.geometry["E05000001"].centroid.distance(shapely.Point(431_500, 430_500)) < 5


def test_what_are_no_areas_is_said(county: str) -> None:
    with pytest.raises(DataError, match=r"'county#gis.holes' has no polygon for 1 area: E05000001"):
        read_areas(f"{county}#gis.holes")
    with pytest.raises(
        DataError, match=r"'county#gis.points' holds geometries that are not polygons \(2 of 2"
    ):
        read_areas(f"{county}#gis.points")
    with pytest.raises(CRSError, match=r"'county#gis.bare' has no coordinate reference system"):
        read_areas(f"{county}#gis.bare")
    assert len(read_areas(f"{county}#gis.bare", areas_crs="EPSG:27700")) == 2
    with pytest.raises(ParameterError, match=r"the database 'county' has no table 'gis.ward'"):
        read_areas(f"{county}#gis.ward")


def test_a_layer_comes_with_all_its_columns(county: str) -> None:
    layer = read_layer(f"{county}#gis.wards")
    assert layer.index.tolist() == ["E05000002", "E05000001"]
    assert layer["population"].tolist() == [1200, 900]
