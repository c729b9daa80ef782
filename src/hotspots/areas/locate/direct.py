"""Compiled kernels for a few points: those in each area's bounding box, and their owners."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import uintp

from hotspots.areas.locate.exact import in_run
from hotspots.base.compiled import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Box = tuple[float, float, float, float]


@kernel()
def total_bounds(bounds: Floats) -> Box:
    """Return the bounds of all areas together; those of none hold no point."""
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for area in range(len(bounds)):
        # An empty area has no bounds: NaN is neither below nor above.
        west = bounds[area, 0] if bounds[area, 0] < west else west
        south = bounds[area, 1] if bounds[area, 1] < south else south
        east = bounds[area, 2] if bounds[area, 2] > east else east
        north = bounds[area, 3] if bounds[area, 3] > north else north
    return west, south, east, north


@kernel()
def _in_cells(
    x: Floats, y: Floats, box: Box, across: float, along: float, columns: int, cells: int
) -> tuple[Ints, Ints]:
    """Return the points inside `box` in the order of the cells they lie in, and where each cell starts."""
    west, south, east, north = box
    cell_of = np.full(len(x), -1, np.int32)
    starts = np.zeros(cells + 2, np.int32)
    for k in range(len(x)):
        if west <= x[k] <= east and south <= y[k] <= north:
            cell_of[k] = int((y[k] - south) * along) * columns + int((x[k] - west) * across)
            starts[cell_of[k] + 2] += 1
    for cell in range(2, cells + 2):
        starts[cell] += starts[cell - 1]
    grouped = np.empty(starts[cells + 1], np.int32)
    for k in range(len(x)):
        if cell_of[k] >= 0:
            grouped[starts[cell_of[k] + 1]] = k
            starts[cell_of[k] + 1] += 1
    return grouped, starts


@kernel()
def points_in_boxes(x: Floats, y: Floats, bounds: Floats, box: Box) -> tuple[Ints, Longs]:
    """Return, area by area, the points in its bounding box, and where each area's points begin.

    The points are first put in coarse cells over `box`, some cells to a point, so that an area looks at few
    others.
    """
    west, south, east, north = box
    side = min(int(6 * math.sqrt(len(x))), 1024)
    # Rounding keeps the order of coordinates, so no bounding box loses a point that it holds.
    across = side / (east - west) if east > west else 0.0
    along = side / (north - south) if north > south else 0.0
    columns = side + 1
    grouped, starts = _in_cells(x, y, box, across, along, columns, columns * columns)
    found = np.empty(4 * len(x) + 16, np.int32)
    begins = np.zeros(len(bounds) + 1, np.int64)
    count = 0
    for area in range(len(bounds)):
        left, low, right, high = bounds[area, 0], bounds[area, 1], bounds[area, 2], bounds[area, 3]
        if left <= right:
            # Unsigned positions spare the loops the handling of negative ones.
            first, last = uintp((left - west) * across), uintp((right - west) * across)
            for row in range(uintp((low - south) * along), uintp((high - south) * along) + uintp(1)):
                cell = row * uintp(columns)
                for place in range(starts[cell + first], starts[cell + last + uintp(1)]):
                    k = uintp(grouped[uintp(place)])
                    if left <= x[k] <= right and low <= y[k] <= high:
                        if count == len(found):
                            found = np.concatenate((found, np.empty_like(found)))
                        found[count] = k
                        count += 1
        begins[area + 1] = count
    return found[:count], begins


@kernel()
def settle_points(
    x: Floats,
    y: Floats,
    out: Ints,
    near: Longs,
    points: Ints,
    begins: Longs,
    coords: Floats,
    rings: Longs,
    ring_starts: Longs,
) -> None:
    """Write to `out` the first of the areas `near` that holds each point; `begins` counts all areas."""
    no_list = np.empty(0, np.int32)
    for j in range(len(near)):
        area = near[j]
        for place in range(begins[area], begins[area + 1]):
            k = points[place]
            if out[k] >= 0:
                continue
            # What lies on one ring of a valid area is inside an even number of those that follow.
            inside = False
            for ring in range(ring_starts[j], ring_starts[j + 1]):
                inside = in_run(x[k], y[k], rings[ring, 0], rings[ring, 1] - 1, no_list, coords, inside)
            if inside:
                out[k] = area
