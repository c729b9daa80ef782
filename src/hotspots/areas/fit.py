"""Polygons that should tile the ground: what they cover together, their overlaps and the gaps they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.limits import NEIGHBOURS, OVERLAPS

_AT_ONCE = 500  # polygons whose neighbours are asked for together

Geometries = npt.NDArray[np.object_]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7


@dataclass(frozen=True, eq=False)
class Fit:
    """How well a set of polygons tiles the ground.

    Attributes
    ----------
    pairs : ndarray of int64, shape (n, 2)
        Positions of the polygons that overlap by more than the tolerance, the lower first, in order.
    overlaps : ndarray of float64, shape (n,)
        The area that each pair shares, in squared units of the coordinates.
    gaps : ndarray of float64, shape (m,)
        The area of each hole that the polygons leave between them, above the tolerance, in no set order.
    looked : int or None
        How many pairs of neighbours were looked at before the search was given up, see `OVERLAPS`; gaps were not
        looked for then. None where all were.
    """

    pairs: npt.NDArray[np.int64]
    overlaps: npt.NDArray[np.float64]
    gaps: npt.NDArray[np.float64]
    looked: int | None = None


def polygon_parts(geometries: Geometries) -> Geometries:
    """Return each geometry without its points and lines; what holds no polygon becomes an empty one.

    Cutting and repairing polygons leaves points and lines behind where edges merely touch.
    """
    kinds = shapely.get_type_id(geometries)
    result = geometries.copy()
    result[~np.isin(kinds, (_POLYGON, _MULTIPOLYGON, _COLLECTION))] = shapely.MultiPolygon()
    for position in np.flatnonzero(kinds == _COLLECTION):
        parts = shapely.get_parts(shapely.get_parts(geometries[position]))
        parts = parts[shapely.get_type_id(parts) == _POLYGON]
        result[position] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return result


def union(geometries: Geometries) -> Any:
    """Return the ground that the polygons cover together, with no line between neighbours."""
    return _union(geometries, _misfits(geometries))


def check_fit(geometries: Geometries, *, tolerance: float = 0.0) -> Fit:
    """Find overlaps between polygons and gaps that they enclose.

    Parameters
    ----------
    geometries : ndarray of shapely polygons or multipolygons
        Valid, none of them empty.
    tolerance : float, default 0.0
        Overlaps and gaps of at most this area are passed over.

    Returns
    -------
    Fit
        The pairs that overlap, by how much, and the gaps.

    Examples
    --------
    >>> squares = shapely.box([0, 1], [0, 0], [2, 3], [1, 1])
    >>> check_fit(squares).overlaps
    array([1.])
    """
    near = _near(geometries)
    if near is not None:
        shared = _shared(geometries, near)
        kept = shared > tolerance
        return Fit(near[kept], shared[kept], np.zeros(0), looked=len(near))
    misfits = _misfits(geometries)
    suspects = np.flatnonzero(misfits)
    # An overlap may show on one of its two polygons only, so suspects are held against all.
    left, right = shapely.STRtree(geometries).query(geometries[suspects])
    pairs = np.sort(np.column_stack([suspects[left], right]), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    shared = _shared(geometries, pairs)
    kept = shared > tolerance
    gaps = shapely.area(_gaps(shapely.get_parts(_union(geometries, misfits))))
    return Fit(pairs[kept], shared[kept], gaps[gaps > tolerance])


def _shared(geometries: Geometries, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(shapely.area(shapely.intersection(geometries[pairs[:, 0]], geometries[pairs[:, 1]])))


def _near(geometries: Geometries) -> npt.NDArray[np.int64] | None:
    """Return the first pairs of polygons whose boxes meet, where there are too many to look at all; else None."""
    tree = shapely.STRtree(geometries)
    most = OVERLAPS + NEIGHBOURS * len(geometries)
    found: list[npt.NDArray[np.int64]] = []
    count = 0
    for start in range(0, len(geometries), _AT_ONCE):
        left, right = tree.query(geometries[start : start + _AT_ONCE])
        pairs = np.column_stack([left + start, right])
        found.append(pairs[pairs[:, 0] < pairs[:, 1]])
        count += len(found[-1])
        if count > most:
            return np.concatenate(found)[:OVERLAPS]
    return None


def _gaps(parts: Geometries) -> Geometries:
    """Return the holes of the ground that is covered, each less what is covered inside it."""
    rings = np.array([ring for part in parts for ring in part.interiors], dtype=object)
    if not len(rings):
        return rings
    holes = shapely.polygons(rings)
    outlines = shapely.polygons(shapely.get_exterior_ring(parts))
    hole, inside = shapely.STRtree(outlines).query(holes, predicate="covers")
    for position in np.unique(hole):
        islands = shapely.union_all(outlines[inside[hole == position]])
        holes[position] = shapely.difference(holes[position], islands)
    return np.asarray(holes)


def _misfits(geometries: Geometries) -> npt.NDArray[np.bool_]:
    """Mark the polygons whose edges do not match their neighbours'. Every overlap has at least one."""
    return np.asarray(~shapely.is_empty(shapely.coverage_invalid_edges(geometries)))


def _union(geometries: Geometries, misfits: npt.NDArray[np.bool_]) -> Any:
    """Dissolve the polygons that fit by their matching edges, several times faster, and add the others."""
    fitting = shapely.coverage_union_all(geometries[~misfits])
    return shapely.union_all([fitting, *geometries[misfits]])
