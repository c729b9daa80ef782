"""Whether a series rises or falls all along, more surely than chance would have it."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from hotspots.base.errors import ParameterError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FEWEST = 5
"""Values that a series needs: of four, no order has a two-sided p under 0.05."""
EXACT = 10
"""Up to so many values, p is exact."""


def mann_kendall(series: pd.DataFrame | npt.ArrayLike) -> pd.DataFrame:
    r"""Test each series for a trend by its order alone: Mann-Kendall.

    S is the number of pairs of values of which the later is the higher, less those of which it is the lower; a pair
    of equal values counts nothing. If the values came in any order, all orders alike, S would be 0 on average, with
    variance

    .. math:: V = \frac{n (n - 1) (2n + 5) - \sum_g t_g (t_g - 1) (2 t_g + 5)}{18}

    for groups g of :math:`t_g` equal values.

    Parameters
    ----------
    series : DataFrame or array of numbers, shape (rows, n)
        One series a row, its values in the order of time. They must be independent of one another: where
        consecutive ones share data, as rolling sums do, the test finds trends that are not there.

    Returns
    -------
    DataFrame
        On the index of `series`; NaN in rows that lack a value:

        - ``s``: S, from -n (n - 1) / 2 to n (n - 1) / 2, above 0 where the series rises.
        - ``z``: (S - 1) / √V where S is over 0, (S + 1) / √V where it is under, else 0.
        - ``p``: two-sided. Up to 10 values exactly: the share of all orders of them of which S is at least as far
          from 0, ties included. Beyond, from z by the normal distribution.

    Raises
    ------
    ParameterError
        When a series has fewer than five values.

    References
    ----------
    Mann, H. B. (1945) Nonparametric tests against trend. Econometrica 13(3), 245-259.
    https://doi.org/10.2307/1907187

    Examples
    --------
    Of the 120 orders of five values one rises throughout and one falls throughout, so that p is 2/120. In the second
    series seven pairs rise and two fall:

    >>> mann_kendall([[1, 2, 3, 4, 5], [1, 2, 4, 4, 3]]).round(4)
          s       z       p
    0  10.0  2.2045  0.0167
    1   5.0  1.0106  0.3333
    """
    x = np.asarray(series, dtype=float)
    rows, n = x.shape
    if n < FEWEST:
        raise ParameterError(
            f"a trend cannot be told from {n} values",
            hint=f"give {FEWEST} or more, one after the other in time",
        )
    s = rises(x)
    alike = np.stack(
        [(x == x[:, i : i + 1]).sum(axis=1) for i in range(n)], axis=1
    )  # of each value: how many
    variance = (n * (n - 1) * (2 * n + 5) - ((alike - 1) * (2 * alike + 5)).sum(axis=1)) / 18
    z = np.divide(s - np.sign(s), np.sqrt(variance), out=np.zeros(rows), where=variance > 0)
    p = _exact_p(s, np.sort(alike, axis=1)) if n <= EXACT else np.minimum(1.0, 2 * ndtr(-np.abs(z)))
    found: Floats = np.where(np.isnan(x).any(axis=1)[:, None], np.nan, np.column_stack([s, z, p]))
    index: Any = series.index if isinstance(series, pd.DataFrame) else None
    return pd.DataFrame(found, columns=["s", "z", "p"], index=index)


def rises(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return S of each row: the pairs of values of which the later is the higher, less those of which it is the lower.

    Examples
    --------
    >>> rises(np.array([[1.0, 2, 3], [3, 1, 2]])).tolist()
    [3.0, -1.0]
    """
    s = np.zeros(len(x))
    for i in range(x.shape[1] - 1):
        s += np.sign(x[:, i + 1 :] - x[:, i : i + 1]).sum(axis=1)
    return s


def _exact_p(s: Floats, alike: Integers) -> Floats:
    """Return the share of all orders with S as far from 0; rows with the same ties share its distribution."""
    p = np.full(len(s), np.nan)
    ties, kind = np.unique(alike, axis=0, return_inverse=True)
    for k, sizes in enumerate(ties):
        if sizes[0] == 0:
            continue  # a value is missing
        at = np.flatnonzero(kind.ravel() == k)
        shares = _orders(
            [int(size) for size in np.unique(sizes) for _ in range((sizes == size).sum() // size)]
        )
        far = np.abs(2 * np.arange(len(shares)) - (len(shares) - 1))  # |S| with so many pairs that fall
        p[at] = [shares[far >= abs(one)].sum() for one in s[at]]
    found: Floats = np.minimum(p, 1.0)
    return found


def _orders(groups: list[int]) -> Floats:
    """Return the share of all orders of groups of equal values with 0, 1, ... pairs that fall.

    A group of t that joins a values makes 0 to a t more pairs that fall, in Gaussian binomial numbers.
    """
    counts = np.ones(1)
    for before, size in zip(accumulate([0, *groups]), groups, strict=False):
        counts = np.convolve(counts, _gaussian(before, size))
    shares: Floats = counts / counts.sum()
    return shares


def _gaussian(a: int, t: int) -> Floats:
    """Return how many of the ways to lay t equal values among a smaller ones have 0, 1, ..., a t pairs that fall."""
    if a == 0 or t == 0:
        return np.ones(1)
    counts = np.zeros(a * t + 1)
    counts[: a * (t - 1) + 1] = _gaussian(a, t - 1)  # the last laid stands behind all of them
    counts[t:] += _gaussian(a - 1, t)  # or a smaller one is last, under all t
    return counts
