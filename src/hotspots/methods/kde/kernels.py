"""Compiled loops of the kernel density: collapsing places, adding kernels to rows of cells, filling polygons.

Every loop visits its points in the order given, so a cell's sum does not depend on how rows are shared out
among threads.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import uintp

from hotspots.base.compiled import kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Codes that `add_compact` takes.
QUARTIC, TRIWEIGHT, EPANECHNIKOV, TRIANGULAR, UNIFORM = range(5)

# The uniform kernel jumps at its rim, where rounding must not let a point at exactly one bandwidth in.
RIM = 1e-12

# In bandwidths, along either axis: beyond it the Gaussian kernel is below 1e-12 of its peak.
GAUSSIAN_REACH = 7.5

# Slots for the places of one row of cells, few enough for the processor's nearest cache, and odd multipliers
# that spread coordinates over them.
PLACES = 4096
HASH_SHIFT = np.uint64(64 - 12)
HASH_X, HASH_Y = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@kernel()
def collapse(
    x: Floats, y: Floats, weights: Floats, north: float, cell_size: float, first_row: int, rows: int
) -> tuple[Floats, Floats, Floats, Integers]:
    """Put points in the order of their rows of cells, and add up the weights of those on one coordinate.

    Returns coordinates and weights, and where each of the `rows` rows from `first_row` on starts among them.
    Of two places whose hashes collide the later starts afresh, which costs time where they alternate but
    changes no sum.
    """
    row_of = np.empty(x.size, np.int32)
    starts = np.zeros(rows + 1, np.int64)
    for i in range(x.size):
        row_of[i] = math.floor((north - y[i]) / cell_size) - first_row
        starts[row_of[i] + 1] += 1
    starts = np.cumsum(starts)
    east, up, total = np.empty(x.size), np.empty(x.size), np.empty(x.size)
    for i in range(x.size):
        j = starts[row_of[i]]
        starts[row_of[i]] = j + 1
        east[j], up[j], total[j] = x[i], y[i], weights[i]

    latest = np.zeros(PLACES, np.int64)
    stop = kept = 0
    for row in range(rows):
        begin, stop = stop, starts[row]
        first = starts[row] = kept
        for j in range(begin, stop):
            key = np.uint64(np.int64(east[j] * 128)) * HASH_X + np.uint64(np.int64(up[j] * 128)) * HASH_Y
            place = key >> HASH_SHIFT
            k = latest[place]
            if first <= k < kept and east[k] == east[j] and up[k] == up[j]:
                total[k] += total[j]
            else:
                latest[place] = kept
                east[kept], up[kept], total[kept] = east[j], up[j], total[j]
                kept += 1
    starts[rows] = kept
    return east[:kept], up[:kept], total[:kept], starts


@kernel(error_model="numpy")
def _place(
    x: float, y: float, row: int, corner: tuple[float, float], cell_size: float, bandwidth: float
) -> tuple[int, float, float]:
    """Return a point's column, and how far it is right and down of its cell's centre, in bandwidths."""
    west, north = corner
    column = math.floor((x - west) / cell_size)
    right = (x - (west + (column + 0.5) * cell_size)) / bandwidth
    down = (north - (row + 0.5) * cell_size - y) / bandwidth
    return column, right, down


# Python's check for division by zero would keep every loop of this function from becoming vectors.
@kernel(error_model="numpy")
def add_compact(  # noqa: C901 - a loop for each kernel, because only then does each become vectors
    x: Floats,
    y: Floats,
    weights: Floats,
    starts: Integers,
    corner: tuple[float, float],
    cell_size: float,
    bandwidth: float,
    first_row: int,
    reach: int,
    spans: Integers,
    kernel: int,
    band: Floats,
) -> None:
    """Add a kernel of compact support, without its constant, for each point to the rows of a band.

    Points, and `starts` with `reach` rows of margin above the grid, are those that `collapse` returns;
    `corner` is the grid's west and north. `band` holds the rows from `first_row` on, with ``2 * reach + 1``
    columns of margin on the left. ``spans[k]`` bounds the columns that a point can reach ``k`` rows off,
    counted from `reach` columns to its left.
    """
    across = np.empty(spans[0, 1])
    # Flat and unsigned positions spare the innermost loops the handling of negative ones.
    cells = band.ravel()
    width = band.shape[1]
    end_row = first_row + band.shape[0]
    step = cell_size / bandwidth
    for row in range(first_row - reach, end_row + reach):
        for i in range(starts[row + reach], starts[row + reach + 1]):
            column, right, down = _place(x[i], y[i], row, corner, cell_size, bandwidth)
            weight = weights[i]
            left = column + reach + 1
            for k in range(across.size):
                dx = (k - reach) * step - right
                across[k] = 1.0 - dx * dx
            for r in range(max(row - reach, first_row), min(row + reach + 1, end_row)):
                dy = (r - row) * step - down
                inset = dy * dy
                if inset >= 1.0:
                    continue
                # Cells beyond the support take part with exactly 0: whole vectors beat a narrow fit.
                start, stop = uintp(spans[abs(r - row), 0]), uintp(spans[abs(r - row), 1])
                at = uintp((r - first_row) * width + left)
                if kernel == QUARTIC:
                    for k in range(start, stop):
                        v = max(across[k] - inset, 0.0)
                        cells[at + k] += weight * (v * v)
                elif kernel == TRIWEIGHT:
                    for k in range(start, stop):
                        v = max(across[k] - inset, 0.0)
                        cells[at + k] += weight * (v * v * v)
                elif kernel == EPANECHNIKOV:
                    for k in range(start, stop):
                        cells[at + k] += weight * max(across[k] - inset, 0.0)
                elif kernel == TRIANGULAR:
                    for k in range(start, stop):
                        # 1 - d = (1 - d²) / (1 + d), which keeps its digits near the rim.
                        v = max(across[k] - inset, 0.0)
                        cells[at + k] += weight * (v / (1.0 + math.sqrt(1.0 - v)))
                else:
                    for k in range(start, stop):
                        cells[at + k] += weight if across[k] - inset > RIM else 0.0


@kernel()
def add_gaussian(
    x: Floats,
    y: Floats,
    weights: Floats,
    starts: Integers,
    corner: tuple[float, float],
    cell_size: float,
    bandwidth: float,
    first_row: int,
    reach: int,
    band: Floats,
) -> None:
    """Add a Gaussian for each point to the rows of a band; the arguments are those of `add_compact`."""
    across = np.empty(2 * reach + 1)
    end_row = first_row + band.shape[0]
    step = cell_size / bandwidth
    for row in range(first_row - reach, end_row + reach):
        for i in range(starts[row + reach], starts[row + reach + 1]):
            column, right, down = _place(x[i], y[i], row, corner, cell_size, bandwidth)
            left = column + reach + 1
            for k in range(across.size):
                dx = (k - reach) * step - right
                across[k] = math.exp(-0.5 * dx * dx) if abs(dx) <= GAUSSIAN_REACH else 0.0
            for r in range(max(row - reach, first_row), min(row + reach + 1, end_row)):
                dy = (r - row) * step - down
                if abs(dy) > GAUSSIAN_REACH:
                    continue
                height = weights[i] * math.exp(-0.5 * dy * dy)
                cells = band[r - first_row, left : left + across.size]
                for k in range(across.size):
                    cells[k] += height * across[k]


@kernel()
def centres_inside(
    x: Floats,
    y: Floats,
    ring_starts: Integers,
    exterior: npt.NDArray[np.bool_],
    rows: int,
    columns: int,
) -> npt.NDArray[np.bool_]:
    """Return which cells of a grid have their centre in a polygon, by where borders cross each centre line.

    `x` and `y` are in cells, right and down from the grid's north-west corner; ring ``k`` has the vertices
    from ``ring_starts[k]`` up to ``ring_starts[k + 1]``. A centre on a left or upper border counts as inside,
    one on a right or lower border does not.
    """
    crossings = np.zeros((rows, columns + 1), np.int16)
    for ring in range(ring_starts.size - 1):
        first, last = ring_starts[ring], ring_starts[ring + 1] - 1
        area = 0.0
        for i in range(first, last):
            area += (x[i] - x[first]) * (y[i + 1] - y[first]) - (x[i + 1] - x[first]) * (y[i] - y[first])
        inward = 1 if (area > 0.0) != exterior[ring] else -1
        for i in range(first, last):
            upper, lower = (i, i + 1) if y[i] < y[i + 1] else (i + 1, i)
            sign = np.int16(inward if upper == i else -inward)
            slope = (x[lower] - x[upper]) / (y[lower] - y[upper]) if y[lower] > y[upper] else 0.0
            start = max(math.ceil(y[upper] - 0.5), 0)
            stop = min(math.ceil(y[lower] - 0.5), rows)
            for row in range(start, stop):
                where = x[upper] + (row + 0.5 - y[upper]) * slope
                column = math.ceil(where - 0.5)
                crossings[row, min(max(column, 0), columns)] += sign

    # The running sum along a row is the number of polygons that hold each centre.
    inside = np.empty((rows, columns), np.bool_)
    for row in range(rows):
        polygons = np.int16(0)
        for column in range(columns):
            polygons += crossings[row, column]
            inside[row, column] = polygons > 0
    return inside
