"""Compiled kernels of `hotspots.areas.locate.index`: lay areas on a grid of cells, and look points up in it.

A cell's value is an area's position (the cell lies wholly inside it), `OUTSIDE`, or the code ``-2 - entry``
of an entry to test. An entry is (first edge, end of edges, area and state, next value): when the point is in
its area, that area owns it, else the next value decides, which again is an area, `OUTSIDE` or an entry.

An entry's edges are a run: a maximal set of edges of one area, in one row of cells, whose columns overlap.
Beside a run no edge of that area crosses the row from bottom to top, so that one bit, the state on its left,
and the crossings of a ray from the point to the left decide in or out. Edge i goes from vertex i to vertex
i + 1, and most runs are consecutive edges; the others are listed in `edges`, and their first edge is written
as ``-1 - first``. Which cells an edge touches is found conservatively; the only question of geometry that
remains, on which side of an edge a point lies, is answered exactly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.areas.locate.exact import in_run
from hotspots.base.compiled import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Frame = tuple[float, float, float, float, float]
Box = tuple[float, float, float, float]

OUTSIDE = -1
_GAPS = (1750, 701, 301, 132, 57, 23, 10, 4, 1)  # Ciura's for a shell sort


@kernel()
def _read_cells(
    x: Floats, y: Floats, out: Ints, box: Box, inverse: float, columns: int, cells: Ints, open_points: Ints
) -> int:
    """Write each point's cell value to `out`, list the points whose value is an entry, and return their number."""
    west, south, east, north = box
    found = 0
    for k in range(len(x)):
        value = OUTSIDE
        if west <= x[k] <= east and south <= y[k] <= north:
            value = cells[int((y[k] - south) * inverse) * columns + int((x[k] - west) * inverse)]
        out[k] = value
        open_points[found] = k
        found += value < OUTSIDE
    return found


@kernel()
def locate_block(
    x: Floats,
    y: Floats,
    out: Ints,
    box: Box,
    inverse: float,
    columns: int,
    cells: Ints,
    entries: Ints,
    edges: Ints,
    coords: Floats,
) -> None:
    """Write the owner of each point to `out`.

    Memory decides the pace. A batch of points takes each step together, so that the processor waits for many
    of their cells, then entries, then vertices at a time.
    """
    batch = 512
    open_points = np.empty(batch + 1, np.int32)
    at_hand = np.empty((batch, 4), np.int32)
    touched = np.empty(batch)
    for begin in range(0, len(x), batch):
        px, py, owner = x[begin : begin + batch], y[begin : begin + batch], out[begin : begin + batch]
        waiting = _read_cells(px, py, owner, box, inverse, columns, cells, open_points)
        while waiting > 0:
            for j in range(waiting):
                entry = -2 - owner[open_points[j]]
                for part in range(4):
                    at_hand[j, part] = entries[entry, part]
            for j in range(waiting):
                first = at_hand[j, 0]
                touched[j] = coords[first, 1] if first >= 0 else edges[-1 - first]
            still = 0
            for j in range(waiting):
                k = open_points[j]
                first, stop, key, value = at_hand[j]
                if in_run(px[k], py[k], first, stop, edges, coords, key & 1 == 1):
                    value = key >> 1
                owner[k] = value
                open_points[still] = k
                still += value < OUTSIDE
            waiting = still


@kernel()
def _grown(array: Ints, used: int, more: int) -> Ints:
    """Return the array, or a larger copy when `more` rows do not fit after the first `used`."""
    if used + more <= len(array):
        return array
    larger = np.empty((2 * (used + more), array.shape[1]), array.dtype)
    for row in range(used):
        for column in range(array.shape[1]):
            larger[row, column] = array[row, column]
    return larger


@kernel()
def _columns_in_row(
    ax: float, ay: float, bx: float, by: float, bottom: float, top: float, slack: float
) -> tuple[float, float]:
    """Return an x-range that surely holds the part of an edge between two heights."""
    slope = (bx - ax) / (by - ay)
    low, high = min(ay, by), max(ay, by)
    at_bottom = ax + (max(low, bottom - slack) - ay) * slope
    at_top = ax + (min(high, top + slack) - ay) * slope
    left = max(min(at_bottom, at_top) - slack, min(ax, bx))
    right = min(max(at_bottom, at_top) + slack, max(ax, bx))
    return left, right


@kernel()
def _count_rows(
    coords: Floats, rings: Longs, south: float, inverse: float, first: int, last: int, starts: Longs
) -> int:
    """Count the edges in each row; leave the running total in `starts`, and return the sum."""
    starts[: last - first + 2] = 0
    for ring in range(len(rings)):
        for i in range(rings[ring, 0], rings[ring, 1] - 1):
            a, b = coords[i, 1], coords[i + 1, 1]
            low = max(int((min(a, b) - south) * inverse), first)
            high = min(int((max(a, b) - south) * inverse), last)
            for row in range(low, high + 1):
                starts[row - first + 1] += 1
    for row in range(last - first + 1):
        starts[row + 1] += starts[row]
    return int(starts[last - first + 1])


