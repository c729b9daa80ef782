"""The outlines of districts: no sliver becomes a border."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely

from hotspots.areas.borders import edge_matched
from hotspots.areas.outline import outline_of


def ragged(seed: int = 0) -> gpd.GeoDataFrame:
    """Sixteen squares of 1 km in two districts, each drawn on its own: gaps and overlaps of metres on every border."""
    generator = np.random.default_rng(seed)
    shapes = []
    for place in range(16):
        x, y = 4e5 + 1000 * (place % 4), 3e5 + 1000 * (place // 4)
        ring = shapely.get_coordinates(shapely.segmentize(shapely.box(x, y, x + 1000, y + 1000), 100))[:-1]
        shapes.append(shapely.Polygon(ring + generator.uniform(-4, 4, ring.shape)))
    districts = ["West", "West", "East", "East"] * 4
    index = pd.Index([f"E{place:02d}" for place in range(16)], name="code")
    return gpd.GeoDataFrame({"district": districts}, geometry=shapes, index=index, crs="EPSG:27700")


def farthest(drawn: npt.NDArray[np.object_], given: npt.NDArray[np.object_]) -> float:
    """How far in metres any place of a drawn border is from the border it stands for."""
    places, owner = shapely.get_coordinates(shapely.segmentize(drawn, 20), return_index=True)
    return float(shapely.distance(shapely.points(places), shapely.boundary(given)[owner]).max())


def holes(shapes: npt.NDArray[np.object_]) -> int:
    return int(shapely.get_num_interior_rings(shapely.get_parts(shapes)).sum())


def test_slivers_between_areas_leave_no_line_in_their_district() -> None:
    areas = ragged()
    # What joining them by geometry gives: a district full of slits.
    slits = areas.dissolve("district").geometry.to_numpy()
    assert holes(slits) > 20
    found = outline_of(areas)
    assert found.index.tolist() == found["name"].tolist() == ["East", "West"]
    assert holes(found.geometry.to_numpy()) == 0
    ground = shapely.box([4e5 + 2000, 4e5], 3e5, [4e5 + 4000, 4e5 + 2000], 3e5 + 4000)
    assert farthest(found.geometry.to_numpy(), ground) < 10
    np.testing.assert_allclose(found.area, 8e6, rtol=0.005)


def test_districts_meet_along_the_very_same_line() -> None:
    east, west = outline_of(ragged()).geometry.to_numpy()
    assert shapely.intersection(east, west).area == 0
    assert shapely.coverage_is_valid([east, west])


def test_a_layer_in_degrees_is_fitted_by_metres_too() -> None:
    areas = ragged()
    found = outline_of(areas.to_crs("EPSG:4326"))
    assert holes(found.geometry.to_numpy()) == 0
    np.testing.assert_allclose(found.to_crs("EPSG:27700").area, 8e6, rtol=0.005)


def test_ground_of_its_own_stays_open() -> None:
    # A lake 100 m wide in no area, and a neighbour 100 m away, are not slivers.
    around = shapely.box(0, 0, 1000, 1000) - shapely.box(400, 400, 500, 500)
    shapes = np.array([around, shapely.box(1100, 0, 2000, 1000)])
    assert edge_matched(shapes) is shapes
    layer = gpd.GeoDataFrame({"district": ["A", "A"]}, geometry=shapes, crs="EPSG:27700")
    assert outline_of(layer).area.tolist() == [990_000.0 + 900_000.0]


def test_areas_that_lie_over_each_other_on_purpose_stay_as_they_are() -> None:
    # A zone of a town centre inside its town.
    shapes = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(200, 200, 400, 400)])
    assert edge_matched(shapes) is shapes
    layer = gpd.GeoDataFrame({"district": ["A", "A"]}, geometry=shapes, crs="EPSG:27700")
    assert outline_of(layer).area.tolist() == [1e6]


def test_an_area_without_a_district_is_in_none_and_without_ground_in_no_way() -> None:
    layer = gpd.GeoDataFrame(
        {"district": ["A", None, "A"]},
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), shapely.Polygon()],
        crs="EPSG:27700",
    )
    assert outline_of(layer).area.to_dict() == {"A": 10_000.0}
    assert outline_of(layer.drop(columns="district")).area.to_dict() == {"": 20_000.0}


@pytest.mark.shared
@pytest.mark.parametrize("layer", ["wards", "lsoas"])
def test_real_districts_are_true_whichever_layer_is_dissolved(shared_data: Path, layer: str) -> None:
    county = shared_data / "staffordshire"
    if layer == "wards":
        areas = gpd.read_file(county / "boundaries/wards_2019.gpkg").rename(columns={"LAD19NM": "district"})
    else:
        areas = gpd.read_file(county / "boundaries/lsoa_2011.gpkg")
        table = pd.read_csv(county / "population/lsoa_2011_population_imd_ward_2019.csv")
        areas["district"] = areas["LSOA11CD"].map(table.set_index("lsoa11_code")["LAD19NM"])
    found = outline_of(areas)
    given = areas.dissolve("district").geometry
    assert len(found) == 9
    assert holes(found.geometry.to_numpy()) == 0
    drawn = found.geometry.to_numpy()
    difference = shapely.area(shapely.symmetric_difference(drawn, given.to_numpy())) / given.area.to_numpy()
    assert difference.max() < 0.005
    assert farthest(drawn, given.to_numpy()) < 20
