"""Exact point-to-area lookup: which one area does each point belong to."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.errors import DataError

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int32]
Task = TypeVar("Task")
Result = TypeVar("Result")

_BLOCK = 1 << 16
"""Points to a task: enough to forget the cost of a task, few enough to keep every thread busy to the end."""
_BANDS_PER_THREAD = 4
_PLAIN_AREA = 100
"""Vertices to an area under which shapely is quicker when it prepares every area for its points."""


class AreaIndex:
    """Areas laid on a grid, to find the one area that each of many points belongs to.

    A point belongs to an area when it lies in its interior or on its boundary, as `shapely.intersects_xy`
    says. Where several areas hold it (a shared border, an overlap), it belongs to the first of them in the
    order given. So each point has at most one owner, and the counts of all areas and of none add up to the
    number of points. The answer is exact: no tolerance, no rounding, however near a border a point lies.

    Parameters
    ----------
    geometries : array_like of shapely Polygon or MultiPolygon, shape (n,)
        Valid areas in metres, in the order that decides shared borders (areas tables are in code order).
        Holes, islands, parts, overlaps and gaps are all allowed; an empty polygon owns nothing.
    points : int, optional
        How many points will be looked up in all. A few get direct tests instead of a grid, and many a finer
        grid; the answers are the same. By default a grid that suits a million.

    Raises
    ------
    DataError
        When a geometry is missing, is not a polygon, or has coordinates that are not finite.

    Notes
    -----
    A cell that lies wholly inside one area answers at once; only in cells that a boundary touches is the
    point tested, against the edges nearby [1]_ and with the exact sign of the orientation of three points
    [2]_. The index can be pickled, and used by several threads at once.

    shapely's own test rounds at the 106th bit. On a metric grid that is exact as well; near the origin, where
    the spacing of doubles varies, it can take a point for a border point that lies 1e-32 m beside it. The
    grid does not, the direct tests for a few points are shapely's.

    References
    ----------
    .. [1] Haines, E. (1994). Point in polygon strategies. In *Graphics Gems IV*, 24-46.
       doi:10.1016/B978-0-12-336156-1.50013-6
    .. [2] Shewchuk, J. R. (1997). Adaptive precision floating-point arithmetic and fast robust geometric
       predicates. *Discrete & Computational Geometry*, 18, 305-363. doi:10.1007/PL00009321

    Examples
    --------
    Two squares share the border x = 10, which belongs to the first:

    >>> import shapely
    >>> index = AreaIndex([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> index.locate([5.0, 10.0, 15.0, 25.0], [5.0, 5.0, 5.0, 5.0])
    array([ 0,  0,  1, -1], dtype=int32)
    """

    def __init__(self, geometries: Any, *, points: int | None = None) -> None:
        self._areas: npt.NDArray[np.object_] | None = _checked(geometries)
        self._size = len(self._areas)
        self._grid: _Grid | None = None
        vertices = int(shapely.get_num_coordinates(self._areas).sum())
        if vertices > 0 and (points is None or points >= _worth_a_grid(vertices, self._size)):
            self._grid = _Grid(self._areas, cells=_suitable_cells(vertices, points))
            self._areas = None

    def __len__(self) -> int:
        """Return the number of areas."""
        return self._size

    def locate(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Positions:
        """Return the position of the one area that each point belongs to.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            Coordinates in the CRS of the areas. NaN or infinite: the point is in none.

        Returns
        -------
        ndarray of int32, shape (n,)
            Positions in the geometries given, from 0; -1 where no area holds the point.

        Raises
        ------
        DataError
            When `x` and `y` differ in length.
        """
        px = np.ascontiguousarray(x, dtype=np.float64).ravel()
        py = np.ascontiguousarray(y, dtype=np.float64).ravel()
        if len(px) != len(py):
            raise DataError(
                f"there are {len(px):,} x and {len(py):,} y coordinates, but each point needs both",
                hint="pass the two columns of one table",
            )
        if self._grid is not None:
            return self._grid.locate(px, py)
        return _locate_directly(self._areas, px, py)


class _Grid:
    """The table of cells over all areas, in arrays that `_locate_kernels` describes."""

    def __init__(self, areas: npt.NDArray[np.object_], *, cells: int) -> None:
        from hotspots import _locate_kernels as kernels

        self.coords, rings, ring_starts, heights = _edges(areas)
        west, south, east, north = (float(bound) for bound in shapely.total_bounds(areas))
        self.box = (west, south, east, north)
        # Cells stay far larger than the spacing of doubles, so that their corners are known well enough.
        farthest = max(abs(bound) for bound in self.box)
        longer = max(east - west, north - south)
        size = max(((east - west) * (north - south) / cells) ** 0.5, longer / 2**15, farthest * 2**-30)
        self.inverse = 1.0 / size
        self.columns = int((east - west) * self.inverse) + 1
        rows = int((north - south) * self.inverse) + 1
        frame = (west, south, size, self.inverse, 16 * np.finfo(np.float64).eps * farthest)

        def lay(band: tuple[int, int]) -> tuple[npt.NDArray[np.int32], ...]:
            laid: tuple[npt.NDArray[np.int32], ...] = kernels.lay_band(
                self.coords, rings, ring_starts, heights, frame, self.columns, *band
            )
            return laid

        count = min(_threads() * _BANDS_PER_THREAD, max(1, rows // 16)) if len(self.coords) > _BLOCK else 1
        limits = np.linspace(0, rows, count + 1).astype(int).tolist()
        self._join(_in_threads(lay, itertools.pairwise(limits)))

    def _join(self, bands: list[tuple[npt.NDArray[np.int32], ...]]) -> None:
        """Put the bands together, their entries and listed edges numbered on from one to the next."""
        entry = edge = 0
        for cells, entries, edges in bands:
            for values in (cells, entries[:, 3]):
                np.subtract(values, entry, out=values, where=values < -1)
            listed = entries[:, 0] < 0
            entries[listed, 0] -= edge
            entries[listed, 1] += edge
            entry, edge = entry + len(entries), edge + len(edges)
        self.cells = np.concatenate([band[0].ravel() for band in bands])
        self.entries = np.concatenate([band[1] for band in bands])
        self.edges = np.concatenate([band[2] for band in bands])

    def locate(self, x: Floats, y: Floats) -> Positions:
        from hotspots import _locate_kernels as kernels

        out = np.empty(len(x), dtype=np.int32)

        def look_up(start: int) -> None:
            block = slice(start, start + _BLOCK)
            kernels.locate_block(
                x[block],
                y[block],
                out[block],
                self.box,
                self.inverse,
                self.columns,
                self.cells,
                self.entries,
                self.edges,
                self.coords,
            )

        _in_threads(look_up, range(0, len(x), _BLOCK))
        return out


def _threads() -> int:
    return os.cpu_count() or 1


def _in_threads(work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """Return the results in the order of the tasks; a single task needs no thread."""
    waiting = list(tasks)
    if len(waiting) < 2:
        return [work(task) for task in waiting]
    with ThreadPoolExecutor(_threads()) as pool:
        return list(pool.map(work, waiting))


def _suitable_cells(vertices: int, points: int | None) -> int:
    """Return how many cells repay their making: a few to a point, but not far fewer than there are edges."""
    wanted = 4 * (1_000_000 if points is None else points)
    return int(np.clip(wanted, max(vertices // 4, 1 << 10), 1 << 24))


def _worth_a_grid(vertices: int, areas: int) -> float:
    """Return from how many points on a grid is quicker than direct tests."""
    # Nanoseconds measured on one machine; elsewhere their ratio, which alone matters, differs little.
    grid = 23 * vertices + 2500 * areas
    each_test = 3500 + 3.5 * vertices / areas
    return grid / each_test


def _checked(geometries: Any) -> npt.NDArray[np.object_]:
    """Return the areas as an array of shapely objects, or say which one is no area."""
    areas = np.asarray(geometries, dtype=object).ravel()
    kinds = np.full(len(areas), shapely.GeometryType.MISSING)
    real = shapely.is_geometry(areas)
    kinds[real] = shapely.get_type_id(areas[real])
    wrong = np.flatnonzero(
        (kinds != shapely.GeometryType.POLYGON) & (kinds != shapely.GeometryType.MULTIPOLYGON)
    )
    if len(wrong):
        first = areas[wrong[0]]
        what = "is missing" if first is None else f"is a {type(first).__name__}"
        raise DataError(
            f"geometry {wrong[0]:,} {what}, but an area is a Polygon or a MultiPolygon",
            hint="keep the polygons with areas[areas.geom_type.isin(['Polygon', 'MultiPolygon'])]",
        )
    bounds = shapely.bounds(areas)
    broken = np.flatnonzero(~np.isfinite(bounds).all(axis=1) & ~shapely.is_empty(areas))
    if len(broken):
        raise DataError(
            f"geometry {broken[0]:,} has a coordinate that is not a finite number",
            hint="repair or drop it; shapely.is_valid_reason(geometry) says where",
        )
    return areas


def _edges(
    areas: npt.NDArray[np.object_],
) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Return all vertices, each ring's range of vertices, each area's range of rings and its range of y."""
    parts, owner = areas, np.arange(len(areas))
    if (shapely.get_type_id(areas) == shapely.GeometryType.MULTIPOLYGON).any():
        parts, owner = shapely.get_parts(areas, return_index=True)
    coords: Floats = shapely.get_coordinates(areas)
    # Taking rings apart makes an object of each; only where there are holes is it needed.
    counts = np.where(shapely.is_empty(parts), 0, 1 + shapely.get_num_interior_rings(parts))
    lengths = np.repeat(shapely.get_num_coordinates(parts), counts).astype(np.int64)
    lengths[np.repeat(counts > 1, counts)] = shapely.get_num_coordinates(shapely.get_rings(parts[counts > 1]))
    stops = np.cumsum(lengths)
    ranges = np.column_stack((stops - lengths, stops))
    ring_starts = np.searchsorted(np.repeat(owner, counts), np.arange(len(areas) + 1))
    heights = np.ascontiguousarray(shapely.bounds(areas)[:, [1, 3]])
    return coords, ranges, ring_starts, heights


def _locate_directly(areas: npt.NDArray[np.object_] | None, x: Floats, y: Floats) -> Positions:
    """Test each point against the areas whose bounding box holds it; enough for a few points."""
    out = np.full(len(x), -1, dtype=np.int32)
    located = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if areas is None or len(areas) == 0 or len(located) == 0:
        return out
    points = shapely.points(x[located], y[located])
    if shapely.get_num_coordinates(areas).sum() < _PLAIN_AREA * len(areas):
        area, point = shapely.STRtree(points).query(areas, predicate="intersects")
    else:
        point, area = shapely.STRtree(areas).query(points)
        hit = shapely.intersects_xy(areas[area], x[located[point]], y[located[point]])
        point, area = point[hit], area[hit]
    # From the last area to the first, so that the first has the last word.
    order = np.argsort(-area, kind="stable")
    out[located[point[order]]] = area[order]
    return out
