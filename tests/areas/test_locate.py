"""Every answer is compared with shapely's exact test of every area, in order."""

from __future__ import annotations

import pickle
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.areas.locate.index import AreaIndex
from hotspots.base.errors import DataError

Floats = npt.NDArray[np.float64]
Areas = npt.NDArray[np.object_]


def brute_force(areas: Any, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
    owner = np.full(len(x), -1, dtype=np.int32)
    for position in reversed(range(len(areas))):
        owner[shapely.intersects_xy(areas[position], x, y)] = position
    return owner


def assert_exact(areas: Any, x: Any, y: Any) -> npt.NDArray[np.int32]:
    """Compare grids of three finenesses and the direct tests with brute force."""
    areas = np.asarray(areas, dtype=object)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    assert shapely.is_valid(areas).all()
    expected = brute_force(areas, x, y)
    for points in (None, 20_000, 300_000, 0):
        found = AreaIndex(areas, points=points).locate(x, y)
        assert found.dtype == np.int32
        np.testing.assert_array_equal(found, expected, err_msg=f"points={points}")
    return expected


def tricky_points(areas: Any, seed: int, count: int = 400) -> tuple[Floats, Floats]:
    """Return points anywhere, on vertices, on and near edges, on level with vertices, and on cell borders."""
    rng = np.random.default_rng(seed)
    areas = np.asarray(areas, dtype=object)
    west, south, east, north = shapely.total_bounds(areas)
    anywhere = rng.uniform((west, south), (east, north), (count, 2))
    vertices = shapely.get_coordinates(areas)
    some = vertices[rng.integers(0, len(vertices), count)]
    i = rng.integers(0, len(vertices) - 1, count)
    along = vertices[i] + rng.random((count, 1)) * (vertices[i + 1] - vertices[i])
    level = np.column_stack((anywhere[:, 0], some[:, 1]))
    above = np.column_stack((some[:, 0], anywhere[:, 1]))
    parts = [anywhere, some, along, (vertices[i] + vertices[i + 1]) / 2, level, above]
    for offset in (1e-9, 1e-6, 1e-3):
        parts.append(along + rng.choice([-offset, 0.0, offset], (count, 2)))
        parts.append(some + rng.choice([-offset, 0.0, offset], (count, 2)))
    parts.append(np.nextafter(some, rng.choice([-np.inf, np.inf], (count, 2))))
    for cells in (32, 100, 1024):
        steps = rng.integers(0, cells + 1, (count, 2)) / cells
        parts.append((west, south) + steps * max(east - west, north - south))
    points = np.concatenate(parts)
    return points[:, 0].copy(), points[:, 1].copy()


def coverage(seed: int, count: int, *, scale: float = 1000.0, origin: float = 4e5) -> Areas:
    """Return a coverage whose shared borders wiggle: a warped and densified Voronoi diagram."""
    rng = np.random.default_rng(seed)
    frame = shapely.box(0, 0, 1, 1)
    diagram = shapely.voronoi_polygons(shapely.multipoints(rng.random((count, 2))), extend_to=frame)
    cells = shapely.intersection(shapely.get_parts(diagram), frame)
    cells = shapely.segmentize(cells[shapely.area(cells) > 0], 0.02)

    def warp(points: Floats) -> Floats:
        x, y = points.T
        for size, length in ((0.05, 0.9), (0.01, 0.15), (0.003, 0.05)):
            x, y = x + size * np.sin(y / length * 6), y + size * np.sin(x / length * 6)
        return np.column_stack((x, y)) * scale + origin

    warped = shapely.transform(cells, warp)
    valid: Areas = warped[shapely.is_valid(warped)]
    return valid


@pytest.mark.parametrize("seed", range(4))
def test_wiggly_coverage(seed: int) -> None:
    areas = coverage(seed, 30)
    owner = assert_exact(areas, *tricky_points(areas, seed))
    assert (owner >= 0).mean() > 0.5


@pytest.mark.parametrize("scale", [1e-3, 1.0, 5e6])
def test_tiny_and_huge_areas(scale: float) -> None:
    areas = coverage(7, 12, scale=scale)
    assert_exact(areas, *tricky_points(areas, 7, 150))


@pytest.mark.parametrize("seed", range(4))
def test_holes_islands_parts_and_overlaps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    centres = shapely.points(rng.uniform(4e5, 4e5 + 1000, (8, 2)))
    discs = shapely.buffer(centres, rng.uniform(50, 300, 8))
    rings = shapely.difference(discs, shapely.buffer(centres, 40))
    islands = shapely.buffer(centres, 20)
    together = shapely.union_all(rings[:4])
    several = shapely.multipolygons(
        list(shapely.buffer(shapely.points([[4e5, 4e5], [4e5 + 900, 4e5 + 50]]), 60))
    )
    areas = [
        *rings[2:],
        together,
        *islands,
        several,
        shapely.Polygon(),
        shapely.symmetric_difference(*discs[:2]),
    ]
    order = rng.permutation(len(areas))
    areas = [areas[i] for i in order]
    owner = assert_exact(areas, *tricky_points(areas, seed))
    assert len(np.unique(owner)) > 5


def test_slivers_and_one_part_far_away() -> None:
    low, high = (4e5, 3e5), (4.001e5, 3.0007e5)
    sliver = shapely.Polygon([low, high, (4.0005e5, 300035.00000001)])
    needle = shapely.Polygon([low, (4.001e5, 3e5), (4.001e5, 3e5 + 1e-9)])
    far = shapely.multipolygons(
        [shapely.box(399990, 299990, 400010, 300010), shapely.box(9e5, 9e5, 9e5 + 1, 9e5 + 1)]
    )
    areas = [sliver, needle, far]
    assert_exact(areas, *tricky_points(areas, 3))


def test_repeated_vertices_and_a_hole_that_touches_its_shell() -> None:
    doubled = shapely.Polygon([(0, 0), (0, 0), (10, 0), (10, 0), (10, 10), (0, 10), (0, 0), (0, 0)])
    touching = shapely.Polygon([(20, 0), (30, 0), (30, 10), (20, 10)], [[(20, 0), (25, 3), (23, 5)]])
    assert_exact([doubled, touching], *tricky_points([doubled, touching], 5))


def test_points_exactly_on_slanting_edges_belong_to_the_area() -> None:
    # The edge from (400000, 300000) to (400300, 300200) holds (400003 k, 300002 k) for every whole k exactly.
    triangle = shapely.Polygon([(400000, 300000), (400300, 300200), (400000, 300200)])
    k = np.arange(101.0)
    x, y = 400000 + 3 * k, 300000 + 2 * k
    assert (assert_exact([triangle], x, y) == 0).all()
    assert (assert_exact([triangle], np.nextafter(x, np.inf)[1:], y[1:]) == -1).all()
    assert (assert_exact([triangle], np.nextafter(x, -np.inf)[1:], y[1:]) == 0).all()


def test_a_shared_border_belongs_to_the_first_area() -> None:
    left, right = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    assert_exact([left, right], [10.0], [5.0])
    assert AreaIndex([left, right]).locate([10.0], [5.0]).tolist() == [0]
    assert AreaIndex([right, left]).locate([9.0, 10.0], [5.0, 5.0]).tolist() == [1, 0]


def test_an_overlap_belongs_to_the_first_area() -> None:
    # Points: in the big only, in both, in both on the small one's border, in the small only.
    big, small = shapely.box(0, 0, 10, 10), shapely.box(8, 4, 12, 6)
    x, y = [5.0, 9.0, 8.0, 11.0], [5.0, 5.0, 5.0, 5.0]
    assert AreaIndex([big, small]).locate(x, y).tolist() == [0, 0, 0, 1]
    assert AreaIndex([small, big]).locate(x, y).tolist() == [1, 0, 0, 0]


def test_a_grid_of_squares_gives_every_corner_one_owner() -> None:
    # 20 x 20 squares of 50 m in rows from the south-west: a corner belongs to the square south-west of it.
    squares = [shapely.box(50 * c, 50 * r, 50 * c + 50, 50 * r + 50) for r in range(20) for c in range(20)]
    column, row = (index.ravel() for index in np.meshgrid(np.arange(21), np.arange(21)))
    owner = assert_exact(squares, 50.0 * column, 50.0 * row)
    np.testing.assert_array_equal(owner, np.maximum(row - 1, 0) * 20 + np.maximum(column - 1, 0))


def test_the_sums_balance() -> None:
    areas = coverage(11, 40)
    x, y = tricky_points(areas, 11)
    owner = AreaIndex(areas).locate(x, y)
    assert np.bincount(owner + 1, minlength=len(areas) + 1).sum() == len(x)
    assert (owner[shapely.intersects_xy(shapely.union_all(areas), x, y)] >= 0).mean() > 0.99


def test_points_without_coordinates_or_far_away_are_in_none() -> None:
    index = AreaIndex([shapely.box(0, 0, 10, 10)])
    few = AreaIndex([shapely.box(0, 0, 10, 10)], points=0)
    x = [np.nan, 5.0, np.inf, -np.inf, 1e300, -0.001, 5.0, -1e-300, 10.0, np.nextafter(10.0, 11)]
    y = [5.0, np.nan, 5.0, 5.0, -1e300, 5.0, 10.001, 5.0, 10.0, 5.0]
    expected = [-1, -1, -1, -1, -1, -1, -1, -1, 0, -1]
    assert index.locate(x, y).tolist() == expected
    assert few.locate(x, y).tolist() == expected


def test_nothing_to_look_up_and_nothing_to_look_in() -> None:
    assert AreaIndex([shapely.box(0, 0, 1, 1)]).locate([], []).shape == (0,)
    assert AreaIndex([shapely.box(0, 0, 1, 1)], points=0).locate([], []).shape == (0,)
    assert AreaIndex([]).locate([1.0, 2.0], [1.0, 2.0]).tolist() == [-1, -1]
    assert AreaIndex([shapely.Polygon()]).locate([1.0], [1.0]).tolist() == [-1]
    assert len(AreaIndex([shapely.Polygon(), shapely.box(0, 0, 1, 1)])) == 2


def test_many_points_in_several_blocks_keep_their_order() -> None:
    areas = [shapely.box(50 * c, 0, 50 * c + 50, 1000) for c in range(20)]
    x = np.random.default_rng(1).uniform(0, 1000, 300_000)
    owner = AreaIndex(areas).locate(x, np.full_like(x, 500.0))
    np.testing.assert_array_equal(owner, (x // 50).astype(np.int32))


def test_detailed_areas_and_a_table_laid_in_several_bands() -> None:
    areas = shapely.segmentize(coverage(5, 60), 0.15)
    assert shapely.get_num_coordinates(areas).sum() > 1 << 16
    x, y = tricky_points(areas, 5, 300)
    for points in (None, 0):
        np.testing.assert_array_equal(AreaIndex(areas, points=points).locate(x, y), brute_force(areas, x, y))


@pytest.mark.parametrize("points", [None, 0])
def test_twelve_thousand_areas_are_read_in_shares(points: int | None) -> None:
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(120), np.arange(100)))
    areas = shapely.box(column, row, column + 1, row + 1)
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-5, 125, 3000), rng.uniform(-5, 105, 3000)
    inside = (x > 0) & (x < 120) & (y > 0) & (y < 100)
    expected = np.where(inside, np.floor(y) * 120 + np.floor(x), -1)
    np.testing.assert_array_equal(AreaIndex(areas, points=points).locate(x, y), expected)
    areas[11_000] = shapely.Point(1, 2)
    with pytest.raises(DataError, match=r"^geometry 11,000 is a Point"):
        AreaIndex(areas, points=points)


