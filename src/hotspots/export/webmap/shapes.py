"""Polygons for a browser: simplified together, put on a fine grid, written as short text.

A layer's rings become one stream of integer differences, each written in as many letters of a 64-letter
alphabet as it needs: about five letters a vertex, where GeoJSON takes forty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.crs import WGS84, transform_xy

Shapes = npt.NDArray[np.object_]
Integers = npt.NDArray[np.int64]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# One unit is 1e-5 degrees: 1.1 m north, 0.7 m east at 53° N, under a pixel at every zoom level offered.
UNITS_PER_DEGREE = 100_000
# A polygon of fewer vertices than this (a grid cell) has nothing to simplify.
_SIMPLE = 8


@dataclass(frozen=True)
class EncodedShapes:
    """Polygons as text.

    Attributes
    ----------
    rings : str
        Per polygon the number of parts, per part the number of rings, per ring the number of vertices.
    points : str
        Differences of longitude and latitude in turn, over all rings, starting from (0, 0).
    """

    rings: str
    points: str


def simplify_together(shapes: Shapes, *, vertices: int) -> Shapes:
    """Simplify polygons in metres to about `vertices` in all; shared borders stay shared, nothing gaps.

    The tolerance starts at 1/20,000 of the extent, 1 m at least, and grows until the number of vertices fits.
    Polygons that are simple already, such as cells, are returned as they are.
    """
    count = int(shapely.get_num_coordinates(shapes).sum())
    if count <= _SIMPLE * max(1, len(shapes)):
        return shapes
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(1.0, math.hypot(east - west, north - south) / 20_000)
    for _ in range(12):
        simple = np.asarray(shapely.coverage_simplify(shapes, tolerance), dtype=object)
        count = int(shapely.get_num_coordinates(simple).sum())
        if count <= vertices or count <= _SIMPLE * len(shapes):
            return simple
        shapes, tolerance = simple, tolerance * max(1.4, count / vertices)
    return shapes


def encode_shapes(shapes: Shapes, crs: str) -> EncodedShapes:
    """Write polygons as text; see `EncodedShapes`.

    Vertices that fall together on the grid are written once, and holes smaller than the grid are left out.
    """
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    filled = ~shapely.is_empty(parts)
    parts, part_owner = parts[filled], part_owner[filled]
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    points, point_owner = shapely.get_coordinates(rings, return_index=True)
    grid = _on_grid(points, crs)
    starts = np.r_[True, point_owner[1:] != point_owner[:-1]] if len(grid) else np.zeros(0, dtype=bool)
    moved = np.r_[True, (grid[1:] != grid[:-1]).any(axis=1)] if len(grid) else starts
    # A ring's last vertex repeats its first, and the reader closes rings itself.
    last = np.r_[starts[1:], True] if len(grid) else starts
    keep = (starts | moved) & ~last
    sizes = np.bincount(point_owner[keep], minlength=len(rings))
    exterior = np.r_[True, ring_owner[1:] != ring_owner[:-1]] if len(rings) else np.zeros(0, dtype=bool)
    worth = exterior | (sizes >= 3)
    keep &= worth[point_owner]

    return EncodedShapes(
        encode_integers(_structure(len(shapes), part_owner, ring_owner[worth], sizes[worth])),
        _differences(grid[keep]),
    )


def encode_places(points: Shapes, crs: str) -> str:
    """Write one point per polygon as text, as the points of `EncodedShapes`; an empty one as (0, 0)."""
    coordinates = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    known = np.isfinite(coordinates).all(axis=1)
    grid = np.zeros(coordinates.shape, dtype=np.int64)
    grid[known] = _on_grid(coordinates[known], crs)
    return _differences(grid)


def _on_grid(points: npt.NDArray[np.float64], crs: str) -> Integers:
    longitude, latitude = transform_xy(points[:, 0], points[:, 1], source=crs, target=WGS84)
    return np.round(np.column_stack([longitude, latitude]) * UNITS_PER_DEGREE).astype(np.int64)


def _differences(grid: Integers) -> str:
    return encode_integers(np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel())


def encode_integers(numbers: Integers) -> str:
    """Write whole numbers of either sign as letters, five bits each, the lowest first.

    Examples
    --------
    >>> encode_integers(np.array([0, -1, 1, 15, 16]))
    'ABCegB'
    """
    zigzag = np.where(numbers < 0, -2 * numbers - 1, 2 * numbers).astype(np.uint64)
    lengths = np.ones(len(zigzag), dtype=np.int64)
    for bits in range(5, 45, 5):
        lengths += zigzag >= np.uint64(1 << bits)
    places = np.cumsum(lengths) - lengths
    letters = np.zeros(int(lengths.sum()), dtype=np.uint8)
    alphabet = np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)
    for digit in range(int(lengths.max(initial=0))):
        here = lengths > digit
        value = (zigzag[here] >> np.uint64(5 * digit)) & np.uint64(31)
        more = (lengths[here] > digit + 1).astype(np.uint64) << np.uint64(5)
        letters[places[here] + digit] = alphabet[(value | more).astype(np.int64)]
    return letters.tobytes().decode("ascii")


def _structure(count: int, part_owner: Integers, ring_owner: Integers, sizes: Integers) -> Integers:
    """Return, polygon by polygon, its number of parts, then each part's number of rings and their sizes."""
    parts_of = np.bincount(part_owner, minlength=count)
    rings_of = np.bincount(ring_owner, minlength=len(part_owner))
    # Each number gets a key that sorts it into place: polygon, part within, ring within.
    ring_place = np.arange(len(sizes))
    first_ring = np.cumsum(rings_of) - rings_of
    first_part = np.cumsum(parts_of) - parts_of
    part_at = first_ring + np.arange(len(part_owner))
    polygon_at = np.r_[part_at, len(sizes) + len(part_owner)][
        np.minimum(first_part, len(part_owner))
    ] + np.arange(count)
    ring_at = ring_place + ring_owner + 1 + (part_owner[ring_owner] + 1 if len(ring_owner) else 0)
    out = np.empty(count + len(part_owner) + len(sizes), dtype=np.int64)
    out[polygon_at] = parts_of
    out[part_at + part_owner + 1] = rings_of
    out[ring_at] = sizes
    return out
