"""District lines on a picture: creeks, slits and islands make no blots, and names are looked for where they fit."""

from __future__ import annotations

import io
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image

from hotspots.areas.outline import outline_of
from hotspots.export.picture.draw import draw_map
from hotspots.export.picture.outlines import drawn_outlines, line_width
from hotspots.export.picture.parts import Names
from hotspots.export.picture.saving import picture_bytes


def coast(width: float) -> shapely.Geometry:
    """A square of 9 km with a creek of some width, 6 km deep, from the north."""
    return shapely.box(0, 0, 9_000, 9_000) - shapely.box(4_500 - width / 2, 3_000, 4_500 + width / 2, 9_000)


def test_a_creek_narrower_than_the_line_is_not_drawn_and_a_wider_one_is() -> None:
    drawn = drawn_outlines(np.array([coast(90), coast(400)]), line=100.0)
    assert drawn[0].length == pytest.approx(36_000)  # four sides of 9 km
    assert drawn[1].length == pytest.approx(36_000 + 2 * 6_000)


def test_a_creek_between_two_districts_becomes_one_line() -> None:
    west, east = shapely.box(0, 0, 5_000, 9_000), shapely.box(5_060, 0, 10_000, 9_000)
    drawn = drawn_outlines(np.array([west, east]), line=100.0)
    assert shapely.coverage_is_valid(drawn)
    assert shapely.intersection(*drawn).length == pytest.approx(9_000)
    assert float(shapely.area(drawn).sum()) == pytest.approx(10_000 * 9_000)


def test_a_district_drawn_is_the_district_but_for_what_the_line_covers() -> None:
    # Borders of metres, as real ones are: each drawn border is within a line's width of its own.
    angles = np.linspace(0, 2 * np.pi, 721)[:-1]
    reach = 8_000 + 60 * np.sin(23 * angles) + np.random.default_rng(3).uniform(-10, 10, len(angles))
    given = shapely.Polygon(np.column_stack([reach * np.cos(angles), reach * np.sin(angles)]))
    (drawn,) = drawn_outlines(np.array([given]), line=100.0)
    assert shapely.symmetric_difference(drawn, given).area / given.area < 0.005
    places = shapely.points(shapely.get_coordinates(shapely.segmentize(drawn, 20)))
    assert shapely.distance(places, given.boundary).max() < 100 / 2


def test_an_island_smaller_than_three_lines_has_no_outline() -> None:
    island = shapely.box(20_000, 0, 20_290, 290)
    (drawn,) = drawn_outlines(np.array([shapely.union(coast(0), island)]), line=100.0)
    assert drawn.area == pytest.approx(9_000**2)
    larger = shapely.box(20_000, 0, 20_310, 310)
    (drawn,) = drawn_outlines(np.array([shapely.union(coast(0), larger)]), line=100.0)
    assert drawn.area == pytest.approx(9_000**2 + 310**2)


def test_lines_around_small_districts_are_thinner() -> None:
    # A twelfth of 12 km, where a tenth of the districts or fewer are smaller.
    assert line_width(shapely.box(0, 0, [12_000] * 10, 12_000), widest=1_500) == 1_000
    assert line_width(shapely.box(0, 0, [90_000] * 10, 90_000), widest=1_500) == 1_500
    assert line_width(np.array([shapely.Polygon()]), widest=1_500) == 1_500


def country(districts: int) -> gpd.GeoDataFrame:
    """Small districts of four areas each, in rows of twenty."""
    places = [(k % 20, k // 20) for k in range(districts)]
    shapes = [
        shapely.box(2 * x + a, 2 * y + b, 2 * x + a + 1, 2 * y + b + 1)
        for x, y in places
        for a in (0, 1)
        for b in (0, 1)
    ]
    scaled = [shapely.transform(shape, lambda points: 5_000 * points) for shape in shapes]
    frame = pd.DataFrame({"district": np.repeat([f"District number {k}" for k in range(districts)], 4)})
    frame["rate"] = np.arange(len(frame)) % 7 + 1.0
    frame["name"] = "A"
    frame.index = pd.Index([f"E{k:04d}" for k in range(len(frame))], name="code")
    return gpd.GeoDataFrame(frame, geometry=scaled, crs="EPSG:27700")


def lines(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    found = layer.dissolve("district")
    return found.assign(name=found.index)


def test_no_place_is_tried_for_a_name_that_is_wider_than_its_district(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[int] = []
    free = Names._free

    def counted(self: Names, boxes: Any, *others: Any) -> list[int]:
        tried.append(len(boxes))
        return free(self, boxes, *others)

    monkeypatch.setattr(Names, "_free", counted)
    layer = country(400)
    draw_map(layer, "rate", outline=lines(layer))
    assert tried == []
    few = layer.iloc[:8]  # two districts, each half the sheet
    draw_map(few, "rate", outline=lines(few))
    assert tried


def test_a_country_of_small_districts_is_not_all_lines() -> None:
    layer = country(400)
    data = picture_bytes(
        draw_map(layer, "rate", outline=lines(layer), legend="none", letters=46), "png", dpi=100
    )
    shown = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    ground = shown[shown.min(axis=2) < 250]
    # Lines are black, and no class is. A twelfth of a district's width on each border is a fifth of the ground; lines
    # as wide as those around counties would be two fifths.
    assert 0.1 < (ground < 70).all(axis=1).mean() < 0.25


def test_of_ground_that_is_not_covered_only_what_a_map_shows_is_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    joined: list[int] = []

    def counted(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        joined.append(len(areas))
        return outline_of(areas)

    monkeypatch.setattr("hotspots.export.picture.canvas.outline_of", counted)
    layer = country(2)
    beside, away = shapely.box(20_000, 0, 22_000, 10_000), shapely.box(900_000, 0, 910_000, 10_000)
    missing = gpd.GeoDataFrame({"district": ["Near", "Away"]}, geometry=[beside, away], crs=layer.crs)
    around = lines(layer)
    draw_map(layer, "rate", outline=around, uncovered=missing.iloc[1:])
    assert joined == []
    draw_map(layer, "rate", outline=around, uncovered=missing)
    assert joined == [1]
