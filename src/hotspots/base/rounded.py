"""Counts that were rounded: the least and the most that each may have been."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def least_and_most(n: npt.ArrayLike, rounded: int) -> tuple[Floats, Floats]:
    """Return the least and the most that counts rounded to the nearest multiple, halves upwards, may have been.

    Parameters
    ----------
    n : array of numbers
        NaN gives NaN.
    rounded : int
        What they are multiples of; 1 where they are exact.

    Examples
    --------
    >>> [ends.tolist() for ends in least_and_most([0, 10], 10)]
    [[0.0, 5.0], [4.0, 14.0]]
    >>> [ends.tolist() for ends in least_and_most([0, 10], 1)]
    [[0.0, 10.0], [0.0, 10.0]]
    """
    counts = np.asarray(n, dtype=float)
    return np.maximum(counts - rounded // 2, 0), counts + (rounded - 1) // 2
