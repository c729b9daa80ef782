"""Exact point-to-area lookup: which one area does each point belong to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.errors import DataError
from hotspots.base.threads import thread_count

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int32]
Task = TypeVar("Task")
Result = TypeVar("Result")

_BLOCK = 1 << 16
"""Points to a task: enough to forget the cost of a task, few enough to keep every thread busy to the end."""
_TASKS_PER_THREAD = 4
_MANY_AREAS = 10_000
"""Areas above which threads together read them sooner than one alone."""


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
    order : array_like of int, shape (n,), optional
        Positions of the geometries in the order that decides shared borders, where it is not their own.

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
    the spacing of doubles varies, it can take a point for a border point that lies 1e-32 m beside it. This
    one does not.

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

    def __init__(
        self, geometries: Any, *, points: int | None = None, order: npt.NDArray[np.int64] | None = None
    ) -> None:
        areas, bounds = _checked(geometries)
        self._order = None if order is None else order.astype(np.int32)
        if order is not None:
            areas, bounds = areas[order], bounds[order]
        self._size = len(areas)
        self._lookup: _Grid | _DirectTests
        vertices = int(_mean_vertices(areas) * len(areas))
        if vertices > 0 and (points is None or points >= _worth_a_grid(vertices, len(areas))):
            self._lookup = _Grid(areas, bounds, cells=_suitable_cells(vertices, points))
        else:
            self._lookup = _DirectTests(areas, bounds)

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
        found = self._lookup.locate(px, py)
        if self._order is None:
            return found
        # Position -1, in no area, takes the last entry.
        return np.append(self._order, np.int32(-1))[found]


class _Grid:
    """The table of cells over all areas, in arrays that `kernels` describes."""

    def __init__(self, areas: npt.NDArray[np.object_], bounds: Floats, *, cells: int) -> None:
        from hotspots.areas.locate import kernels
        from hotspots.areas.locate.direct import total_bounds
        from hotspots.base.rings import vertices_and_rings

        self.coords, rings, ring_starts = vertices_and_rings(areas)
        heights = np.ascontiguousarray(bounds[:, [1, 3]])
        west, south, east, north = self.box = total_bounds(bounds)
        # Cells stay far larger than the spacing of doubles, so that their corners are known well enough.
        farthest = max(abs(bound) for bound in self.box)
        longer = max(east - west, north - south)
        size = max(((east - west) * (north - south) / cells) ** 0.5, longer / 2**15, farthest * 2**-30)
        self.inverse = 1.0 / size
        self.columns = int((east - west) * self.inverse) + 1
        rows = int((north - south) * self.inverse) + 1
        frame = (west, south, size, self.inverse, 16 * np.finfo(np.float64).eps * farthest)
        table = np.empty((rows, self.columns), dtype=np.int32)

        def lay(band: tuple[int, int]) -> _Band:
            entries, edges = kernels.lay_band(
                self.coords, rings, ring_starts, heights, frame, band[0], table[band[0] : band[1]]
            )
            return table[band[0] : band[1]], entries, edges

        count = min(_threads() * _TASKS_PER_THREAD, max(1, rows // 16)) if len(self.coords) > _BLOCK else 1
        limits = np.linspace(0, rows, count + 1).astype(int).tolist()
        self.entries, self.edges = _join(_in_threads(lay, itertools.pairwise(limits)))
        self.cells = table.ravel()

    def locate(self, x: Floats, y: Floats) -> Positions:
        from hotspots.areas.locate import kernels

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


_Band = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]


def _join(bands: list[_Band]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the entries and listed edges of all bands, numbered on from one band to the next."""
    entries_before = np.cumsum([0, *(len(entries) for _, entries, _ in bands)]).tolist()
    edges_before = np.cumsum([0, *(len(edges) for _, _, edges in bands)]).tolist()

    def number_on(k: int) -> None:
        cells, entries, _ = bands[k]
        for values in (cells, entries[:, 3]):
            np.subtract(values, entries_before[k], out=values, where=values < -1)
        listed = entries[:, 0] < 0
        entries[listed, 0] -= edges_before[k]
        entries[listed, 1] += edges_before[k]

    _in_threads(number_on, range(1, len(bands)))
    return np.concatenate([band[1] for band in bands]), np.concatenate([band[2] for band in bands])


class _DirectTests:
    """The areas as they are, for so few points that a table would cost more than it saves."""

    def __init__(self, areas: npt.NDArray[np.object_], bounds: Floats) -> None:
        self.areas = areas
        self.bounds = bounds

    def locate(self, x: Floats, y: Floats) -> Positions:
        from hotspots.areas.locate import direct as kernels
        from hotspots.base.rings import vertices_and_rings

        out = np.full(len(x), -1, dtype=np.int32)
        points, begins = kernels.points_in_boxes(x, y, self.bounds, kernels.total_bounds(self.bounds))
        near = np.flatnonzero(np.diff(begins))
        kernels.settle_points(x, y, out, near, points, begins, *vertices_and_rings(self.areas[near]))
        return out


def _threads() -> int:
    return thread_count()


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
    grid = 20 * vertices + 560 * areas
    each_test = 250 + 2.3 * vertices / areas
    return grid / each_test


def _mean_vertices(areas: npt.NDArray[np.object_]) -> float:
    """Return the mean number of vertices, from a sample where there are many areas."""
    sample = areas[:: max(1, len(areas) // 1000)]
    return float(shapely.get_num_coordinates(sample).mean()) if len(sample) else 0.0


def _checked(geometries: Any) -> tuple[npt.NDArray[np.object_], Floats]:
    """Return the areas as an array of shapely objects with their bounds, or say which one is no area."""
    areas = np.asarray(geometries, dtype=object).ravel()
    share = -(-len(areas) // _threads()) if len(areas) > _MANY_AREAS else max(len(areas), 1)
    slices = [slice(start, start + share) for start in range(0, max(len(areas), 1), share)]
    read = _in_threads(lambda part: _kinds_and_bounds(areas[part]), slices)
    kinds, bounds = (np.concatenate(values) for values in zip(*read, strict=True))
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
    odd = np.flatnonzero(~np.isfinite(bounds @ np.ones(4)))
    broken = odd[~shapely.is_empty(areas[odd])]
    if len(broken):
        raise DataError(
            f"geometry {broken[0]:,} has a coordinate that is not a finite number",
            hint="repair or drop it; shapely.is_valid_reason(geometry) says where",
        )
    return areas, bounds


def _kinds_and_bounds(geometries: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.int_], Floats]:
    """Return type codes, -1 for what is no geometry, and bounds."""
    real = shapely.is_geometry(geometries)
    known = geometries.copy()
    known[~real] = None
    return shapely.get_type_id(known), shapely.bounds(known)
