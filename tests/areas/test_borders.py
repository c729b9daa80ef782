"""Borders of areas that fit together are simplified without coming apart."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import shapely

from hotspots.areas.borders import closed, edge_matched, fits_together, simplify_together


def squares(gap: float) -> npt.NDArray[np.object_]:
    """Return a row of four squares of 1 km, each of many vertices, and so far apart."""
    west = np.arange(4) * (1000 + gap)
    return np.asarray(shapely.segmentize(shapely.box(west, 0, west + 1000, 1000), 50), dtype=object)


def test_narrow_gaps_are_closed_and_wide_ones_are_ground_of_their_own() -> None:
    narrow = edge_matched(squares(10))
    assert fits_together(narrow)
    # The outer ring stays: 4 squares and 3 gaps of 10 m, of which the slits at the rim are ground outside.
    assert 4e6 <= shapely.area(narrow).sum() <= 4.03e6
    wide = squares(30)
    assert edge_matched(wide) is wide


def test_slits_are_closed_and_nothing_is_taken() -> None:
    # A slit 10 m wide and 900 m deep is closed, one of 30 m is not.
    slit, bay = shapely.box(500, 100, 510, 1000), shapely.box(200, 100, 230, 1000)
    found = closed(np.array([shapely.box(0, 0, 1000, 1000) - slit - bay]))[0]
    assert found.area == pytest.approx(1e6 - 27_000)


def test_simplifying_what_fits_together_cannot_run_away() -> None:
    # A border drawn twice lets one side go without the other, kilometres off; drawn once, it cannot.
    generator = np.random.default_rng(0)
    shapes = []
    for place in range(16):
        x, y = 4e5 + 1000 * (place % 4), 3e5 + 1000 * (place // 4)
        ring = shapely.get_coordinates(shapely.segmentize(shapely.box(x, y, x + 1000, y + 1000), 100))[:-1]
        shapes.append(shapely.Polygon(ring + generator.uniform(-4, 4, ring.shape)))
    matched = edge_matched(gpd.GeoSeries(shapes).to_numpy())
    simple = simplify_together(matched, vertices=200)
    assert shapely.get_num_coordinates(simple.shapes).sum() <= 200
    assert simple.tolerance > 0
    np.testing.assert_allclose(shapely.area(simple.shapes), shapely.area(shapes), rtol=0.05)
    assert shapely.coverage_is_valid(simple.shapes)
    assert simplify_together(matched, vertices=200) is simple
