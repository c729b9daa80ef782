"""The arithmetic of the kernel density: cells, which of them lie inside, and the sums at their centres.

The sums are direct: each distinct coordinate adds its kernel to the cells in reach, a row at a time, in whole
vectors. Nothing is ever subtracted, so each cell keeps all its digits, and one out of reach is exactly 0.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotspots.crs import Floats

if TYPE_CHECKING:
    import geopandas as gpd

Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# Rows that one task fills: small enough to share work out evenly and to stay in the processor's cache.
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


@dataclass(frozen=True)
class Points:
    """Distinct coordinates in the order of their cells, with the weights of all that stand there."""

    rows: Integers
    columns: Integers
    right: Floats
    down: Floats
    weights: Floats


def support(kernel: str) -> float:
    """Return how far a kernel reaches, in bandwidths."""
    from hotspots.methods._kde_kernels import GAUSSIAN_REACH

    return GAUSSIAN_REACH if kernel == "gaussian" else 1.0


def _reach(grid: Grid, bandwidth: float, kernel: str) -> int:
    """Return how many cells off its own a point can matter at most, with one to spare for rounding."""
    return math.floor(support(kernel) * bandwidth / grid.cell_size) + 1


def cells_inside(areas: gpd.GeoDataFrame, grid: Grid) -> Bools:
    """Return which cells have their centre in an area, by where borders cross each row's centre line."""
    import shapely

    from hotspots.methods._kde_kernels import add_crossings

    geometries = areas.geometry.to_numpy()
    parts = shapely.get_parts(geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))])
    _, corners, (ring_starts, part_starts) = shapely.to_ragged_array(parts, include_z=False)
    exterior = np.zeros(ring_starts.size - 1, dtype=bool)
    exterior[part_starts[:-1]] = True
    crossings = np.zeros((grid.rows, grid.columns + 1), dtype=np.int16)
    add_crossings(
        (corners[:, 0] - grid.west) / grid.cell_size,
        (grid.north - corners[:, 1]) / grid.cell_size,
        ring_starts.astype(np.int64),
        exterior,
        crossings,
    )
    np.cumsum(crossings, axis=1, dtype=np.int16, out=crossings)
    inside: Bools = crossings[:, :-1] > 0
    return inside


def collapse(
    x: Floats,
    y: Floats,
    weights: Floats,
    grid: Grid,
    bandwidth: float,
) -> Points:
    """Add up the weights of equal coordinates, and put the coordinates in the order of their cells.

    Police coordinates repeat: a year of incidents stands on a tenth as many places.
    """
    columns = np.floor((x - grid.west) / grid.cell_size).astype(np.int64)
    rows = np.floor((grid.north - y) / grid.cell_size).astype(np.int64)
    right = x - (grid.west + (columns + 0.5) * grid.cell_size)
    down = (grid.north - (rows + 0.5) * grid.cell_size) - y
    # One integer sorts by row, column, and 2^14 steps across and down within the cell.
    steps = 16_383 / grid.cell_size
    key = (rows - rows.min()) * (np.ptp(columns) + 1) + (columns - columns.min())
    key = (key << 14) + np.rint((right + grid.cell_size / 2) * steps).astype(np.int64)
    key = (key << 14) + np.rint((down + grid.cell_size / 2) * steps).astype(np.int64)
    # Only unequal weights make the order within one coordinate visible, and the quick sort is not stable.
    order = np.argsort(key, kind="stable" if np.ptp(weights) else "quicksort")
    x, y = x[order], y[order]
    first = np.flatnonzero(np.r_[True, (x[1:] != x[:-1]) | (y[1:] != y[:-1])])
    kept = order[first]
    return Points(
        rows[kept],
        columns[kept],
        right[kept] / bandwidth,
        down[kept] / bandwidth,
        np.add.reduceat(weights[order], first),
    )


def sum_kernels(points: Points, grid: Grid, bandwidth: float, kernel: str) -> Floats:
    """Add the kernels, without constant, of all points at all cell centres."""
    from hotspots.methods import _kde_kernels as compiled

    step = grid.cell_size / bandwidth
    reach = _reach(grid, bandwidth, kernel)
    spans = _spans(reach, step)
    margin = 2 * reach + 1
    values: Floats = np.empty((grid.rows, grid.columns))
    code = getattr(compiled, kernel.upper(), -1)

    def fill(first: int) -> None:
        last = min(first + _BAND_ROWS, grid.rows)
        start, stop = np.searchsorted(points.rows, (first - reach, last + reach))
        part = slice(start, stop)
        placed = points.rows[part], points.columns[part], points.right[part], points.down[part]
        band = np.zeros((last - first, grid.columns + 2 * margin + _LANES))
        if kernel == "gaussian":
            compiled.add_gaussian(*placed, points.weights[part], first, reach, step, band)
        else:
            compiled.add_compact(*placed, points.weights[part], first, reach, step, spans, code, band)
        values[first:last] = band[:, margin : margin + grid.columns]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, grid.rows, _BAND_ROWS)))
    return values


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
    shape = sum_kernels(collapse(middle, middle, np.ones(1), window, bandwidth), window, bandwidth, kernel)
    shape /= shape.sum()
    # A few rows at a time, because the transforms of a whole grid would take several times its memory.
    height = max(4 * side, 8 * _BAND_ROWS)
    for first in range(0, grid.rows, height):
        last = min(first + height, grid.rows)
        top, bottom = max(first - reach, 0), min(last + reach, grid.rows)
        mass = oaconvolve(inside[top:bottom].astype(float), shape, mode="same")[first - top : last - top]
        # Where a centre is inside, its own cell bounds the share from below; elsewhere it may be nothing.
        values[first:last] /= np.clip(mass, shape.max(), 1.0)
