"""Compiled loops of the kernel density: adding kernels to rows of cells, and filling polygons with cells.

Every loop visits its points in the order given, so a cell's sum does not depend on how rows are shared out
among threads.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from hotspots._compiled import kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Codes that `add_compact` takes.
QUARTIC, TRIWEIGHT, EPANECHNIKOV, TRIANGULAR, UNIFORM = range(5)

# The uniform kernel jumps at its rim, where rounding must not let a point at exactly one bandwidth in.
RIM = 1e-12

# In bandwidths, along either axis: beyond it the Gaussian kernel is below 1e-12 of its peak.
GAUSSIAN_REACH = 7.5


# Python's check for division by zero would keep every loop of this function from becoming vectors.
@kernel(error_model="numpy")
def add_compact(  # noqa: C901 - a loop for each kernel, because only then does each become vectors
    rows: Integers,
    columns: Integers,
    right: Floats,
    down: Floats,
    weights: Floats,
    first_row: int,
    reach: int,
    step: float,
    spans: Integers,
    kernel: int,
    band: Floats,
) -> None:
    """Add a kernel of compact support, without its constant, for each point to the rows of a band.

    Lengths are in bandwidths. A point stands in cell (`rows`, `columns`), `right` and `down` of that cell's
    centre; `step` is the cell's side. `band` holds the rows from `first_row` on, with ``2 * reach + 1``
    columns of margin on the left. ``spans[k]`` bounds the columns that a point can reach ``k`` rows off,
    counted from `reach` columns to its left.
    """
    across = np.empty(spans[0, 1])
    end_row = first_row + band.shape[0]
    for i in range(rows.size):
        row = rows[i]
        weight = weights[i]
        left = columns[i] + reach + 1
        for k in range(across.size):
            dx = (k - reach) * step - right[i]
            across[k] = 1.0 - dx * dx
        for r in range(max(row - reach, first_row), min(row + reach + 1, end_row)):
            dy = (r - row) * step - down[i]
            inset = dy * dy
            if inset >= 1.0:
                continue
            # Cells beyond the support take part with exactly 0: whole vectors beat a narrow fit.
            start, stop = spans[abs(r - row)]
            cells = band[r - first_row, left + start : left + stop]
            room = across[start:stop]
            if kernel == QUARTIC:
                for k in range(room.size):
                    v = max(room[k] - inset, 0.0)
                    cells[k] += weight * (v * v)
            elif kernel == TRIWEIGHT:
                for k in range(room.size):
                    v = max(room[k] - inset, 0.0)
                    cells[k] += weight * (v * v * v)
            elif kernel == EPANECHNIKOV:
                for k in range(room.size):
                    cells[k] += weight * max(room[k] - inset, 0.0)
            elif kernel == TRIANGULAR:
                for k in range(room.size):
                    # 1 - d = (1 - d²) / (1 + d), which keeps its digits near the rim.
                    v = max(room[k] - inset, 0.0)
                    cells[k] += weight * (v / (1.0 + math.sqrt(1.0 - v)))
            else:
                for k in range(room.size):
                    cells[k] += weight if room[k] - inset > RIM else 0.0


@kernel()
def add_gaussian(
    rows: Integers,
    columns: Integers,
    right: Floats,
    down: Floats,
    weights: Floats,
    first_row: int,
    reach: int,
    step: float,
    band: Floats,
) -> None:
    """Add a Gaussian for each point to the rows of a band; the arguments are those of `add_compact`."""
    across = np.empty(2 * reach + 1)
    end_row = first_row + band.shape[0]
    for i in range(rows.size):
        row = rows[i]
        left = columns[i] + reach + 1
        for k in range(across.size):
            dx = (k - reach) * step - right[i]
            across[k] = math.exp(-0.5 * dx * dx) if abs(dx) <= GAUSSIAN_REACH else 0.0
        for r in range(max(row - reach, first_row), min(row + reach + 1, end_row)):
            dy = (r - row) * step - down[i]
            if abs(dy) > GAUSSIAN_REACH:
                continue
            height = weights[i] * math.exp(-0.5 * dy * dy)
            cells = band[r - first_row, left : left + across.size]
            for k in range(across.size):
                cells[k] += height * across[k]


@kernel()
def add_crossings(
    x: Floats,
    y: Floats,
    ring_starts: Integers,
    exterior: npt.NDArray[np.bool_],
    crossings: npt.NDArray[np.int16],
) -> None:
    """Mark where polygon borders cross the centre lines of the rows of a grid.

    `x` and `y` are in cells, right and down from the grid's north-west corner; ring ``k`` has the vertices
    from ``ring_starts[k]`` up to ``ring_starts[k + 1]``. After this, the running sum along a row of
    `crossings` is the number of polygons that hold each cell's centre. A centre on a left or upper border
    counts as inside, one on a right or lower border does not.
    """
    n_rows, n_columns = crossings.shape[0], crossings.shape[1] - 1
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
            stop = min(math.ceil(y[lower] - 0.5), n_rows)
            for row in range(start, stop):
                where = x[upper] + (row + 0.5 - y[upper]) * slope
                column = math.ceil(where - 0.5)
                crossings[row, min(max(column, 0), n_columns)] += sign
