"""Insets and what else lets a reader see small towns: windows, free ground, names beside the colours, no holes."""

from __future__ import annotations

import io
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread

from hotspots.base.surface import Surface
from hotspots.export.picture.draw import draw_heatmap, draw_map
from hotspots.export.picture.insets import find_windows, free_ground, windows_around
from hotspots.export.picture.saving import picture_bytes

RED = "#650000"


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


def marked_county() -> gpd.GeoDataFrame:
    """60 km on a side: three towns of 300 m, two of them 2 km apart, and a large district; all of them marked."""
    towns = [
        shapely.box(x, y, x + 300, y + 300) for x, y in ((20_000, 20_000), (22_000, 20_000), (58_000, 40_000))
    ]
    north = shapely.box(10_000, 45_000, 50_000, 60_000)
    rest = shapely.box(0, 0, 60_000, 60_000).difference(shapely.union_all([*towns, north]))
    return gpd.GeoDataFrame(
        {"name": list("ABCDE"), "gi_class": [*["hot99"] * 4, "none"]},
        geometry=[*towns, north, rest],
        index=list("abcde"),
        crs="EPSG:27700",
    )


def test_windows_hold_their_areas_whole_and_do_not_meet() -> None:
    shapes = shapely.box([0, 3000, 50_000], 0, [100, 3100, 50_100], 100)
    found = windows_around(shapes, smallest=500, size=(4000, 4000), widest=2, most=5)
    # The first two share a window around 1,550, as large as it was: 3,100 and a tenth are under 4,000.
    assert found == [(-450.0, -1950.0, 3550.0, 2050.0), (48_050.0, -1950.0, 52_050.0, 2050.0)]
    # Where they need more, the window grows: 1.1 x 3,100 = 3,410.
    wider = windows_around(shapes[:2], smallest=500, size=(3200, 3200), widest=2, most=5)
    assert np.ptp(np.reshape(wider[0], (2, 2)), axis=0).round().tolist() == [3410, 3410]
    # Two that meet and would need too much of one: the first keeps its own.
    alone = windows_around(shapes[:2], smallest=500, size=(3200, 3200), widest=1.05, most=5)
    assert alone == [(-1550.0, -1550.0, 1650.0, 1650.0)]
    assert windows_around(shapes, smallest=50, size=(4000, 4000), widest=2, most=5) == []


@pytest.mark.parametrize("legend", ["none", "beside"])
def test_insets_enlarge_the_marked_towns_and_cover_nothing(legend: Literal["none", "beside"]) -> None:
    layer, codes = marked_county(), ["a", "b", "c", "d"]
    letters = 7 if legend == "none" else 11.5
    size = (6.85, 3.7) if legend == "none" else (40 / 3, 7.5)
    figure = draw_map(layer, "gi_class", legend=legend, insets=3, marked=codes, size=size, letters=letters)
    sheet, *insets = figure.axes
    # One on the two towns, one on the third; the large district needs none, and bears its number on the map.
    assert len(insets) == 2
    assert [[text.get_text() for text in axes.texts] for axes in figure.axes] == [["4"], ["1", "2"], ["3"]]
    views = [
        shapely.box(*(axes.get_xlim()[0], axes.get_ylim()[0], axes.get_xlim()[1], axes.get_ylim()[1]))
        for axes in insets
    ]
    assert not views[0].intersects(views[1])
    assert views[0].contains(layer.geometry["a"])
    assert views[0].contains(layer.geometry["b"])
    assert views[1].contains(layer.geometry["c"])
    # In inches from the bottom left: the insets, the marked areas on the map, and what is written beside it.
    scale = figure.get_size_inches()
    boxes = [shapely.box(*(axes.get_position().extents * np.tile(scale, 2))) for axes in insets]
    assert not boxes[0].intersects(boxes[1])
    to_inches = sheet.transData + figure.dpi_scale_trans.inverted()
    areas = [shapely.transform(layer.geometry[code], to_inches.transform) for code in codes]
    assert not any(box.intersects(area) for box in boxes for area in areas)
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    inches = figure.dpi_scale_trans.inverted()
    written = [
        shapely.box(*text.get_window_extent(renderer).transformed(inches).extents) for text in figure.texts
    ]
    assert len(written) >= 3  # the scale bar's numbers, and the legend's words
    assert not any(box.intersects(text) for box in boxes for text in written)
    assert all(box.bounds[0] >= 0 and box.bounds[2] <= size[0] for box in boxes)


def labels_of(figure: Figure) -> dict[str, Any]:
    """Return the ground that each name on a map covers."""
    (axes,) = figure.axes
    figure.canvas.draw()
    turned = axes.transData.inverted()
    found = {}
    for text in axes.texts:
        (west, south), (east, north) = turned.transform(text.get_window_extent().get_points())
        found[text.get_text()] = shapely.box(west, south, east, north)
    return found


def test_the_name_of_a_district_stands_inside_it_or_nowhere() -> None:
    # 2 km are too narrow for the long name, whose place beside it would be the next district's ground.
    shapes = [shapely.box(0, 0, 2_000, 40_000), shapely.box(2_000, 0, 60_000, 40_000)]
    names = ["Newcastle-under-Lyme", "Stoke"]
    layer = gpd.GeoDataFrame(
        {"n": [1, 2], "district": names}, geometry=shapes, crs="EPSG:27700", index=["a", "b"]
    )
    outline = gpd.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:27700")
    found = labels_of(draw_map(layer, "n", outline=outline, legend="none"))
    assert "Newcastle-under-Lyme" not in found
    assert shapes[1].contains(found["Stoke"])


def test_names_cover_under_a_quarter_of_what_is_coloured_and_nothing_of_the_first() -> None:
    # Squares of 3 km on a map of 80 km: a name is longer than any of them, so that none may stand on its own.
    shapes = [shapely.box(x, 20_000, x + 3_000, 23_000) for x in (10_000, 30_000, 50_000)]
    shapes.append(shapely.difference(shapely.box(0, 0, 80_000, 40_000), shapely.union_all(shapes)))
    flags = ["significantly above"] * 3 + ["average"]
    held = {"name": ["First of all", "Second of all", "Third of all", "The others"], "rank": [1, 2, 3, 4]}
    layer = gpd.GeoDataFrame(
        held | {"sd_flag": flags}, geometry=shapes, crs="EPSG:27700", index=["a", "b", "c", "d"]
    )
    found = labels_of(draw_map(layer, "sd_flag", legend="none"))
    assert len(found) == 3
    for place, shape in enumerate(shapes[:3]):
        covered = shape.intersection(shapely.union_all(list(found.values()))).area / shape.area
        assert covered < (0.02 if place == 0 else 0.25)
