from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from hotspots.areas.overlap import largest_overlap


def layer(**boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    shapes = [shapely.box(*box) for box in boxes.values()]
    return gpd.GeoDataFrame(geometry=shapes, index=list(boxes), crs="EPSG:27700")


@pytest.fixture
def wards() -> gpd.GeoDataFrame:
    return layer(hill=(0, 0, 100, 100), town=(100, 0, 200, 100), vale=(200, 0, 300, 100))


def test_an_area_lies_where_most_of_its_ground_is(wards: gpd.GeoDataFrame) -> None:
    # 30 m of 100 in hill and 70 in town; 10 m of town and all 100 of vale; all in hill.
    areas = layer(a=(70, 0, 170, 100), b=(190, 0, 300, 100), c=(10, 10, 20, 20))
    assert largest_overlap(areas, wards).to_dict() == {"a": "town", "b": "vale", "c": "hill"}


def test_of_equal_parts_the_first_is_taken(wards: gpd.GeoDataFrame) -> None:
    assert largest_overlap(layer(a=(50, 0, 150, 100)), wards)["a"] == "hill"
    assert largest_overlap(layer(a=(50, 0, 150, 100)), wards.iloc[::-1])["a"] == "town"


def test_touching_is_not_lying_in(wards: gpd.GeoDataFrame) -> None:
    assert largest_overlap(layer(a=(300, 0, 400, 100), b=(500, 0, 600, 1)), wards).isna().all()


def test_no_areas_lie_nowhere(wards: gpd.GeoDataFrame) -> None:
    assert len(largest_overlap(wards.iloc[:0], wards)) == 0