@pytest.mark.parametrize("points", [None, 0])
def test_pickling_keeps_every_answer(points: int | None) -> None:
    areas = coverage(3, 20)
    x, y = tricky_points(areas, 3, 50)
    index = AreaIndex(areas, points=points)
    again = pickle.loads(pickle.dumps(index))  # noqa: S301
    np.testing.assert_array_equal(again.locate(x, y), index.locate(x, y))


def test_inputs_are_left_as_they_were() -> None:
    areas = coverage(2, 10)
    before = shapely.to_wkb(areas)
    x, y = tricky_points(areas, 2, 20)
    kept = x.copy(), y.copy()
    AreaIndex(areas).locate(x, y)
    assert (shapely.to_wkb(areas) == before).all()
    np.testing.assert_array_equal((x, y), kept)


whole = st.integers(-8, 8)


@st.composite
def whole_number_areas(draw: st.DrawFn) -> list[Any]:
    """Return overlapping areas on a small lattice, where vertices, edges and points meet all the time."""
    areas = []
    for _ in range(draw(st.integers(1, 5))):
        corners = draw(st.lists(st.tuples(whole, whole), min_size=3, max_size=8, unique=True))
        area = shapely.make_valid(shapely.Polygon(corners))
        polygons = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
        areas.append(shapely.union_all(polygons) if polygons else shapely.Polygon())
    return areas


