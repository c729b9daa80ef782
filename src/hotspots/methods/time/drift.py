"""Slow drifts in a series: the exponentially weighted mean, and the Poisson CUSUM with how often it cries wolf."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import ParameterError
from hotspots.base.poisson import require_dispersion
from hotspots.methods.time.calendar import as_counts

Floats = npt.NDArray[np.float64]

_STEPS = 400  # of the threshold, into which the walk of a CUSUM is divided to find how long it goes


def ewma_chart(
    values: pd.Series[Any], *, centre: float, deviation: float, weight: float = 0.2, sigmas: float = 3.0
) -> pd.DataFrame:
    """Return the exponentially weighted moving average of a series, and its limits: small lasting shifts show early.

    ``z_t = λ x_t + (1 - λ) z_(t-1)`` from z_0 = μ, with limits ``μ ± L σ √(λ / (2 - λ) (1 - (1 - λ)^(2t)))``.

    Parameters
    ----------
    values : Series of numbers
        In the order of time.
    centre, deviation : float
        μ and σ of ordinary values, from another time or from the moving ranges; σ over 0.
    weight : float, default 0.2
        λ, the weight of the newest value, over 0 and at most 1, where the chart is one of single values.
    sigmas : float, default 3
        L, the width of the limits.

    Returns
    -------
    DataFrame
        On the index of `values`: ``n``, ``expected`` (μ), ``ewma``, ``exp_lo``, ``exp_hi``.

    Raises
    ------
    ParameterError
        When `weight`, `deviation` or `sigmas` is out of its range.

    References
    ----------
    Roberts, S. W. (1959) Control chart tests based on geometric moving averages. Technometrics 1(3), 239-250.
    https://doi.org/10.1080/00401706.1959.10489860

    Examples
    --------
    >>> import pandas as pd
    >>> chart = ewma_chart(pd.Series([52.0, 47.0]), centre=50, deviation=2.0539, weight=0.3)
    >>> chart["ewma"].round(2).tolist(), chart["exp_hi"].round(4).tolist()
    ([50.6, 49.52], [51.8485, 52.2564])
    """
    if not 0 < weight <= 1:
        raise ParameterError(f"'weight' is {weight}", hint="use over 0 up to 1, such as 'weight' = 0.2")
    for name, value in (("deviation", deviation), ("sigmas", sigmas)):
        if not 0 < value < math.inf:
            raise ParameterError(f"'{name}' is {value}", hint="use a number over 0")
    x = np.asarray(values, dtype=np.float64)
    smooth = np.empty(len(x))
    held = centre
    for place, value in enumerate(x):
        held = weight * value + (1 - weight) * held
        smooth[place] = held
    grown = 1 - (1 - weight) ** (2 * np.arange(1, len(x) + 1))
    width = sigmas * deviation * np.sqrt(weight / (2 - weight) * grown)
    return pd.DataFrame(
        {"n": values, "expected": centre, "ewma": smooth, "exp_lo": centre - width, "exp_hi": centre + width},
        index=values.index,
    )


def poisson_cusum(
    counts: pd.DataFrame, expected: pd.DataFrame | float, *, times: float = 1.5, dispersion: float = 1.0
) -> pd.DataFrame:
    """Return the Poisson CUSUM of each area: how much has gathered beyond what a rise to `times` would explain.

    With E_t expected and τ E_t feared (τ is `times`), ``S_t = max(0, S_(t-1) + n_t - k_t)`` from S_0 = 0, where
    ``k_t = E_t (τ - 1) / ln τ`` lies between the two. It signals where S reaches a threshold; `cusum_threshold` finds
    one that does not cry wolf more often than can be borne, `cusum_run_length` says how often one does.

    Parameters
    ----------
    counts : DataFrame of numbers
        Areas by months, in order.
    expected : DataFrame or float
        On the same index and columns, 0 or more, or one for all.
    times : float, default 1.5
        The rise that matters, over 1.
    dispersion : float, default 1
        Counts with a variance φ times their mean enter as n / φ, and E as E / φ.

    Returns
    -------
    DataFrame
        S on the same index and columns, 0 or more; compare with a threshold for means of E / φ.

    Raises
    ------
    ParameterError
        When `times` is not over 1, or `dispersion` under 1.
    DataError
        When a count is missing or negative.

    References
    ----------
    Lucas, J. M. (1985) Counted data CUSUM's. Technometrics 27(2), 129-144.
    https://doi.org/10.1080/00401706.1985.10488030

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame([[3, 5, 4, 6, 9, 8]])
    >>> poisson_cusum(counts, 4, times=7 / 4).round(4).iloc[0].tolist()
    [0.0, 0.0, 0.0, 0.6392, 4.2784, 6.9175]
    """
    slack = _slack(times)
    n = as_counts(counts, what="the areas") / require_dispersion(dispersion)
    allowed = np.broadcast_to(np.asarray(expected, dtype=np.float64) * slack / dispersion, n.shape)
    gathered, held = np.empty_like(n), np.zeros(len(n))
    for month in range(n.shape[1]):
        held = np.maximum(0.0, held + n[:, month] - allowed[:, month])
        gathered[:, month] = held
    return pd.DataFrame(gathered, index=counts.index, columns=counts.columns)


def cusum_run_length(mean: float, threshold: float, *, times: float = 1.5, actual: float = 1.0) -> float:
    """Return after how many months on average a Poisson CUSUM first reaches its threshold.

    Parameters
    ----------
    mean : float
        What is expected a month, over 0.
    threshold : float
        What S must reach, over 0.
    times : float, default 1.5
        The rise that the CUSUM is set to.
    actual : float, default 1
        What the counts truly are, in multiples of `mean`: 1 for false signals.

    Returns
    -------
    float
        In months, at least 1. S is followed on 400 steps up to the threshold, k rounded to them: within about 1 % of
        the walk's own. For a mean of 4 and a rise to 7 (a k of 5.36), thresholds of 6, 8 and 10 are reached after
        164, 514 and 1,570 months by chance alone, and 4.5, 5.7 and 6.9 months after the rise.

    Raises
    ------
    ParameterError
        When a number is not over 0, or `times` not over 1.

    Examples
    --------
    >>> round(cusum_run_length(4, 6, times=7 / 4, actual=7 / 4), 1)
    4.5
    """
    slack = _slack(times)
    for name, value in (("mean", mean), ("threshold", threshold), ("actual", actual)):
        if not 0 < value < math.inf:
            raise ParameterError(f"'{name}' is {value}", hint="use a number over 0")
    return _run_length(float(mean), float(threshold), float(slack), float(actual))


@lru_cache(maxsize=4096)
def _run_length(mean: float, threshold: float, slack: float, actual: float) -> float:
    """Return the mean first passage of the walk on a grid on which whole counts and k, rounded, both lie."""
    from scipy import stats

    each = max(1, round(_STEPS / threshold))  # steps of the grid for one incident
    allowed = max(1, round(mean * slack * each))
    size = math.ceil(threshold * each - 1e-9)  # states under the threshold
    highest = (size + allowed) // each + 1
    chance = stats.poisson.pmf(np.arange(highest + 1), mean * actual)
    at = np.arange(size)
    moves = np.zeros((size, size))
    for count, mass in enumerate(chance):
        to = np.maximum(0, at + count * each - allowed)
        inside = to < size
        np.add.at(moves, (at[inside], to[inside]), mass)
    return float(np.linalg.solve(np.eye(size) - moves, np.ones(size))[0])


def cusum_threshold(mean: float, *, months: float, times: float = 1.5) -> float:
    """Return the lowest threshold with which a false signal comes, on average, after so many months or more.

    For one false signal a year over all areas: ``months = 12 * areas``.

    Parameters
    ----------
    mean : float
        What is expected a month, over 0.
    months : float
        The average run length that is wanted, over 1.
    times : float, default 1.5
        As for `poisson_cusum`.

    Returns
    -------
    float
        To a twentieth of an incident.

    Raises
    ------
    ParameterError
        When a number is out of its range.

    Examples
    --------
    >>> cusum_threshold(4, months=12 * 201, times=7 / 4)
    10.9
    """
    if not 1 < months < math.inf:
        raise ParameterError(f"'months' is {months}", hint="use 12 times the number of areas")
    low, high = 0, 20
    while cusum_run_length(mean, high / 20, times=times) < months:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if cusum_run_length(mean, middle / 20, times=times) < months:
            low = middle
        else:
            high = middle
    return high / 20


def _slack(times: float) -> float:
    """Return k for one incident expected."""
    if not 1 < times < math.inf:
        raise ParameterError(f"'times' is {times}", hint="use a multiple over 1, such as 'times' = 1.5")
    return (times - 1) / math.log(times)