@kernel()
def _place_edges(
    coords: Floats,
    rings: Longs,
    frame: Frame,
    first: int,
    last: int,
    starts: Longs,
    keys: Longs,
    pieces: Ints,
) -> int:
    """Write each edge's columns in each row, grouped by row; return the number of cells touched.

    ``keys`` holds the first column and the piece's number, ``pieces`` the edge, its last column, and whether
    it crosses the middle of the row. On return ``starts[row]`` is where the row ends.
    """
    west, south, size, inverse, slack = frame
    touched = 0
    for ring in range(len(rings)):
        for i in range(rings[ring, 0], rings[ring, 1] - 1):
            ax, ay = coords[i, 0], coords[i, 1]
            bx, by = coords[i + 1, 0], coords[i + 1, 1]
            low = int((min(ay, by) - south) * inverse)
            high = int((max(ay, by) - south) * inverse)
            left, right = min(ax, bx), max(ax, bx)
            for row in range(max(low, first), min(high, last) + 1):
                bottom = south + row * size
                if low < high:
                    left, right = _columns_in_row(ax, ay, bx, by, bottom, bottom + size, slack)
                column = int((left - west) * inverse)
                stop = int((right - west) * inverse)
                middle = bottom + 0.5 * size
                piece = starts[row - first]
                starts[row - first] += 1
                keys[piece] = (column << 32) | piece
                pieces[piece, 0] = i
                pieces[piece, 1] = stop
                pieces[piece, 2] = (ay <= middle) != (by <= middle)
                touched += stop - column + 1
    return touched


@kernel()
def _sort(keys: Longs) -> None:
    """Sort a short array in place."""
    for gap in _GAPS:
        for i in range(gap, len(keys)):
            key = keys[i]
            j = i
            while j >= gap and keys[j - gap] > key:
                keys[j] = keys[j - gap]
                j -= gap
            keys[j] = key


@kernel()
def _lay_row(
    area: int, keys: Longs, pieces: Ints, cells: Ints, entries: Ints, edges: Ints, counts: Longs
) -> None:
    """Cut one area's pieces in one row into runs, and write them and the cells between them."""
    _sort(keys)
    state = 0
    reached = -1
    begin = 0
    while begin < len(keys):
        column = keys[begin] >> 32
        if state == 1:
            cells[reached + 1 : column] = area
        reached = column
        key = (area << 1) | state
        end = begin
        lowest, highest = 1 << 32, -1
        while end < len(keys) and keys[end] >> 32 <= reached:
            edge, stop, crosses = pieces[keys[end] & 0xFFFFFFFF]
            reached = max(reached, int(stop))
            state ^= crosses
            lowest, highest = min(lowest, int(edge)), max(highest, int(edge))
            edges[counts[1] + end - begin, 0] = edge
            end += 1
        first, stop = lowest, highest + 1
        if stop - first > end - begin:
            first = -1 - counts[1]
            counts[1] += end - begin
            stop = counts[1]
        for c in range(column, reached + 1):
            entry = entries[counts[0]]
            entry[0], entry[1], entry[2], entry[3] = first, stop, key, cells[c]
            cells[c] = -2 - counts[0]
            counts[0] += 1
        begin = end


@kernel()
def lay_band(
    coords: Floats,
    rings: Longs,
    ring_starts: Longs,
    heights: Floats,
    frame: Frame,
    band: int,
    cells: Ints,
) -> tuple[Ints, Ints]:
    """Write the cells of the rows from `band` on; return their entries and listed edges, numbered from 0.

    Areas are laid from the last to the first: what an earlier area covers wholly replaces what was there, and
    what it touches is asked before it. So the first area in order that holds a point is its owner.
    """
    _, south, _, inverse, _ = frame
    cells[:] = OUTSIDE
    stop = band + len(cells)
    entries = np.empty((4096, 4), np.int32)
    edges = np.empty((4096, 1), np.int32)
    pieces = np.empty((4096, 3), np.int32)
    keys = np.empty(4096, np.int64)
    starts = np.empty(stop - band + 1, np.int64)
    counts = np.zeros(2, np.int64)
    for area in range(len(ring_starts) - 2, -1, -1):
        mine = rings[ring_starts[area] : ring_starts[area + 1]]
        if len(mine) == 0:
            continue
        first = max(int((heights[area, 0] - south) * inverse), band)
        last = min(int((heights[area, 1] - south) * inverse), stop - 1)
        if first > last:
            continue
        total = _count_rows(coords, mine, south, inverse, first, last, starts)
        if total > len(keys):
            keys = np.empty(2 * total, np.int64)
            pieces = np.empty((2 * total, 3), np.int32)
        touched = _place_edges(coords, mine, frame, first, last, starts, keys, pieces)
        entries = _grown(entries, counts[0], touched)
        edges = _grown(edges, counts[1], total)
        begin = 0
        for row in range(first, last + 1):
            end = starts[row - first]
            _lay_row(area, keys[begin:end], pieces, cells[row - band], entries, edges, counts)
            begin = end
    return entries[: counts[0]], edges[: counts[1], 0]
