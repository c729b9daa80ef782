"""Layers whose areas fit together: borders matched, narrow gaps closed, simplified without coming apart."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

# A gap between areas that is narrower than this, in metres, is no ground of its own: generalising borders one by one
# leaves such slivers.
SLIVER = 20.0
# Where matching borders would change an area by more than this share of it, areas lie over each other on purpose.
_MOST_CHANGED = 0.25
_FINEST = 1 / 20_000
# A polygon of fewer vertices than this (a grid cell) has nothing to simplify.
_SIMPLE = 8
# Layers that are remembered: a run draws two or three, over and over.
_REMEMBERED = 6


def _remembering(make: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Let a function of polygons, its first argument, work on the same ones once: a run draws them often."""
    known: dict[tuple[object, ...], _Made] = {}

    @wraps(make)
    def found(*args: _Given.args, **options: _Given.kwargs) -> _Made:
        digest = hashlib.sha256(b"".join(shapely.to_wkb(args[0]))).digest()
        key = (digest, *sorted(options.items()))
        if key not in known:
            made = make(*args, **options)
            while len(known) >= _REMEMBERED:
                known.pop(next(iter(known)), None)
            known[key] = made
        return known[key]

    return found


def fits_together(shapes: Shapes, *, sliver: float = SLIVER) -> bool:
    """Return whether polygons share the vertices of their borders, without overlaps and without narrow gaps."""
    held = shapes[~shapely.is_empty(shapes)]
    return bool(shapely.is_empty(shapely.coverage_invalid_edges(held, gap_width=sliver)).all())


@_remembering
def edge_matched(shapes: Shapes, *, sliver: float = SLIVER) -> Shapes:
    """Return polygons whose shared borders have the same vertices, so that they can be joined without a seam.

    Gaps between them narrower than `sliver` go to the neighbour with which they share most of their border, and ground
    that two claim to one of them. Polygons that fit together already are returned as they are, and so are those that
    lie over each other on purpose: where any would lose or gain more than a quarter of itself.

    Parameters
    ----------
    shapes : array of Polygon or MultiPolygon
        In a projected system, in metres, or with `sliver` in the units of their own.
    sliver : float, default 20
        Metres.

    Returns
    -------
    array of Polygon or MultiPolygon, in the same order

    References
    ----------
    The cleaner of coverages of GEOS 3.14, https://libgeos.org.

    Examples
    --------
    A gap of 5 m between two squares, in the middle of a third area, is closed:

    >>> squares = shapely.box([0, 105], 0, [100, 205], 100)
    >>> around = shapely.box(-50, -50, 255, 150) - shapely.box(0, 0, 205, 100)
    >>> float(shapely.area(edge_matched(np.append(squares, around))).sum())
    61000.0
    """
    held = np.flatnonzero(~shapely.is_empty(shapes))
    if len(held) < 2:
        return shapes
    given = shapes[held]
    doubtful = ~shapely.is_empty(shapely.coverage_invalid_edges(given, gap_width=sliver))
    if not doubtful.any():
        return shapes
    matched = _cleaned(given, doubtful, sliver)
    area = shapely.area(given)
    if (np.abs(shapely.area(matched) - area) > _MOST_CHANGED * area).any():
        return shapes
    found = shapes.copy()
    found[held] = matched
    return found


def closed(shapes: Shapes, *, sliver: float = SLIVER) -> Shapes:
    """Return polygons without their slits and holes narrower than `sliver`; nothing is taken from them."""
    grown = shapely.buffer(
        shapely.buffer(shapes, sliver / 2, join_style="mitre"), -sliver / 2, join_style="mitre"
    )
    # A buffer of nothing leaves out points and lines that are left over where borders all but meet.
    return np.asarray(shapely.buffer(shapely.union(shapes, grown), 0), dtype=object)


def _cleaned(shapes: Shapes, doubtful: npt.NDArray[np.bool_], sliver: float) -> Shapes:
    """Return polygons without gaps and overlaps: the doubtful ones and their neighbours, all where that does not do."""
    tree = shapely.STRtree(shapes)
    near = np.unique(tree.query(shapes[doubtful], predicate="intersects")[1])
    for some in (near, np.arange(len(shapes))):
        beyond = np.setdiff1d(tree.query(shapes[some], predicate="intersects")[1], some)
        given = np.append(shapes[some], _outside(shapes[some], shapes[beyond], sliver))
        made = shapes.copy()
        made[some] = shapely.coverage_clean(given, gap_width=sliver)[:-1]
        if shapely.coverage_is_valid(made):
            break
    return made


def _outside(shapes: Shapes, others: Shapes, sliver: float) -> shapely.Geometry:
    """Return the ground around areas, but for slits at their rim, which are then gaps between areas and it.

    Ground of `others`, the areas next to them, is around them too, however narrow.
    """
    whole = shapely.union_all(shapes)
    slits = shapely.difference(closed(np.array([whole]), sliver=sliver)[0], whole)
    parts = shapely.get_parts(shapely.difference(slits, shapely.union_all(others)))
    # What is left of a border beside itself is no slit.
    worth = parts[shapely.area(parts) > (sliver / 20) ** 2]
    frame = shapely.buffer(shapely.box(*shapely.bounds(whole)), 10 * sliver, join_style="mitre")
    return shapely.buffer(shapely.difference(frame, shapely.union_all(np.append(worth, whole))), 0)


@dataclass(frozen=True, eq=False)
class Simplified:
    """Polygons, and how far their borders may be from those they were made of, in metres.

    Attributes
    ----------
    shapes : array of Polygon or MultiPolygon
    tolerance : float
        0 where nothing was simplified.
    """

    shapes: Shapes
    tolerance: float


@_remembering
def simplify_together(shapes: Shapes, *, vertices: int, finest: float = _FINEST) -> Simplified:
    """Simplify polygons in metres to about `vertices` in all; shared borders stay shared, nothing gaps.

    Polygons that are few enough, or simple already as cells are, are returned as they are. Else the tolerance starts
    at the finest, 1 m at least, and grows until the number of vertices fits.

    Parameters
    ----------
    shapes : array of Polygon or MultiPolygon
        Whose shared borders have the same vertices, see `edge_matched`.
    vertices : int
    finest : float, default 1/20,000
        The tolerance to begin with, as a share of the extent. Each step takes a second of 35,000 areas.

    Returns
    -------
    Simplified
    """
    most = max(vertices, _SIMPLE * len(shapes))
    count = int(shapely.get_num_coordinates(shapes).sum())
    if count <= most:
        return Simplified(shapes, 0.0)
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(1.0, finest * math.hypot(east - west, north - south))
    simple = shapes
    for _ in range(12):
        simple = np.asarray(shapely.coverage_simplify(simple, tolerance), dtype=object)
        count = int(shapely.get_num_coordinates(simple).sum())
        if count <= most:
            break
        tolerance *= max(1.4, count / most)
    return Simplified(simple, tolerance)
