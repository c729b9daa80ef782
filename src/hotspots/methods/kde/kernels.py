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

# Entries of the table that tells, by the squared distance, the smallest bandwidth that a pair is within.
RINGS = 2048

# Slots for the places of one row of cells, few enough for the processor's nearest cache, and odd multipliers
# that spread coordinates over them.
PLACES = 4096
HASH_X, HASH_Y = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@kernel()
def _gathered(
    x: Floats, y: Floats, weights: Floats, bin_of: npt.NDArray[np.int32], bins: int, slots: int, probes: int
) -> tuple[Floats, Floats, Floats, Integers]:
    """Put points in the order of their bins; add up the weights of those on one coordinate; say where bins start.

    `slots`, a power of two, is the size of the table that finds a place again, and `probes` how many more of
    them are tried where one is taken by another place. With none the later of two such places starts afresh.
    """
    starts = np.zeros(bins + 1, np.int64)
    for i in range(x.size):
        starts[bin_of[i] + 1] += 1
    for number in range(bins):
        starts[number + 1] += starts[number]
    east, up, total = np.empty(x.size), np.empty(x.size), np.empty(x.size)
    for i in range(x.size):
        j = starts[bin_of[i]]
        starts[bin_of[i]] = j + 1
        east[j], up[j], total[j] = x[i], y[i], weights[i]

    latest = np.zeros(slots, np.int64)
    shift = np.uint64(64 - round(math.log2(slots)))
    last_slot = np.uint64(slots - 1)
    stop = kept = 0
    for number in range(bins):
        begin, stop = stop, starts[number]
        first = starts[number] = kept
        for j in range(begin, stop):
            key = np.uint64(np.int64(east[j] * 128)) * HASH_X + np.uint64(np.int64(up[j] * 128)) * HASH_Y
            place = key >> shift
            k, tries = latest[place], 0
            while tries < probes and first <= k < kept and not (east[k] == east[j] and up[k] == up[j]):
                place = (place + np.uint64(1)) & last_slot
                k = latest[place]
                tries += 1
            if first <= k < kept and east[k] == east[j] and up[k] == up[j]:
                total[k] += total[j]
            else:
                latest[place] = kept
                east[kept], up[kept], total[kept] = east[j], up[j], total[j]
                kept += 1
    starts[bins] = kept
    return east[:kept], up[:kept], total[:kept], starts


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
    for i in range(x.size):
        row_of[i] = math.floor((north - y[i]) / cell_size) - first_row
    return _gathered(x, y, weights, row_of, rows, PLACES, 0)


