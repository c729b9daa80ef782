"""Rates that small populations cannot throw about: empirical-Bayes smoothing."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd

from hotspots.counting.rates import rate

_log = logging.getLogger(__name__)


def smooth_rates(
    n: pd.Series[Any], population: pd.Series[Any], *, months: float, min_population: float = 0
) -> pd.Series[float]:
    """Return rates drawn towards the rate of all areas, the more so the fewer people stand behind them.

    With y the rates, m the rate of all and s² the variance of y (weighted by population) less the part that
    chance makes, the smoothed rate is ``m + (y - m) · s² / (s² + m / population)``, between y and m, in
    incidents per 1,000 people a year. Where chance explains all the spread, s² is 0 and every rate becomes m.
    Use it for Gi* on rates; show the unsmoothed rate to readers. A few areas with very high rates, as crime has
    them, make s² so large that next to nothing is smoothed: `hotspots.risk` does not suffer from it.

    Parameters
    ----------
    n, population : Series of numbers
        Incidents and people of each area, on one index.
    months : float
        Length of the period in months.
    min_population : float, default 0
        Areas with fewer people get no rate and count in none.

    Returns
    -------
    Series of float64
        ``rate_eb``, on the index of `n`; missing where the rate is.

    Raises
    ------
    ParameterError, DataError
        As `hotspots.rate`.

    References
    ----------
    Marshall, R. J. (1991) Mapping disease and mortality rates using empirical Bayes estimators. Journal of
    the Royal Statistical Society C 40(2), 283-294. https://doi.org/10.2307/2347593

    Examples
    --------
    >>> import pandas as pd
    >>> n, people = pd.Series([8, 400, 900]), pd.Series([100.0, 10_000.0, 10_000.0])
    >>> smooth_rates(n, people, months=12).round(1).tolist()
    [72.3, 40.3, 89.7]
    """
    own = rate(n, population, months=months, min_population=min_population)
    known = own.notna().to_numpy()
    if not known.any():
        return own.rename("rate_eb")
    x, people = n.to_numpy(dtype=float)[known], population.to_numpy(dtype=float)[known]
    # Per head over the whole period: chance makes a count's variance, not a rate's.
    y, mean = x / people, x.sum() / people.sum()
    spread = max(float(people @ (y - mean) ** 2 / people.sum() - mean / people.mean()), 0.0)
    if mean > 0 and spread == 0:
        _log.info("Smoothed rates: chance explains the whole spread, so every area gets the rate of all")
    kept = spread / (spread + mean / people) if mean > 0 else np.zeros(len(y))
    smoothed = own.to_numpy(copy=True)
    smoothed[known] = (mean + (y - mean) * kept) * 12_000 / months
    return pd.Series(smoothed, index=n.index, name="rate_eb")
