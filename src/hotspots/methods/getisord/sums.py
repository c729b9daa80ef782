"""What Gi and Gi* are made of, and their permutations too: one pass over the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EQUAL = 1e-12
"""Relative spread under which values, or a row's weights, are all equal: rounding alone makes that much."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Per area, what the statistic is made of. Values are in SDs from the mean."""

    y: Floats  # values
    rows: Any  # weights without the diagonal
    own: Floats  # weight of the area's own value
    lag: Floats  # weighted sum over the neighbours
    total: Floats  # sum of the neighbours' weights
    squares: Floats  # sum of their squares
    number: Integers  # number of neighbours
    equal: Flags  # whether the neighbours' weights are all the same
    alike: Flags  # ... and the same as the area's own


def make_sums(x: Floats, matrix: Any) -> Sums:
    """Return what the closed form needs of the values and of the matrix of weights."""
    y = (x - x.mean()) / x.std()
    diagonal = matrix.diagonal()
    rows = matrix
    if diagonal.any():
        rows = matrix.tocoo()
        apart = rows.coords[0] != rows.coords[1]
        rows = type(matrix)(
            (rows.data[apart], (rows.coords[0][apart], rows.coords[1][apart])), shape=matrix.shape
        )
    number = np.diff(rows.indptr).astype(np.int64)
    filled = number > 0
    first = rows.indptr[:-1][filled]
    least, most = np.zeros(len(y)), np.zeros(len(y))
    if len(first):
        least[filled] = np.minimum.reduceat(rows.data, first)
        most[filled] = np.maximum.reduceat(rows.data, first)
    own = np.where(diagonal > 0, diagonal, most)
    ones = np.ones(len(y))
    equal = most - least <= EQUAL * most
    return Sums(
        y=y,
        rows=rows,
        own=own,
        lag=rows @ y,
        total=rows @ ones,
        squares=rows.power(2) @ ones,
        number=number,
        equal=equal,
        alike=equal & (np.abs(own - most) <= EQUAL * most),
    )
