"""Districts as the web map draws them, held against their dissolved input: within 20 m and 0.5 % of the ground."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from tests.export.webmap.test_make import shapes_of

from hotspots.areas.outline import outline_of
from hotspots.areas.reading import read_areas
from hotspots.export.webmap.data import map_data
from hotspots.export.webmap.views import AreaView

FARTHEST = 20.0  # metres between a border and where it was
MOST = 0.005  # of a district's ground that changes hands


@pytest.fixture(scope="module")
def layers() -> dict[str, gpd.GeoDataFrame]:
    """The bundled wards and LSOAs of West Yorkshire."""
    bundled = {"wards": "west-yorkshire-wards", "lsoas": "west-yorkshire-lsoa-2011"}
    return {name: read_areas(source).assign(n=1) for name, source in bundled.items()}


@pytest.fixture(scope="module", params=[("wards", "lsoas"), ("lsoas", "wards")], ids="first {0[0]}".format)
def drawn(
    request: pytest.FixtureRequest, layers: dict[str, gpd.GeoDataFrame]
) -> tuple[dict[str, Any], list[gpd.GeoDataFrame]]:
    """What a map of both carries, the first layer its outline, and the layers in that order."""
    ordered = [layers[name] for name in request.param]
    views = [
        AreaView(name, layer, "n", noun=name) for name, layer in zip(request.param, ordered, strict=True)
    ]
    return map_data(views, [], boundary=outline_of(ordered[0]), basemap=False, attribution=""), ordered


def assert_true(found: Any, dissolved: gpd.GeoDataFrame) -> None:
    there = dissolved.to_crs(27700).geometry.to_numpy()
    back = shapely.make_valid(gpd.GeoSeries(found, crs=4326).to_crs(27700).to_numpy())
    assert len(back) == len(there) == 5
    changed = shapely.area(shapely.symmetric_difference(back, there)) / shapely.area(there)
    assert changed.max() < MOST, changed
    apart = shapely.hausdorff_distance(shapely.boundary(back), shapely.boundary(there), densify=0.2)
    assert apart.max() < FARTHEST, apart


def test_the_lines_of_districts_lie_where_the_dissolved_input_has_them(
    drawn: tuple[dict[str, Any], list[gpd.GeoDataFrame]],
) -> None:
    data, ordered = drawn
    # Lines are in the order of the outline.
    assert_true(shapes_of(data["outline"]["shapes"]), outline_of(ordered[0]))


def test_the_lines_that_follow_a_layer_are_those_of_its_own_areas(
    drawn: tuple[dict[str, Any], list[gpd.GeoDataFrame]],
) -> None:
    data, ordered = drawn
    for store, layer in zip(data["stores"], ordered, strict=True):
        own = shapes_of(store)
        # A layer's districts stand behind its areas, by the alphabet.
        districts = np.array(own[len(own) - store["districts"] :], dtype=object)
        assert_true(districts, outline_of(layer).sort_values("name"))
