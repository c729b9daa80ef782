"""Borders that areas share, each once: rings on a grid, cut into arcs where borders meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Arcs:
    """Rings cut where borders meet.

    Attributes
    ----------
    points : array of int, shape (vertices, 2)
        The vertices of all arcs, end to end.
    lengths : array of int
        How many of them each arc has; an arc that closes on itself ends with its first.
    rings : array of int
        The rings that have an extent on the grid; the others are left out.
    refs : array of int
        The arcs of these rings: twice an arc's number, and one more where the ring runs against it.
    sizes : array of int
        How many arcs each of them has.
    """

    points: Integers
    lengths: Integers
    rings: Integers
    refs: Integers
    sizes: Integers


def cut_into_arcs(grid: Integers, ring_of: Integers) -> Arcs:
    """Cut rings of vertices into arcs, each shared by all rings that run along it, numbered as they first come.

    Parameters
    ----------
    grid : array of int, shape (vertices, 2)
        Rings, each closed by its first vertex or not. Of vertices that fall together one is kept, and rings of fewer
        than three are left out.
    ring_of : array of int
        Each vertex's ring, ascending from 0.

    Examples
    --------
    Two squares side by side: the border between them is arc 0, which the second square runs along backwards.

    >>> squares = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [1, 0], [2, 0], [2, 1], [1, 1]])
    >>> arcs = cut_into_arcs(squares, np.repeat([0, 1], 4))
    >>> arcs.refs.tolist(), arcs.sizes.tolist()
    ([0, 2, 4, 1], [2, 2])
    """
    grid, ring_of = _closed_by_itself(grid, ring_of)
    worth = np.bincount(ring_of) >= 3
    kept = worth[ring_of]
    grid, ring_of = grid[kept], (np.cumsum(worth) - 1)[ring_of[kept]]
    if not len(grid):
        none = np.zeros(0, dtype=np.int64)
        return Arcs(grid, none, none, none, none)
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
    return Arcs(points, lengths, np.flatnonzero(worth), refs, np.bincount(ring_of[begins]))


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


def _closed_by_itself(grid: Integers, ring_of: Integers) -> tuple[Integers, Integers]:
    """Leave out vertices that repeat the one before them, and those at a ring's end that repeat its first."""
    starts = np.diff(ring_of, prepend=-1) != 0
    keep = starts | (np.diff(grid, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)) != 0).any(axis=1)
    grid, ring_of, starts = grid[keep], ring_of[keep], starts[keep]
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1]
    last = np.diff(ring_of, append=-1) != 0
    repeats = last & ~starts & (grid == grid[first]).all(axis=1)
    return grid[~repeats], ring_of[~repeats]