@settings(max_examples=120)
@given(areas=whole_number_areas(), shift=st.sampled_from([1e5, 4e5, 4e5 + 1 / 3]))
def test_every_lattice_point_against_brute_force(areas: list[Any], shift: float) -> None:
    moved = shapely.transform(np.asarray(areas, dtype=object), lambda points: points + shift)
    moved = moved[shapely.is_valid(moved)]
    half = np.arange(-18, 19) / 2 + shift
    x, y = (axis.ravel() for axis in np.meshgrid(half, half))
    expected = brute_force(moved, x, y)
    for points in (None, 0):
        np.testing.assert_array_equal(AreaIndex(moved, points=points).locate(x, y), expected)


def holds_by_fractions(area: Any, x: float, y: float) -> bool:
    """Return whether the closed polygon holds the point, in rational arithmetic: even-odd, or on an edge."""
    px, py, inside = Fraction(x), Fraction(y), False
    for ring in shapely.get_rings(shapely.get_parts(area)):
        corners = [(Fraction(u), Fraction(v)) for u, v in shapely.get_coordinates(ring).tolist()]
        for (ax, ay), (bx, by) in pairwise(corners):
            turn = (ax - px) * (by - py) - (ay - py) * (bx - px)
            if turn == 0 and min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by):
                return True
            if (ay <= py) != (by <= py) and (turn > 0) == (by > ay):
                inside = not inside
    return inside


