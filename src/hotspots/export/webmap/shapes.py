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

Shapes = npt.NDArray[np.object_]
Integers = npt.NDArray[np.int64]

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
    grid, owner = _closed_by_itself(_on_grid(points, crs), point_owner)
    worth = np.bincount(owner, minlength=len(rings)) >= 3
    kept = worth[owner]
    arcs = cut_into_arcs(grid[kept], (np.cumsum(worth) - 1)[owner[kept]])
    lived, part_of = np.unique(ring_owner[worth], return_inverse=True)
    return EncodedShapes(
        encode_integers(_structure(len(shapes), part_owner[lived], part_of, arcs.sizes)),
        encode_integers(np.diff(arcs.refs, prepend=0)),
        encode_integers(arcs.lengths),
        _differences(arcs.points),
    )


def _closed_by_itself(grid: Integers, owner: Integers) -> tuple[Integers, Integers]:
    """Leave out vertices that repeat the one before them, and those at a ring's end that repeat its first."""
    starts = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, dtype=bool)
    moved = np.r_[True, (grid[1:] != grid[:-1]).any(axis=1)] if len(owner) else starts
    keep = starts | moved
    grid, owner, starts = grid[keep], owner[keep], starts[keep]
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1]
    last = np.r_[starts[1:], True] if len(owner) else starts
    repeats = last & ~starts & (grid == grid[first]).all(axis=1)
    return grid[~repeats], owner[~repeats]


@dataclass(frozen=True)
class Arcs:
    """Rings cut where borders meet.

    Attributes
    ----------
    points : array of int, shape (vertices, 2)
        The vertices of all arcs, end to end.
    lengths : array of int
        How many of them each arc has; an arc that closes on itself ends with its first.
    refs : array of int
        The arcs of all rings: twice an arc's number, and one more where the ring runs against it.
    sizes : array of int
        How many arcs each ring has.
    """

    points: Integers
    lengths: Integers
    refs: Integers
    sizes: Integers


def cut_into_arcs(grid: Integers, ring_of: Integers) -> Arcs:
    """Cut rings of vertices into arcs, each shared by all rings that run along it, numbered as they first come.

    Parameters
    ----------
    grid : array of int, shape (vertices, 2)
        Rings of at least two vertices, without the last, which would repeat the first.
    ring_of : array of int
        Each vertex's ring, ascending from 0.
    """
    if not len(grid):
        none = np.zeros(0, dtype=np.int64)
        return Arcs(grid, none, none, none)
    _, vertex = np.unique(grid[:, 0] * (1 << 32) + grid[:, 1], return_inverse=True)
    starts = np.flatnonzero(np.r_[True, ring_of[1:] != ring_of[:-1]])
    counts = np.diff(np.r_[starts, len(grid)])
    cut = _cuts(vertex, starts, counts, ring_of)
    # Every ring is turned to begin at its first cut.
    within = np.arange(len(grid)) - starts[ring_of]
    turn = np.minimum.reduceat(np.where(cut, within, len(grid)), starts)
    turned = starts[ring_of] + (within + turn[ring_of]) % counts[ring_of]
    following = turned[starts[ring_of] + (within + 1) % counts[ring_of]]
    begins = np.flatnonzero(cut[turned])
    edges = np.diff(np.r_[begins, len(grid)])
    ends = begins + edges - 1

    # An arc is known by its first edge, from whichever end that is the lower.
    forward = vertex[turned[begins]] * len(grid) + vertex[following[begins]]
    backward = vertex[following[ends]] * len(grid) + vertex[turned[ends]]
    against = backward < forward
    _, at, which = np.unique(np.minimum(forward, backward), return_index=True, return_inverse=True)
    number = np.empty(len(at), dtype=np.int64)
    number[np.argsort(at)] = np.arange(len(at))
    stored = np.sort(at)
    refs = 2 * number[which] + (against ^ against[at[which]])

    lengths = edges[stored] + 1
    offsets = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    final = offsets == np.repeat(edges[stored], lengths)
    place = np.repeat(begins[stored], lengths) + offsets - final
    points = grid[np.where(final, following[place], turned[place])]
    return Arcs(points, lengths, refs, np.bincount(ring_of[begins]))


def _cuts(vertex: Integers, starts: Integers, counts: Integers, ring_of: Integers) -> npt.NDArray[np.bool_]:
    """Return where rings are cut: where more or fewer than two edges meet, and once where a ring meets no other."""
    size = len(vertex)
    within = np.arange(size) - starts[ring_of]
    after = vertex[starts[ring_of] + (within + 1) % counts[ring_of]]
    before = vertex[starts[ring_of] + (within - 1) % counts[ring_of]]
    edges = np.unique(np.minimum(vertex, after) * size + np.maximum(vertex, after))
    meeting = np.bincount(np.r_[edges // size, edges % size], minlength=size)
    node = meeting != 2
    # Where a ring turns back on itself it is cut as well.
    node[vertex[after == before]] = True
    cut = node[vertex]
    alone = ~np.logical_or.reduceat(cut, starts)
    lowest = np.minimum.reduceat(vertex, starts)
    return np.asarray(cut | (alone[ring_of] & (vertex == lowest[ring_of])))


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
