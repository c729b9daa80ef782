"""Areas from databases are the areas of the same layer in a file."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import psycopg
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely import box

from hotspots.areas.reading import read_areas, read_layer
from hotspots.base.errors import CRSError, DataError, ParameterError

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
        """)
    yield postgres
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA gis CASCADE")


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