@settings(max_examples=30)
@given(areas=whole_number_areas(), shift=st.sampled_from([0.0, 0.1, 1 / 3, 1e-5]))
def test_finer_than_shapely_in_rational_arithmetic(areas: list[Any], shift: float) -> None:
    # Near zero the spacing of doubles varies so much that the 106 bits of GEOS do not hold every product.
    moved = shapely.transform(np.asarray(areas, dtype=object), lambda points: points + shift)
    moved = moved[shapely.is_valid(moved)]
    lattice = np.arange(-8.0, 9.0) + shift
    x, y = (axis.ravel() for axis in np.meshgrid(lattice, lattice))
    expected = [
        next((k for k, area in enumerate(moved) if holds_by_fractions(area, *point)), -1)
        for point in zip(x.tolist(), y.tolist(), strict=True)
    ]
    assert AreaIndex(moved).locate(x, y).tolist() == expected


def test_a_point_that_shapely_rounds_onto_the_border() -> None:
    # Exactly, (3.1, 1.6) lies 1e-32 outside the edge from (1.1, -0.9) to (5.1, 4.1).
    area = shapely.transform(shapely.Polygon([(0, 0), (1, -1), (5, 4)]), lambda points: points + 0.1)
    assert not holds_by_fractions(area, 3.1, 1.6)
    assert AreaIndex([area]).locate([3.1], [1.6]).tolist() == [-1]


