"""Hexagons of one size: as many as areas, none over another, near their places, and a switch on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from tests.export.conftest import open_page

from hotspots.areas.outline import outline_of
from hotspots.areas.reading import read_areas
from hotspots.export.webmap.hexagons import MOST, hexagons_of
from hotspots.export.webmap.make import AreaView, make_map, write_map

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from tests.export.conftest import Opened


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    layer = read_areas("west-yorkshire-wards")
    number = np.arange(len(layer)) * 37 % 101
    return layer.assign(n=number, rate=number / 2)


def test_every_area_has_a_hexagon_of_the_same_size_and_none_lies_on_another(wards: gpd.GeoDataFrame) -> None:
    found = hexagons_of(wards.geometry.to_numpy())
    assert found is not None
    assert len(found) == len(wards)
    areas = shapely.area(found)
    assert np.ptp(areas) < 1e-6 * areas.mean()
    # Six corners, and the first again.
    assert set(shapely.get_num_coordinates(found).tolist()) == {7}
    assert shapely.coverage_is_valid(found)
    # A grid is drawn together by 1.5 % at a time, so that little of the ground is lost.
    assert areas.sum() / wards.area.sum() == pytest.approx(1, abs=0.1)


def test_neighbours_mostly_stay_neighbours_and_no_area_goes_far(wards: gpd.GeoDataFrame) -> None:
    shapes = wards.geometry.to_numpy()
    found = hexagons_of(shapes)
    assert found is not None
    one, other = shapely.STRtree(shapes).query(shapes, predicate="touches")
    width = np.sqrt(shapely.area(found[0]))
    apart = shapely.distance(found[one], found[other]) / width
    assert (apart < 0.01).mean() > 0.6
    assert (apart < 1.2).mean() > 0.9
    moved = shapely.distance(shapely.centroid(shapes), shapely.centroid(found))
    assert np.median(moved) < 3 * width


def test_the_same_areas_give_the_same_hexagons(wards: gpd.GeoDataFrame) -> None:
    one, other = (hexagons_of(wards.geometry.to_numpy()) for _ in range(2))
    assert one is not None
    assert other is not None
    assert shapely.equals_exact(one, other).all()


@pytest.mark.parametrize("count", [6, MOST + 1], ids=["too few", "too many"])
def test_there_are_none_of_very_few_or_very_many_areas(count: int) -> None:
    x = np.arange(count)
    assert hexagons_of(shapely.box(x, 0, x + 1, 1)) is None


def test_there_are_none_where_an_area_has_no_ground() -> None:
    x = np.arange(9)
    shapes = shapely.box(x, 0, x + 1, 1)
    shapes[4] = shapely.Polygon()
    assert hexagons_of(shapes) is None


@pytest.fixture(scope="module")
def seen(
    context: BrowserContext, wards: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = tmp_path_factory.mktemp("hexagons") / "map.html"
    few = AreaView("Few", wards.head(5), "n", noun="parts")
    write_map(
        make_map([AreaView("Rate", wards, "rate", noun="wards"), few], title="H", boundary=outline_of(wards)),
        path,
    )
    found = open_page(context, path.as_uri())
    yield found
    assert found.troubles == []
    found.page.close()


@pytest.mark.browser
def test_a_switch_draws_hexagons_and_the_link_and_the_legend_say_so(seen: Opened) -> None:
    rows = seen.rows()
    box = seen.choice("Equal hexagons")
    box.focus()
    seen.page.keyboard.press("Space")
    assert seen.hash()["over"] == "outlines,names,hexagons"
    assert "Every one of the wards is a hexagon of the same size" in seen.text("#hotspots-legend")
    assert seen.rows() == rows
    seen.page.locator("#hotspots-list li button").first.click()
    ring = seen.page.locator(".leaflet-selection-pane path").last
    # Six corners in the outline of the chosen area: one M and five L, and the way back.
    assert (ring.get_attribute("d") or "").count("L") in (5, 6)
    # Zoomed to that hexagon, the districts in sight are named, and no other.
    names = seen.page.locator(".hotspots-name span").all_inner_texts()
    assert {"Calderdale", "Kirklees"} == set(names) - {""}
    seen.page.reload()
    assert seen.choice("Equal hexagons").is_checked()
    seen.choice("Equal hexagons").uncheck()
    assert (ring.get_attribute("d") or "").count("L") > 6
    assert "hexagon" not in seen.text("#hotspots-legend")


@pytest.mark.browser
def test_where_there_are_none_the_legend_says_why(seen: Opened) -> None:
    seen.choice("Few").check()
    seen.choice("Equal hexagons").check()
    assert "There are no hexagons of these parts: they are too many or too few." in seen.text(
        "#hotspots-legend"
    )
