"""Every fault of an areas table is named, all at once; a sound table passes as it is, whatever its index."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, Polygon, box

from hotspots.areas.gate import as_areas, code_order, with_all_columns
from hotspots.base.errors import CRSError, DataError, HotspotsError

SQUARES = [box(0, 0, 1, 1), box(1, 0, 2, 1)]


def layer(index: Any = ("a", "b"), geometry: Any = SQUARES, crs: Any = "EPSG:27700", **columns: Any) -> Any:
    return gpd.GeoDataFrame(columns, index=index, geometry=geometry, crs=crs)


@pytest.mark.parametrize(
    "index",
    [
        None,
        [7, 3],
        ["b", "a"],
        pd.Index(["b", "a"], dtype=object),
        pd.CategoricalIndex(["b", "a"]),
        pd.Index(["E05000001", "E05000002"], dtype="str"),
        np.array([1, 2], dtype="uint8"),
    ],
    ids=str,
)
def test_any_index_of_codes_passes_and_nothing_is_copied(index: Any) -> None:
    table = layer(index)
    assert as_areas(table, crs="metres") is table


FAULTS: list[tuple[Any, type[HotspotsError], str, str]] = [
    (
        pd.DataFrame({"x": [1]}),
        DataError,
        "the areas are a DataFrame, not a layer of polygons",
        "read them with read_areas, or make a geopandas.GeoDataFrame of them",
    ),
    (
        layer().iloc[:0],
        DataError,
        "there are no areas",
        "look at the areas' file or at what chose among them",
    ),
    (
        layer(["a", "a"]),
        DataError,
        "the code 'a' stands on more than one area",
        "make the areas' index unique",
    ),
    (
        layer(["a", None]),
        DataError,
        "1 area has no code",
        "complete the areas' index, or drop those rows",
    ),
    (
        layer([1, "b"]),
        DataError,
        "the areas' codes are neither all text nor all whole numbers: 1, 'b'",
        "make them text with areas.index = areas.index.astype(str), or set_index a column of codes",
    ),
    (
        layer([1.0, 2.5]),
        DataError,
        "the areas' codes are neither all text nor all whole numbers: 1.0, 2.5",
        "make them text with areas.index = areas.index.astype(str), or set_index a column of codes",
    ),
    (
        layer(pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])),
        DataError,
        "the areas' index has 2 levels, but an area has one code",
        "take one column of codes with areas.reset_index().set_index('code')",
    ),
    (
        gpd.GeoDataFrame({"name": ["A", "B"]}, index=["a", "b"]),
        DataError,
        "the areas have no column of geometry",
        "name it with areas.set_geometry('column')",
    ),
    (
        layer(crs=None),
        CRSError,
        "areas have no coordinate reference system, but distances need one",
        "set it with areas.set_crs('EPSG:27700'), if that is what the coordinates are",
    ),
    (
        layer(crs="EPSG:4326"),
        CRSError,
        "areas are in WGS 84 (degrees), but distances are in metres",
        "reproject with areas.to_crs('EPSG:27700')",
    ),
    (
        layer(geometry=[None, Polygon()]),
        DataError,
        "2 areas have no geometry: a, b",
        "drop them from the areas first",
    ),
    (
        layer(geometry=[SQUARES[0], Point(1, 1)]),
        DataError,
        "1 of 2 areas are not polygons: b is a Point",
        "keep the polygons with areas[areas.geom_type.isin(['Polygon', 'MultiPolygon'])]",
    ),
    (
        layer(population=["many", None]),
        DataError,
        "the areas' column 'population' holds 'many', not numbers",
        "make it numbers with areas['population'] = pandas.to_numeric(areas['population'])",
    ),
    (
        layer(district=[7, 8]),
        DataError,
        "the areas' column 'district' holds 7, not text",
        "make it text with areas['district'] = areas['district'].astype(str)",
    ),
    (
        layer(name=[1.5, "Abbey"]),
        DataError,
        "the areas' column 'name' holds 1.5, not text",
        "make it text with areas['name'] = areas['name'].astype(str)",
    ),
]


@pytest.mark.parametrize(("table", "kind", "message", "hint"), FAULTS, ids=[row[2] for row in FAULTS])
def test_each_fault_says_what_is_wrong_and_what_to_type(
    table: Any, kind: type[HotspotsError], message: str, hint: str
) -> None:
    with pytest.raises(HotspotsError) as error:
        as_areas(table, crs="metres")
    assert (type(error.value), error.value.message, error.value.hint) == (kind, message, hint)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(DataError) as error:
        as_areas(layer(["a", "a"], geometry=[SQUARES[0], None], crs=None, population=["x", "y"]))
    assert error.value.message == (
        "4 things are wrong with the areas: (1) the code 'a' stands on more than one area; "
        "(2) the areas have no coordinate reference system; (3) 1 area has no geometry: a; "
        "(4) the areas' column 'population' holds 'x', not numbers"
    )
    assert error.value.hint == (
        "(1) make the areas' index unique; "
        "(2) set it with areas.set_crs('EPSG:27700'), if that is what the coordinates are; "
        "(3) drop them from the areas first; "
        "(4) make it numbers with areas['population'] = pandas.to_numeric(areas['population'])"
    )


def test_points_and_degrees_pass_where_nothing_is_measured_of_them() -> None:
    points = layer(geometry=[Point(0, 0), Point(1, 1)], crs="EPSG:4326")
    assert as_areas(points, shapes="any") is points


def test_columns_that_are_lacking_are_unknown_and_gaps_are_filled() -> None:
    full = with_all_columns(layer([3, 1]))
    assert full["name"].tolist() == ["3", "1"]
    assert full["district"].tolist() == ["", ""]
    assert full["population"].isna().all()
    gaps = with_all_columns(layer(name=["Abbey", None], district=[None, "Stoke"], population=[None, 3]))
    assert gaps["name"].tolist() == ["Abbey", "b"]
    assert gaps["district"].tolist() == ["", "Stoke"]
    assert gaps["population"].dtype == "float64"


def test_the_order_of_codes_is_told_only_where_it_is_not_the_tables() -> None:
    assert code_order(pd.Index(["a", "b"])) is None
    order = code_order(pd.Index([10, 9, 11]))
    assert order is not None
    assert order.tolist() == [1, 0, 2]
