"""Incidents for each 1,000 people a year, and how sure such a rate is."""

from __future__ import annotations

import math

import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import Limits, count_limits

_MOST_MONTHS = 12_000


def rate(n: pd.Series, population: pd.Series, *, months: float, min_population: float = 0) -> pd.Series:
    """Return incidents per 1,000 people a year, a number from 0 up.

    ``rate = 1000 · n · (12 / months) / population``. Missing, never infinite, where the population is
    unknown, zero, or under `min_population`.

    Parameters
    ----------
    n : Series of int
        Incidents in each area over the whole period.
    population : Series of float
        People in each area, on the same index.
    months : float
        Length of the period in months, over 0. Seasons are not evened out: one July stands for twelve.
    min_population : float, default 0
        Areas with fewer people get no rate, since a handful of incidents would decide it.

    Returns
    -------
    Series of float64
        ``rate``, on the index of `n`.

    Raises
    ------
    ParameterError
        When `months` is not over 0 or `min_population` is negative.
    DataError
        When the two indexes differ or a population is negative.

    References
    ----------
    Home Office, Crime Reduction Toolkits, page fa020302: ``((12/A)·B)·1000/C`` with A months, B crimes and
    C people.

    Examples
    --------
    >>> import pandas
    >>> rate(pandas.Series([30, 5]), pandas.Series([6000.0, 0.0]), months=6).tolist()
    [10.0, nan]
    """
    people = _denominator(n, population, months=months, min_population=min_population)
    return (n * (12_000 / months) / people).astype(float).rename("rate")


def require_months(months: float) -> float:
    """Return a length of a period.

    Raises
    ------
    ParameterError
        When it is not over 0, or over a thousand years.
    """
    if not 0 < months <= _MOST_MONTHS:
        raise ParameterError(
            f"'months' is {months}", hint="give the length of the period in months, such as 'months' = 12"
        )
    return months


def require_least_people(min_population: float) -> float:
    """Return how few people are too few for a rate.

    Raises
    ------
    ParameterError
        When it is not 0 or more.
    """
    if not 0 <= min_population < math.inf:
        raise ParameterError(f"'min_population' is {min_population}", hint="use 0 or more people")
    return min_population


def _denominator(n: pd.Series, population: pd.Series, *, months: float, min_population: float) -> pd.Series:
    require_months(months)
    require_least_people(min_population)
    if not n.index.equals(population.index):
        raise DataError(
            "counts and populations are not of the same areas in the same order",
            hint="take both from one table, or align them with population.reindex(n.index)",
        )
    if (population < 0).any():
        raise DataError(
            f"the population of {population.index[population < 0][0]} is negative",
            hint="correct the population table; use a blank for unknown",
        )
    return population.where((population > 0) & (population >= min_population))


def rate_limits(
    n: pd.Series,
    population: pd.Series,
    *,
    months: float,
    min_population: float = 0,
    level: float = 0.95,
    dispersion: float = 1.0,
    limits: Limits = "exact",
) -> pd.DataFrame:
    """Return the confidence limits of a rate per 1,000 people a year.

    The limits of the count, scaled as the rate is. They say how far chance could move the rate of an area
    with this true level; they say nothing about recording practice. With a dispersion of 1 chance is that of
    Poisson counts, and the limits are the narrowest that can be defended: real counts vary more.

    Parameters
    ----------
    n, population, months, min_population
        As for `rate`.
    level : float, default 0.95
        Confidence, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`.
    limits : {'exact', 'byar'}, default 'exact'
        See `hotspots.base.poisson.count_limits`.

    Returns
    -------
    DataFrame of float64
        ``rate_lo`` and ``rate_hi``, on the index of `n`; missing where the rate is.

    Raises
    ------
    ParameterError, DataError
        As for `rate`; also when `level` is not between 0 and 1, `dispersion` under 1 or `limits` unknown.

    References
    ----------
    Garwood, F. (1936) Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.
    https://doi.org/10.1093/biomet/28.3-4.437

    Examples
    --------
    >>> import pandas
    >>> found = rate_limits(pandas.Series([65]), pandas.Series([1000.0]), months=12)
    >>> found.round(3).to_dict("list")
    {'rate_lo': [50.166], 'rate_hi': [82.848]}
    """
    people = _denominator(n, population, months=months, min_population=min_population)
    lower, upper = count_limits(n.to_numpy(dtype=float), level=level, dispersion=dispersion, limits=limits)
    scale = 12_000 / months / people.to_numpy(dtype=float)
    return pd.DataFrame({"rate_lo": lower * scale, "rate_hi": upper * scale}, index=n.index)