@kernel()
def collapse_cells(
    x: Floats,
    y: Floats,
    weights: Floats,
    corner: tuple[float, float],
    cell_size: float,
    shape: tuple[int, int],
) -> tuple[Floats, Floats, Floats, Integers]:
    """Put points in the order of their cells, row by row, and add up the weights of those on one coordinate.

    `corner` is the west and north of the cells and `shape` their rows and columns; every point, of which there is
    one at least, lies in one. All points on one coordinate become one, without exception.
    """
    west, north = corner
    rows, columns = shape
    cell_of = np.empty(x.size, np.int32)
    for i in range(x.size):
        row = min(math.floor((north - y[i]) / cell_size), rows - 1)
        cell_of[i] = row * columns + min(math.floor((x[i] - west) / cell_size), columns - 1)
    fullest = np.bincount(cell_of).max()
    slots = 2 ** math.ceil(math.log2(2 * max(fullest, PLACES // 2)))
    return _gathered(x, y, weights, cell_of, rows * columns, slots, slots)


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


@kernel(error_model="numpy")
def add_left_out(
    x: Floats,
    y: Floats,
    weights: Floats,
    starts: Integers,
    corner: tuple[float, float],
    cell_size: float,
    columns: int,
    left_out: Integers,
    bandwidths: Floats,
    share: float,
    background: float,
    sums: Floats,
) -> None:
    """Add, for each bandwidth, the weighted log densities at some places by the quartic kernels of all others.

    Places are those that `collapse_cells` returns, in rows of `columns` cells; bandwidths rise. A place's
    density is that of the others, all of weight 1 together, times `share` plus `background`. The distance of
    two places is taken once: its powers are added up by the smallest bandwidth that it is within, a ring, and
    the quartic of a bandwidth is a polynomial of the sums over its rings.
    """
    west, north = corner
    rows = (starts.size - 1) // columns
    squares = bandwidths * bandwidths
    widest = squares[-1]
    scale = (RINGS - 1) / widest
    ring_of = _rings(squares, scale)
    reach = math.ceil(bandwidths[-1] / cell_size)
    total = weights.sum()
    powers = np.empty((bandwidths.size, 3))
    squared = np.empty(weights.size)
    for i in left_out:
        powers[:] = 0.0
        row = math.floor((north - y[i]) / cell_size)
        for r in range(max(row - reach, 0), min(row + reach + 1, rows)):
            top = north - r * cell_size
            off = max(y[i] - top, top - cell_size - y[i], 0.0)
            half = math.sqrt(max(widest - off * off, 0.0))
            first = max(math.floor((x[i] - half - west) / cell_size), 0)
            last = min(math.floor((x[i] + half - west) / cell_size), columns - 1)
            start, stop = starts[r * columns + first], starts[r * columns + last + 1]
            for j in range(start, stop):
                squared[j - start] = (x[j] - x[i]) ** 2 + (y[j] - y[i]) ** 2
            for j in range(start, stop):
                d = squared[j - start]
                if d < widest:
                    ring = ring_of[int(d * scale)]
                    if squares[ring] <= d:
                        ring += 1
                    power = weights[j]
                    powers[ring, 0] += power
                    power *= d
                    powers[ring, 1] += power
                    powers[ring, 2] += power * d
        near, by_square, by_fourth = -weights[i], 0.0, 0.0
        for b in range(bandwidths.size):
            near += powers[b, 0]
            by_square += powers[b, 1]
            by_fourth += powers[b, 2]
            height = near - 2.0 * by_square / squares[b] + by_fourth / (squares[b] * squares[b])
            density = max(height, 0.0) * (3.0 / math.pi) / squares[b] / (total - weights[i])
            sums[b] += weights[i] * math.log(share * density + background)


@kernel()
def _rings(squares: Floats, scale: float) -> Integers:
    """Return, by the squared distance times `scale`, the lowest ring that it can lie in."""
    ring_of = np.empty(RINGS, np.int64)
    ring = 0
    for k in range(RINGS):
        while ring < squares.size - 1 and squares[ring] <= k / scale:
            ring += 1
        ring_of[k] = ring
    return ring_of


@kernel()
def between_centres(values: Floats, across: Floats, down: Floats) -> Floats:
    """Return values at places, interpolated between the four nearest cell centres; see `grid.interpolated`."""
    rows, columns = values.shape
    found = np.empty(across.size)
    for i in range(across.size):
        found[i] = np.nan
        row, column = math.floor(down[i]), math.floor(across[i])
        if not (0 <= row < rows and 0 <= column < columns):
            continue
        top = min(max(math.floor(down[i] - 0.5), 0), max(rows - 2, 0))
        left = min(max(math.floor(across[i] - 0.5), 0), max(columns - 2, 0))
        below, right = min(top + 1, rows - 1), min(left + 1, columns - 1)
        share_down = min(max(down[i] - 0.5 - top, 0.0), 1.0)
        share_across = min(max(across[i] - 0.5 - left, 0.0), 1.0)
        upper = values[top, left] * (1 - share_across) + values[top, right] * share_across
        lower = values[below, left] * (1 - share_across) + values[below, right] * share_across
        blended = upper * (1 - share_down) + lower * share_down
        own = values[row, column]
        found[i] = own if math.isnan(own) or math.isnan(blended) else blended
    return found
