"""Sums of weights that do not depend on the order in which they are added.

Weights are taken to the millionth, and millionths are added as whole numbers: exactly, up to nine thousand
million to a sum. So batches and machines come to the same sums as one table does, to the last digit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.base.errors import DataError

MILLION = 1_000_000

# Just under 2⁶³ millionths.
_MOST = 9e12

Integers = npt.NDArray[np.int64]


def add_up(places: npt.NDArray[np.integer[Any]], size: int, weights: npt.NDArray[np.float64] | None) -> Any:
    """Return how many there are at each place or, with weights, the sum of theirs.

    Parameters
    ----------
    places : ndarray of int, shape (n,)
        From 0.
    size : int
        How many places there are.
    weights : ndarray of float64, shape (n,), or None
        At least 0, to the millionth; None for 1 each.

    Returns
    -------
    ndarray of int64, or of float64 where some sum is not a whole number; shape (size,)

    Raises
    ------
    DataError
        When the weights add up to more than nine million million.

    Examples
    --------
    >>> add_up(np.array([0, 2, 2]), 3, None).tolist()
    [1, 0, 2]
    >>> add_up(np.array([0, 2, 2]), 3, np.array([10.0, 0.1, 0.2])).tolist()
    [10.0, 0.0, 0.3]
    """
    if weights is None:
        return np.bincount(places, minlength=size).astype(np.int64)
    return from_millionths(np.bincount(places, weights=_whole(weights), minlength=size).astype(np.int64))


def millionths(weights: npt.NDArray[np.float64]) -> Integers:
    """Return weights as whole numbers of millionths.

    Raises
    ------
    DataError
        When they add up to more than nine million million, which whole numbers of 64 bits cannot hold.
    """
    return _whole(weights).astype(np.int64)


def _whole(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the millionths that weights come to, as floats."""
    with np.errstate(over="ignore"):
        total = float(weights.sum())
    if total > _MOST:
        raise DataError(
            f"the weights add up to {total:.3g}, and the largest is {float(weights.max()):.3g}: more than can be added "
            "exactly",
            hint="mend the column of weights, or give them in a larger unit",
        )
    held = weights * MILLION
    return np.rint(held, out=held)


def from_millionths(sums: Integers) -> Any:
    """Return sums of millionths as whole numbers where all are, else as decimal ones."""
    return sums // MILLION if not (sums % MILLION).any() else sums / MILLION
