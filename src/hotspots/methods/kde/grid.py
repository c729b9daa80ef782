"""The arithmetic of the kernel density: cells, which of them lie inside, and the sums at their centres.

The sums are direct: each distinct coordinate adds its kernel to the cells in reach, a row at a time, in whole
vectors. Nothing is ever subtracted, so each cell keeps all its digits, and one out of reach is exactly 0.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotspots.base.crs import Floats
from hotspots.base.threads import thread_count

if TYPE_CHECKING:
    import geopandas as gpd

Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# Rows that one task fills on average: few enough to stay in the processor's cache.
_BAND_ROWS = 64
# Columns of a row are visited in whole blocks, which become vector instructions.
_LANES = 8


@dataclass(frozen=True)
class Grid:
    """Square cells aligned to multiples of their size from the CRS origin."""

    west: float
    north: float
    cell_size: float
    rows: int
    columns: int

    @classmethod
    def over(cls, bounds: tuple[float, float, float, float], cell_size: float) -> Grid:
        """Return the smallest aligned grid that covers the bounds."""
        left, bottom = math.floor(bounds[0] / cell_size), math.floor(bounds[1] / cell_size)
        right, top = math.ceil(bounds[2] / cell_size), math.ceil(bounds[3] / cell_size)
        return cls(left * cell_size, top * cell_size, cell_size, max(top - bottom, 1), max(right - left, 1))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north edges."""
        east, south = self.west + self.columns * self.cell_size, self.north - self.rows * self.cell_size
        return self.west, south, east, self.north


def support(kernel: str) -> float:
    """Return how far a kernel reaches, in bandwidths."""
    from hotspots.methods.kde.kernels import GAUSSIAN_REACH

    return GAUSSIAN_REACH if kernel == "gaussian" else 1.0


def _reach(grid: Grid, bandwidth: float, kernel: str) -> int:
    """Return how many cells off its own a point can matter at most, with one to spare for rounding."""
    return math.floor(support(kernel) * bandwidth / grid.cell_size) + 1


def cells_inside(areas: gpd.GeoDataFrame, grid: Grid) -> Bools:
    """Return which cells have their centre in an area, by where borders cross each row's centre line."""
    import shapely

    from hotspots.methods.kde.kernels import centres_inside

    geometries = areas.geometry.to_numpy()
    parts = shapely.get_parts(geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))])
    _, corners, (ring_starts, part_starts) = shapely.to_ragged_array(parts, include_z=False)
    exterior = np.zeros(ring_starts.size - 1, dtype=bool)
    exterior[part_starts[:-1]] = True
    inside: Bools = centres_inside(
        (corners[:, 0] - grid.west) / grid.cell_size,
        (grid.north - corners[:, 1]) / grid.cell_size,
        ring_starts.astype(np.int64),
        exterior,
        grid.rows,
        grid.columns,
    )
    return inside


def sum_kernels(
    x: Floats, y: Floats, weights: Floats, grid: Grid, bandwidth: float, kernel: str, scale: float = 1.0
) -> Floats:
    """Add the kernels, without constant, of all points at all cell centres, and multiply by `scale`.

    The points lie on the grid or in reach of it. Those on one coordinate are collapsed first: police
    coordinates repeat, and a year of incidents stands on a tenth as many places.
    """
    from hotspots.methods.kde import kernels as compiled

    reach = _reach(grid, bandwidth, kernel)
    points = _in_one_order(
        *compiled.collapse(x, y, weights, grid.north, grid.cell_size, -reach, grid.rows + 2 * reach)
    )
    spans = _spans(reach, grid.cell_size / bandwidth)
    margin = 2 * reach + 1
    values: Floats = np.empty((grid.rows, grid.columns))
    frame = (grid.west, grid.north), grid.cell_size, bandwidth
    code = getattr(compiled, kernel.upper(), -1)

    def fill(first: int, last: int) -> None:
        band = np.zeros((last - first, grid.columns + 2 * margin + _LANES))
        if kernel == "gaussian":
            compiled.add_gaussian(*points, *frame, first, reach, band)
        else:
            compiled.add_compact(*points, *frame, first, reach, spans, code, band)
        np.multiply(band[:, margin : margin + grid.columns], scale, out=values[first:last])

    threads = thread_count()
    edges = _bands(points[3], grid, reach, threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, edges[:-1].tolist(), edges[1:].tolist()))
    return values


