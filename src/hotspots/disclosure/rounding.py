"""Rounding of counts, and what a rounded one stands for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, listed


def halfway(base: int) -> int:
    """Return the smallest count that rounds up to `base`."""
    return (base + 1) // 2


def counted(counts: pd.Series | npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return counts as an array of whole numbers, of which some may be missing.

    Raises
    ------
    DataError
        When a count is negative or not a whole number.
    """
    values = np.asarray(counts, dtype=float)
    wrong = values[np.isfinite(values) & ((values < 0) | (values != np.floor(values))) | np.isinf(values)]
    if wrong.size:
        raise DataError(
            f"{wrong.size} of {values.size} counts are not whole numbers of 0 or more: "
            f"{listed(f'{value:g}' for value in wrong.ravel())}",
            hint="give counts of incidents; rates and weighted counts are worked out from published counts",
        )
    return values


def rounded(counts: npt.ArrayLike, base: int) -> npt.NDArray[np.float64]:
    """Return counts as the nearest multiples of `base`, upwards where halfway; a missing count stays missing.

    Examples
    --------
    >>> rounded([0, 4, 5, 14, 15, 493], 10).tolist()
    [0.0, 0.0, 10.0, 10.0, 20.0, 490.0]
    """
    values = np.asarray(counts, dtype=float)
    if base <= 1:
        return values.copy()
    return np.asarray(np.floor((2 * values + base) / (2 * base)) * base)


def stands_for(
    shown: npt.NDArray[np.float64], base: int, threshold: int = 0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the least and the greatest count that is shown as each number; 0 and infinity for a missing one.

    Parameters
    ----------
    shown : array of float
    base : int
        What counts are rounded to, upwards where halfway; 0 or 1 for none.
    threshold : int
        The smallest count over 0 that is shown, where small ones are left out: a 0 that is shown is then one.

    Examples
    --------
    >>> low, high = stands_for(np.array([0.0, 10, 490, np.nan]), 10)
    >>> low.tolist(), high.tolist()
    ([0.0, 5.0, 485.0, 0.0], [4.0, 14.0, 494.0, inf])
    >>> low, high = stands_for(np.array([0.0, 10]), 5, threshold=10)
    >>> low.tolist(), high.tolist()
    ([0.0, 10.0], [0.0, 12.0])
    """
    whole = max(base, 1)
    lower, upper = shown - whole // 2, shown + halfway(whole) - 1
    if threshold:
        upper = np.where(shown == 0, 0, upper)
        # Not more than the greatest: a number may be shown that the rules do not know.
        lower = np.where(shown == 0, 0, np.maximum(lower, np.minimum(threshold, upper)))
    lower = np.where(np.isnan(shown), 0, np.maximum(lower, 0))
    return lower, np.where(np.isnan(shown), np.inf, upper)
