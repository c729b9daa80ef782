"""Pairs of incidents up to a distance apart, and nothing of all the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.base.errors import ParameterError

MOST = 300_000_000
"""So many pairs are held at once; each takes 9 bytes."""
_BLOCK = 4_000_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Each two incidents up to the last distance apart, once.

    Attributes
    ----------
    first, second : ndarray of int32
        Rows of the incidents.
    band : ndarray of uint8
        0 for the same place, 1 up to the first distance, and so on; a distance belongs to the band that it ends.
    """

    first: npt.NDArray[np.int32]
    second: npt.NDArray[np.int32]
    band: npt.NDArray[np.uint8]


def close_pairs(x: Floats, y: Floats, distances: Floats) -> Pairs:
    """Find the pairs up to the last of the distances apart.

    Parameters
    ----------
    x, y : ndarray of float64
        In metres, none missing.
    distances : ndarray of float64
        Where each band ends, rising, over 0.

    Returns
    -------
    Pairs
        In an order that puts neighbours side by side.

    Raises
    ------
    ParameterError
        When there are more than 300 million.
    """
    from scipy.spatial import cKDTree

    points = np.column_stack((x, y))
    order = cKDTree(points).indices  # leaf by leaf: incidents near one another come to stand near in memory
    points = points[order]
    tree, reach = cKDTree(points), float(distances[-1])
    number = tree.query_ball_point(points, reach, return_length=True).astype(np.int64)
    pairs = int(number.sum() - len(points)) // 2
    if pairs > MOST:
        raise ParameterError(
            f"{len(points):,} incidents make {pairs:,} pairs up to {reach:g} m apart, over {MOST:,}",
            hint="give a smaller last number to 'distances', or take one kind of crime, or fewer months",
        )
    first, second = np.empty(pairs, dtype=np.int32), np.empty(pairs, dtype=np.int32)
    band, filled, edges = np.empty(pairs, dtype=np.uint8), 0, np.concatenate(([0.0], distances))
    for start, end in _blocks(number):
        near = cKDTree(points[start:end]).sparse_distance_matrix(tree, reach, output_type="ndarray")
        near = near[near["j"] > near["i"] + start]
        near = near[np.lexsort((near["j"], near["i"]))]
        here = slice(filled, filled + len(near))
        first[here], second[here] = order[near["i"] + start], order[near["j"]]
        band[here] = np.searchsorted(edges, near["v"], side="left")
        filled += len(near)
    return Pairs(first, second, band)


def _blocks(number: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield runs of incidents that have some millions of near ones together; at least one incident each."""
    total, start = np.cumsum(number), 0
    while start < len(number):
        done = int(total[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(total, done + _BLOCK, side="right")))
        yield start, end
        start = end
