from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.areas.fit import check_fit, polygon_parts, union

BOX = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 5), st.integers(1, 5))


@given(st.lists(BOX, min_size=1, max_size=12))
@settings(max_examples=100)
def test_overlaps_and_gaps_are_those_found_by_comparing_every_pair(
    boxes: list[tuple[int, int, int, int]],
) -> None:
    x, y, width, height = np.array(boxes).T
    polygons = np.atleast_1d(shapely.box(x, y, x + width, y + height))
    fit = check_fit(polygons)
    expected = {
        (i, j): polygons[i].intersection(polygons[j]).area
        for i in range(len(polygons))
        for j in range(i + 1, len(polygons))
        if polygons[i].intersection(polygons[j]).area > 0
    }
    assert [tuple(pair) for pair in fit.pairs.tolist()] == list(expected)
    assert fit.overlaps.tolist() == pytest.approx(list(expected.values()))
    together = shapely.union_all(polygons)
    assert union(polygons).equals(together)
    outside = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(together)))
    assert fit.gaps.sum() == pytest.approx(shapely.union_all(outside).area - together.area)


def test_a_hole_filled_by_another_area_is_no_gap() -> None:
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    assert check_fit(np.array([ring])).gaps.tolist() == [9.0]
    assert check_fit(np.array([ring, shapely.box(3, 3, 6, 6)])).gaps.tolist() == []


def test_overlaps_and_gaps_up_to_the_tolerance_are_passed_over() -> None:
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    polygons = np.array([ring, shapely.box(8, 0, 12, 9)])  # shares 1 x 9 = 9; the hole is 3 x 3 = 9
    assert check_fit(polygons, tolerance=8.9).overlaps.tolist() == [9.0]
    assert check_fit(polygons, tolerance=9.0).overlaps.tolist() == []
    assert check_fit(polygons, tolerance=9.0).gaps.tolist() == []


def test_polygon_parts_leaves_points_and_lines_behind() -> None:
    square, far = shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)
    line, point = shapely.LineString([(2, 0), (3, 0)]), shapely.Point(9, 9)
    mixed = np.array(
        [
            square,
            line,
            point,
            shapely.GeometryCollection([square, line]),
            shapely.GeometryCollection([square, shapely.MultiPolygon([far]), point]),
            shapely.GeometryCollection([line, point]),
        ]
    )
    parts = polygon_parts(mixed)
    assert [part.area for part in parts] == [1, 0, 0, 1, 2, 0]
    assert {part.geom_type for part in parts} <= {"Polygon", "MultiPolygon"}
    assert mixed[1] is line
