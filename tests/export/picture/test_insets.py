"""Insets and what else lets a reader see small towns: windows, free ground, names beside the colours, no holes."""

from __future__ import annotations

import io

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.figure import Figure
from matplotlib.image import imread

from hotspots.base.surface import Surface
from hotspots.export.picture.draw import draw_heatmap, draw_map, picture_bytes
from hotspots.export.picture.insets import find_windows, free_ground

RED = "#b2182b"


def pixels(figure: Figure) -> npt.NDArray[np.int64]:
    image = np.asarray(imread(io.BytesIO(picture_bytes(figure, "png"))))
    return np.asarray(np.rint(image[:, :, :3] * 255), dtype=np.int64)


def share(image: npt.NDArray[np.int64], colour: str) -> float:
    wanted = np.array(list(bytes.fromhex(colour.lstrip("#"))))
    return float((np.abs(image - wanted).max(axis=2) <= 1).mean())


def county() -> gpd.GeoDataFrame:
    """A county of 60 km on a side with two towns of 300 m, red, in its south-west corner, and a large red north."""
    towns = [shapely.box(5_000, 5_000, 5_300, 5_300), shapely.box(6_000, 5_000, 6_300, 5_300)]
    north = shapely.box(20_000, 40_000, 60_000, 60_000)
    rest = shapely.union_all([shapely.box(0, 0, 60_000, 40_000)]).difference(shapely.union_all(towns))
    return gpd.GeoDataFrame(
        {"name": ["A", "B", "North", "Rest"], "gi_class": ["hot99", "hot99", "hot99", "none"]},
        geometry=[*towns, north, rest],
        index=["a", "b", "c", "d"],
        crs="EPSG:27700",
    )


def test_a_window_is_set_on_the_most_of_the_areas_that_are_too_small() -> None:
    shapes = shapely.box([0, 1000, 50_000, 80_000], 0, [100, 1100, 50_100, 90_000], 100)
    found = find_windows(shapes, smallest=500, size=(4000, 2000), most=5)
    # The two on the left share a window around their middle, 550; the third has one; the last, 10 km wide, none.
    assert found == [(-1450.0, -950.0, 2550.0, 1050.0), (48_050.0, -950.0, 52_050.0, 1050.0)]
    assert find_windows(shapes, smallest=500, size=(4000, 2000), most=1) == found[:1]
    assert find_windows(shapes, smallest=50, size=(4000, 2000), most=5) == []


def test_an_inset_stands_on_free_ground_as_near_as_there_is() -> None:
    ground = shapely.box(0, 0, 50, 100)
    found = free_ground((20, 20), (0, 0, 100, 100), ground=ground, taken=[], near=(0, 100))
    assert found is not None
    assert found[0] > 50
    assert found[3] == 100
    taken = free_ground((20, 20), (0, 0, 100, 100), ground=ground, taken=[found], near=(0, 100))
    assert taken is not None
    assert not shapely.box(*taken).intersects(shapely.box(*found))
    assert free_ground((60, 20), (0, 0, 100, 100), ground=ground, taken=[], near=(0, 0)) is None
    assert free_ground((200, 20), (0, 0, 100, 100), ground=ground, taken=[], near=(0, 0)) is None


def test_small_towns_are_enlarged_where_insets_are_asked_for() -> None:
    size = (6.0, 3.0)
    plain = draw_map(county(), "gi_class", legend="none", size=size, letters=7)
    with_inset = draw_map(county(), "gi_class", legend="none", insets=2, size=size, letters=7)
    # Both towns lie in one window.
    assert (len(plain.axes), len(with_inset.axes)) == (1, 2)
    assert share(pixels(with_inset), RED) > share(pixels(plain), RED)


def test_numbers_stand_in_the_inset_that_shows_the_area() -> None:
    figure = draw_map(
        county(), "gi_class", legend="none", insets=1, marked=["c", "a"], size=(6.0, 3.0), letters=7
    )
    written = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert written == [["1"], ["2"]]


def test_the_name_of_a_district_keeps_off_the_colours() -> None:
    # The middle of the district is red, where its name would stand otherwise.
    middle = shapely.box(20_000, 20_000, 40_000, 40_000)
    layer = gpd.GeoDataFrame(
        {"name": ["M"], "gi_class": ["hot99"]}, geometry=[middle], index=["m"], crs="EPSG:27700"
    )
    outline = gpd.GeoDataFrame(
        {"name": ["Abbey", "Bury"]},
        geometry=[shapely.box(0, 0, 60_000, 60_000), shapely.box(60_000, 0, 70_000, 60_000)],
        crs="EPSG:27700",
    )
    figure = draw_map(layer, "gi_class", outline=outline, legend="none", size=(5, 4), letters=7)
    x, y = next(text for text in figure.axes[0].texts if text.get_text() == "Abbey").get_position()
    assert not middle.contains(shapely.Point(x, y))


def test_gaps_between_areas_leave_no_holes_in_a_heatmap() -> None:
    values = np.full((40, 80), 100.0)
    values[:, :40] = 1.0
    values[18:22, 58:62] = np.nan
    surface = Surface(values, 4e5, 304_000, 100.0, "EPSG:27700", "incidents per km² a year").classed("mean")
    outline = gpd.GeoDataFrame(
        {"name": ["A"]}, geometry=[shapely.box(4e5, 3e5, 408_000, 304_000)], crs="EPSG:27700"
    )
    inner = outline.set_geometry([shapely.box(4e5, 3e5, 406_000, 304_000)])
    whole, cut = (pixels(draw_heatmap(surface, outline=shown)) for shown in (outline, inner))
    colour = "#" + bytes(whole[750, 1500].tolist()).hex()
    assert share(whole, colour) > 0.2
    # Without the outline's filling the sixteen cells of 1,600 on the right would be white; the middle of them is not.
    column = np.flatnonzero((np.abs(whole - list(bytes.fromhex(colour[1:]))).max(axis=2) <= 1).any(axis=0))
    left, right = column.min(), column.max()
    middle = whole[:, (left + right) // 2]
    rows = np.flatnonzero(np.abs(middle - list(bytes.fromhex(colour[1:]))).max(axis=1) <= 1)
    assert np.ptp(rows) + 1 == len(rows)
    # What lies beyond the outline is not drawn: half of the right half is cut off, and the map is larger for it.
    assert share(cut, colour) < share(whole, colour)