@settings(max_examples=60)
@given(
    a=st.tuples(st.floats(0, 1000), st.floats(0, 1000)),
    b=st.tuples(st.floats(0, 1000), st.floats(0, 1000)),
    share=st.lists(st.floats(0, 1), min_size=1, max_size=20),
    ulps=st.integers(-2, 2),
)
def test_points_a_rounding_error_from_an_edge(
    a: tuple[float, float], b: tuple[float, float], share: list[float], ulps: int
) -> None:
    corners = np.array([a, b, (1500.0, 1800.0)]) + np.array([4e5, 3e5])
    area = shapely.Polygon(corners)
    if not area.is_valid or area.area == 0:
        return
    t = np.array(share)
    x = corners[0, 0] + t * (corners[1, 0] - corners[0, 0])
    y = corners[0, 1] + t * (corners[1, 1] - corners[0, 1]) + ulps * np.spacing(3e5)
    np.testing.assert_array_equal(AreaIndex([area]).locate(x, y), brute_force([area], x, y))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (shapely.Point(1, 2), "geometry 1 is a Point, but an area is a Polygon or a MultiPolygon"),
        (None, "geometry 1 is missing, but an area is a Polygon or a MultiPolygon"),
        ("E05000001", "geometry 1 is a str, but an area is a Polygon or a MultiPolygon"),
    ],
)
def test_what_is_no_polygon_is_refused(wrong: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        AreaIndex([shapely.box(0, 0, 1, 1), wrong])
    assert caught.value.message == message
    assert (
        caught.value.hint == "keep the polygons with areas[areas.geom_type.isin(['Polygon', 'MultiPolygon'])]"
    )


def test_a_coordinate_that_is_not_finite_is_refused() -> None:
    endless = shapely.Polygon([(0, 0), (np.inf, 0), (1, 1)])
    with pytest.raises(DataError) as caught:
        AreaIndex([shapely.box(0, 0, 1, 1), endless])
    assert caught.value.message == "geometry 1 has a coordinate that is not a finite number"
    assert caught.value.hint == "repair or drop it; shapely.is_valid_reason(geometry) says where"


def test_coordinates_of_different_number_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        AreaIndex([shapely.box(0, 0, 1, 1)]).locate([1.0, 2.0, 3.0], [1.0])
    assert caught.value.message == "there are 3 x and 1 y coordinates, but each point needs both"
    assert caught.value.hint == "pass the two columns of one table"


def test_importing_the_module_does_not_import_numba() -> None:
    check = "import sys, hotspots.areas.locate.index; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0  # noqa: S603


@pytest.mark.shared
def test_staffordshire_wards_as_geopandas_joins_them(shared_data: Path) -> None:
    import geopandas as gpd
    import pandas as pd

    wards = gpd.read_file(shared_data / "staffordshire/boundaries/wards_2019.gpkg")
    files = sorted((shared_data / "staffordshire/incidents").glob("2025-0[1-3]-*.csv"))
    rows = pd.concat(
        [pd.read_csv(file, usecols=["Longitude", "Latitude"]) for file in files], ignore_index=True
    )
    rows = rows.dropna().drop_duplicates(ignore_index=True)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*rows.to_numpy().T), crs=4326).to_crs(27700)
    joined = gpd.sjoin(points, wards, predicate="intersects")["index_right"]
    expected = joined.groupby(level=0).min().reindex(points.index, fill_value=-1)
    for hint in (None, 0):
        index = AreaIndex(wards.geometry, points=hint)
        found = index.locate(points.geometry.x, points.geometry.y)
        np.testing.assert_array_equal(found, expected)
    assert (found >= 0).mean() > 0.98
