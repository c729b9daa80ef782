"""Polygons for a browser: put on a fine grid, every shared border written once, as short text.

A layer's borders are cut into arcs where areas meet. An arc is a run of integer differences, each written in as many
letters of a 64-letter alphabet as it needs: about five letters a vertex, where GeoJSON takes forty and writes each
border twice. Whatever is drawn from arcs, areas and the districts they make up, has the very same lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.crs import WGS84, transform_xy
from hotspots.export.arcs import Integers, cut_into_arcs

Shapes = npt.NDArray[np.object_]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# One unit is 1e-5 degrees: 1.1 m north, 0.7 m east at 53° N, under a pixel at every zoom level offered.
UNITS_PER_DEGREE = 100_000


@dataclass(frozen=True)
class EncodedShapes:
    """Polygons as text.

    Attributes
    ----------
    sizes : str
        Per polygon the number of parts, per part the number of rings, per ring the number of arcs.
    refs : str
        The arcs of all rings, as differences from one to the next of twice an arc's number, and one more where
        the ring runs against it.
    lengths : str
        Per arc its number of vertices.
    points : str
        Differences of longitude and latitude in turn, over all arcs, starting from (0, 0).
    """

    sizes: str
    refs: str
    lengths: str
    points: str


def encode_shapes(shapes: Shapes, crs: str) -> EncodedShapes:
    """Write polygons as text; see `EncodedShapes`.

    Vertices that fall together on the grid are written once, and rings smaller than the grid are left out.
    Outer rings run one way round and holes the other.
    """
    parts, part_owner = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    points, point_owner = shapely.get_coordinates(rings, return_index=True)
    arcs = cut_into_arcs(_on_grid(points, crs), point_owner)
    lived, part_of = np.unique(ring_owner[arcs.rings], return_inverse=True)
    return EncodedShapes(
        encode_integers(_structure(len(shapes), part_owner[lived], part_of, arcs.sizes)),
        encode_integers(np.diff(arcs.refs, prepend=0)),
        encode_integers(arcs.lengths),
        _differences(arcs.points),
    )


def encode_places(points: Shapes, crs: str) -> str:
    """Write one point per polygon as text, as the points of `EncodedShapes`; an empty one as (0, 0)."""
    coordinates = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    known = np.isfinite(coordinates).all(axis=1)
    grid = np.zeros(coordinates.shape, dtype=np.int64)
    grid[known] = _on_grid(coordinates[known], crs)
    return _differences(grid)


def encode_lines(lines: Shapes, crs: str) -> tuple[str, str]:
    """Write lines as text: the number of vertices of each, and the points of all as those of `EncodedShapes`."""
    parts = shapely.get_parts(lines)
    lengths = shapely.get_num_coordinates(parts)
    points = shapely.get_coordinates(parts)
    if not len(points):
        return "", ""
    return encode_integers(lengths.astype(np.int64)), _differences(_on_grid(points, crs))


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
    for bits in range(5, 55, 5):
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


def decode_integers(text: str) -> Integers:
    """Return the whole numbers of a text that `encode_integers` wrote.

    Examples
    --------
    >>> decode_integers("ABCegB").tolist()
    [0, -1, 1, 15, 16]
    """
    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    values = np.zeros(128, dtype=np.int64)
    values[np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)] = np.arange(64)
    digits = values[letters]
    starts = np.flatnonzero(np.r_[True, digits[:-1] < 32]) if len(digits) else np.zeros(0, dtype=np.int64)
    place = np.arange(len(digits)) - np.repeat(starts, np.diff(np.r_[starts, len(digits)]))
    parts = (digits & 31) << (5 * place)
    zigzag = np.add.reduceat(parts, starts) if len(starts) else parts
    return np.where(zigzag & 1, -(zigzag + 1) // 2, zigzag // 2)


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
