"""From which size on areas have borders and a hatch: one rule for web map, pictures and QGIS."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hotspots.export.sizes import BORDERED, HATCHED, PIXEL, is_shown, middle_height, scale_from

WARDS = gpd.GeoDataFrame(
    geometry=shapely.box(0, 0, 500, [900.0, 1_000.0, 60_000.0]), index=list("ABC"), crs="EPSG:27700"
)


def test_the_middle_area_decides_and_a_large_one_does_not() -> None:
    shapes = WARDS.geometry.to_numpy()
    assert middle_height(shapes) == 1_000
    assert middle_height(np.append(shapes, shapely.Polygon())) == 1_000, "an area without ground is none"
    assert middle_height(shapes[:0]) == 0


def test_a_border_is_seen_from_a_farther_scale_than_a_hatch() -> None:
    # 7 and 12 pixels of 25.4 / 96 mm are 1.852 and 3.175 mm, in which 1 km stands at 1:539,957 and 1:314,961.
    assert (scale_from(WARDS, BORDERED), scale_from(WARDS, HATCHED)) == (540_000, 310_000)


def test_degrees_are_taken_for_what_they_are_on_the_ground() -> None:
    # 0.009 degrees of latitude are 1,000.8 m.
    degrees = gpd.GeoDataFrame(geometry=[shapely.box(-2, 52, -1.9, 52.009)], crs="EPSG:4326")
    assert scale_from(degrees, BORDERED) == 540_000
    assert scale_from(degrees.iloc[:0], BORDERED) == 0


@pytest.mark.parametrize("pixels", [BORDERED, HATCHED])
def test_paper_and_screen_have_one_limit(pixels: int) -> None:
    limit = 1_000 / (pixels * PIXEL) * 0.0254  # metres on the ground to an inch of paper
    shapes = WARDS.geometry.to_numpy()
    assert is_shown(shapes, pixels, metres_per_inch=0.999 * limit)
    assert not is_shown(shapes, pixels, metres_per_inch=1.001 * limit)
