"""Pairs of areas that share a border: by vertices where borders match, by geometry where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Positions = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]
Pairs = tuple[Positions, Positions]

_MILLIMETRES = 1000.0
_SHARED_BORDER = 50.0
"""A rook's border is at least this many tolerances long: borders that
meet at a sharp corner run close together too."""


_CELL = r"^cell_(?P<column>-?\d+)_(?P<row>-?\d+)$"


def cell_pairs(codes: pd.Index[str], shape: str, *, corners: bool) -> Pairs | None:
    """Return both directions of every pair of adjacent cells of a grid; None when codes are not cells'.

    Hexagons of odd rows stand half a cell further east than those of even rows.
    """
    places = _cell_places(codes)
    if places is None:
        return None
    column, row = places
    east = row & 1 if shape == "hexagon" else np.zeros(len(row), dtype=np.int64)
    steps: list[tuple[Positions | int, int]] = [(1, 0), (east, 1)]
    if shape == "hexagon":
        steps.append((east - 1, 1))
    elif corners:
        steps += [(1, 1), (-1, 1)]
    stride = int(np.ptp(column)) + 3  # wider than the grid: a step past one end never meets the next row
    keys = (row - row.min()) * stride + column - column.min() + 1
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    here, there = [], []
    for across, up in steps:
        sought = keys + up * stride + across
        place = np.minimum(np.searchsorted(ordered, sought), len(keys) - 1)
        found = np.flatnonzero(ordered[place] == sought)
        here.append(found)
        there.append(order[place[found]])
    one, other = np.concatenate(here), np.concatenate(there)
    return np.concatenate([one, other]), np.concatenate([other, one])


def _cell_places(codes: pd.Index[str]) -> Pairs | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    parsed = pc.extract_regex(pa.array(codes.astype(str), type=pa.string()), pattern=_CELL)
    if parsed.null_count:
        return None
    column, row = (pc.cast(pc.struct_field(parsed, name), pa.int64()) for name in ("column", "row"))
    return column.to_numpy(), row.to_numpy()


def all_polygons(geometries: Geometries) -> bool:
    """Whether every geometry is a polygon or multipolygon."""
    kinds = shapely.get_type_id(geometries)
    return bool(((kinds == 3) | (kinds == 6)).all())


def border_pairs(geometries: Geometries, *, corners: bool, tolerance: float) -> Pairs:
    """Return both directions of every pair that shares a border, or, with `corners`, a point.

    Two areas share a vertex (a corner) or an edge when the coordinates agree to the millimetre. An edge with
    no twin is the outer border or does not match its other side; only the areas with such edges are compared
    as geometries, against all that lie within `tolerance`.
    """
    n = len(geometries)
    vertices, area, closing = _vertices(geometries)
    along = np.flatnonzero(~closing[:-1])
    start, end, owner = vertices[along], vertices[along + 1], area[along]
    keys = np.minimum(start, end) * (vertices.max() + 1) + np.maximum(start, end)
    edges = pd.factorize(keys, size_hint=len(keys) // 2)[0]  # most edges are there twice
    single = (np.bincount(edges)[edges] == 1) & (start != end)
    here, there = _sharing(vertices, area, n) if corners else _sharing(edges, owner, n)
    near, by = _geometric_pairs(geometries, np.unique(owner[single]), (here, there), corners, tolerance)
    return np.concatenate([here, near, by]), np.concatenate([there, by, near])


def _vertices(geometries: Geometries) -> tuple[Positions, Positions, npt.NDArray[np.bool_]]:
    """Return each vertex's number, equal where equal to the millimetre, its area, and which close a ring."""
    xy, area = shapely.get_coordinates(geometries, return_index=True)
    x, y = (
        np.rint((axis - axis.min()) * _MILLIMETRES).astype(np.int64) for axis in np.ascontiguousarray(xy.T)
    )
    numbers = pd.factorize(x * (y.max() + 1) + y, size_hint=len(xy) // 2)[0].astype(np.int64, copy=False)
    first = np.searchsorted(area, np.arange(len(geometries)))
    last = np.append(first[1:], len(area)) - 1
    closing = np.zeros(len(area), dtype=bool)
    closing[last] = True
    # Most areas are one ring, which comes back to its start once, at its end. Taking geometries apart is
    # slow, so only the others are.
    back = np.bincount(
        area[numbers == np.repeat(numbers[first], last - first + 1)], minlength=len(geometries)
    )
    several = (back != 2) | (numbers[first] != numbers[last])
    rings = shapely.get_rings(shapely.get_parts(geometries[several]))
    closing[np.flatnonzero(several[area])[np.cumsum(shapely.get_num_coordinates(rings)) - 1]] = True
    return numbers, area, closing


def _sharing(things: Positions, area: Positions, n: int) -> Pairs:
    """Return the pairs of areas that own one thing, such as a vertex, in common."""
    from scipy import sparse

    shared = np.flatnonzero(np.bincount(things)[things] > 1)
    cells = area[shared].astype(np.int32), things[shared].astype(np.int32)
    owned = sparse.csr_array(
        (np.ones(len(shared), dtype=np.int32), cells), shape=(n, int(things.max(initial=0)) + 1)
    )
    common: Any = (owned @ owned.T).tocoo()
    here, there = common.coords
    apart = here != there
    return here[apart].astype(np.int64), there[apart].astype(np.int64)


def _geometric_pairs(
    geometries: Geometries, unmatched: Positions, known: Pairs, corners: bool, tolerance: float
) -> Pairs:
    """Return the pairs beyond the known with unmatched edges that touch within the tolerance."""
    n = len(geometries)
    involved = np.zeros(n, dtype=bool)
    involved[unmatched] = True
    bounds = shapely.bounds(geometries[unmatched])
    reach = shapely.box(*(bounds + np.array([-tolerance, -tolerance, tolerance, tolerance])).T)
    asked, there = shapely.STRtree(geometries).query(reach)
    here = unmatched[asked]
    # A corner may touch the middle of another's edge; a shared stretch of border is unmatched on both sides.
    fresh = np.where(involved[there], here < there, corners)
    of_interest = involved[known[0]]
    seen = np.isin(here * n + there, known[0][of_interest] * n + known[1][of_interest])
    here, there = here[fresh & ~seen], there[fresh & ~seen]
    compared, position = np.unique(here, return_inverse=True)
    prepared = shapely.force_2d(
        geometries[compared]
    )  # copies: preparing would mark the caller's own geometries
    shapely.prepare(prepared)
    touching = shapely.dwithin(prepared[position], geometries[there], tolerance)
    here, there = here[touching], there[touching]
    if not corners:
        long = _common_border(geometries, here, there, tolerance) > _SHARED_BORDER * tolerance
        here, there = here[long], there[long]
    return here, there


def _common_border(
    geometries: Geometries, here: Positions, there: Positions, tolerance: float
) -> npt.NDArray[np.float64]:
    """Return the metres of the first's border that run within the tolerance of the second."""
    involved, position = np.unique(there, return_inverse=True)
    wide = shapely.buffer(geometries[involved], tolerance) if tolerance else geometries[involved]
    lengths: npt.NDArray[np.float64] = shapely.length(
        shapely.intersection(shapely.boundary(geometries[here]), wide[position])
    )
    return lengths
