"""Polygons that would take all memory are refused in a sentence, and overlaps are given up at a number."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hotspots.areas import fit
from hotspots.areas.fit import check_fit
from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError

EAST, NORTH = 400_000.0, 300_000.0


def wards(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    codes = [f"E0500000{number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"WD24CD": codes}, geometry=list(shapes), crs="EPSG:27700")


def test_a_border_that_crosses_itself_over_and_over_is_refused() -> None:
    # Of 1,500 corners at random more than one pair of edges in five crosses: over 200,000.
    corners = np.random.default_rng(0).uniform([EAST, NORTH], [EAST + 10_000, NORTH + 10_000], (1500, 2))
    with pytest.raises(DataError) as found:
        read_areas(wards(shapely.Polygon(corners)))
    assert (
        found.value.message == "the border of E05000000 in the layer crosses itself more than 100,000 times"
    )


def test_a_long_border_with_one_crossing_is_mended() -> None:
    turn = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    corners = np.column_stack([EAST + 1000 * np.cos(turn), NORTH + 1000 * np.sin(turn)])
    corners[[10, 12]] = corners[[12, 10]]
    with pytest.warns(UserWarning, match="repaired 1 polygon"):
        assert read_areas(wards(shapely.Polygon(corners))).is_valid.all()


def test_a_polygon_of_too_many_corners_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_LIMITS", "corners=4")
    square = wards(shapely.box(EAST, NORTH, EAST + 1000, NORTH + 1000))
    with pytest.raises(DataError) as found:
        read_areas(square)
    # A closed ring names its first corner twice.
    assert found.value.message == "the polygon of E05000000 in the layer has 5 corners, more than 4"
    assert found.value.hint == (
        "give generalised boundaries: the ONS calls them BGC or BSC; or allow so many, if there is memory for them, "
        "with HOTSPOTS_LIMITS=corners=5 in the environment"
    )
    monkeypatch.setenv("HOTSPOTS_LIMITS", "corners=5")
    assert len(read_areas(square)) == 1


def test_overlaps_are_given_up_at_a_number_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "OVERLAPS", 3)
    monkeypatch.setattr(fit, "NEIGHBOURS", 1)
    squares = [
        shapely.box(EAST + step, NORTH, EAST + step + 1000, NORTH + 1000) for step in range(0, 500, 100)
    ]
    found = check_fit(np.array(squares))
    # Of five squares on each other there are ten pairs; more than 3 + 1 x 5, so three are looked at.
    assert (found.looked, len(found.pairs), len(found.gaps)) == (3, 3, 0)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        read_areas(wards(*squares))
    assert "of the first 3 pairs of areas, and no more were looked at, 3 overlaps between areas" in str(
        told[0].message
    )


def test_areas_that_tile_the_ground_are_all_looked_at() -> None:
    place = np.arange(400)
    squares = shapely.box(place % 20, place // 20, place % 20 + 1, place // 20 + 1)
    assert check_fit(squares).looked is None