def _in_one_order(
    x: Floats, y: Floats, weights: Floats, starts: Integers
) -> tuple[Floats, Floats, Floats, Integers]:
    """Return collapsed points in an order of their coordinates within each row of cells, each coordinate once.

    Sums in floating point depend on their order. So they are the same whatever order incidents come in, and whether
    those on one coordinate were added up before.
    """
    from hotspots.methods.kde.kernels import HASH_X, HASH_Y

    rows = starts.size - 1
    row = np.repeat(np.arange(rows, dtype=np.uint64), np.diff(starts))
    # Zero has two signs.
    mixed = (x + 0.0).view(np.uint64) * HASH_X + (y + 0.0).view(np.uint64) * HASH_Y
    bits = np.uint64(rows.bit_length())
    key = row << (np.uint64(64) - bits) | mixed >> bits
    order = np.argsort(key)
    x, y, weights, key = x[order], y[order], weights[order], key[order]
    same = (x[1:] == x[:-1]) & (y[1:] == y[:-1])
    if ((key[1:] == key[:-1]) & ~same).any():
        # Two coordinates came to one number, which is all but impossible.
        order = np.lexsort((y, x, row))
        x, y, weights = x[order], y[order], weights[order]
        same = (x[1:] == x[:-1]) & (y[1:] == y[:-1])
    first = np.flatnonzero(np.append(True, ~same))
    return x[first], y[first], np.add.reduceat(weights, first), np.searchsorted(first, starts)


def _bands(starts: Integers, grid: Grid, reach: int, threads: int) -> Integers:
    """Return the rows at which to cut the grid into bands of about equal work."""
    # A point costs its row some blocks of cells, and an empty cell about a tenth of a block.
    side = 2 * reach + 1
    reaching = starts[side:] - starts[:-side]
    work = np.cumsum(reaching * math.ceil(side / _LANES) + grid.columns / 10)
    bands = max(math.ceil(grid.rows / _BAND_ROWS), 4 * threads)
    edges = np.searchsorted(work, np.linspace(0, work[-1], bands + 1)[1:-1])
    return np.unique(np.r_[0, edges, grid.rows])


def _spans(reach: int, step: float) -> Integers:
    """Return, per row offset, the first and last column (exclusive) in reach, widened to whole blocks."""
    nearest = np.maximum(np.arange(reach + 1) - 0.5, 0.0) * step
    half = np.sqrt(np.maximum(1.0 - nearest**2, 0.0)) / step + 0.5
    first = np.maximum(np.floor(reach - half).astype(np.int64), 0)
    last = np.minimum(np.ceil(reach + half).astype(np.int64), 2 * reach)
    first = first // _LANES * _LANES
    return np.column_stack((first, first + (last - first + _LANES) // _LANES * _LANES))


def divide_by_mass(values: Floats, inside: Bools, grid: Grid, bandwidth: float, kernel: str) -> None:
    """Divide each value, in place, by the share of the kernel around its centre that falls on inside cells."""
    from scipy.signal import oaconvolve

    reach = _reach(grid, bandwidth, kernel)
    side = 2 * reach + 1
    window = Grid(0.0, side * grid.cell_size, grid.cell_size, side, side)
    middle = np.array([side * grid.cell_size / 2])
    shape = sum_kernels(middle, middle, np.ones(1), window, bandwidth, kernel)
    shape /= shape.sum()
    # A few rows at a time, because the transforms of a whole grid would take several times its memory.
    height = max(4 * side, 8 * _BAND_ROWS)
    for first in range(0, grid.rows, height):
        last = min(first + height, grid.rows)
        top, bottom = max(first - reach, 0), min(last + reach, grid.rows)
        mass = oaconvolve(inside[top:bottom].astype(float), shape, mode="same")[first - top : last - top]
        # Where a centre is inside, its own cell bounds the share from below; elsewhere it may be nothing.
        values[first:last] /= np.clip(mass, shape.max(), 1.0)


def interpolated(values: Floats, across: Floats, down: Floats) -> Floats:
    """Return the values at places counted in cells from the corner, between the four cell centres around each.

    NaN off the grid and where the place's own cell is NaN; its own cell's value where another of the four is.
    """
    from hotspots.methods.kde.kernels import between_centres

    found: Floats = between_centres(values, across, down)
    return found
