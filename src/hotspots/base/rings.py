"""The vertices of areas, and where each ring begins and ends among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.compiled import kernel

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def vertices_and_rings(areas: npt.NDArray[np.object_]) -> tuple[Floats, Longs, Longs]:
    """Return all vertices, each ring's range of vertices, and where each area's rings begin.

    The shapes are (vertices, 2), (rings, 2) and (areas + 1,). A ring begins and ends with the same vertex.
    """
    coords: Floats = shapely.get_coordinates(areas)
    starts = np.concatenate(([0], np.cumsum(shapely.get_num_coordinates(areas), dtype=np.int64)))
    rings = np.empty((len(coords) // 4, 2), dtype=np.int64)
    ring_starts = np.empty(len(areas) + 1, dtype=np.int64)
    if find_rings(coords, starts, rings, ring_starts):
        return coords, rings[: ring_starts[-1]].copy(), ring_starts
    # Repeated vertices, or rings that touch where they begin: take the areas apart, which is slower.
    parts, owner = shapely.get_parts(areas, return_index=True)
    each, part = shapely.get_rings(parts, return_index=True)
    stops = np.cumsum(shapely.get_num_coordinates(each), dtype=np.int64)
    rings = np.column_stack((np.concatenate(([0], stops[:-1])), stops))
    return coords, rings, np.searchsorted(owner[part], np.arange(len(areas) + 1))


@kernel()
def find_rings(coords: Floats, starts: Longs, rings: Longs, ring_starts: Longs) -> bool:
    """Write where each ring begins and ends: a ring ends where its first vertex comes again.

    Return False where a repeated vertex leads astray. It cannot go unnoticed: a search that once begins inside
    a ring never again ends where a ring ends, so it runs out of vertices.
    """
    found = 0
    for area in range(len(starts) - 1):
        ring_starts[area] = found
        begin, limit = starts[area], starts[area + 1]
        while begin < limit:
            x, y = coords[begin, 0], coords[begin, 1]
            end = begin + 1
            while end < limit and (coords[end, 0] != x or coords[end, 1] != y):
                end += 1
            if end >= limit or end < begin + 3:
                return False
            rings[found, 0], rings[found, 1] = begin, end + 1
            found += 1
            begin = end + 1
    ring_starts[-1] = found
    return True
