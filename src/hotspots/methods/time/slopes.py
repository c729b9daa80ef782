"""How steep: Sen's slope, a quasi-Poisson trend of each area, and a test that knows months depend on one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.poisson import FEW, require_dispersion, require_level
from hotspots.methods.time.calendar import as_counts, as_months, days_of, ordinals
from hotspots.methods.time.trend import mann_kendall

Floats = npt.NDArray[np.float64]
Against = Literal["all", "days"]

TRENDS = ("falling", "no clear trend", "rising")
"""The flags of a trend, from the lowest to the highest."""
FEWEST_VALUES = 5
"""Of fewer values no order has a two-sided probability under 0.05."""
FEWEST_CORRELATED = 24
"""From so many values on, the correlation from month to month can be told, and allowed for."""
_STEEPEST = 1.0  # of the log of counts a month: beyond it nothing is a trend
_ROUNDS = 60


def sen_slope(values: npt.ArrayLike) -> float:
    """Return Sen's slope of a series: the median slope of all pairs of its values, a step.

    Parameters
    ----------
    values : array of numbers
        In the order of time, at equal steps; 2 or more.

    Returns
    -------
    float

    Raises
    ------
    DataError
        When there are fewer than 2 values, or one is missing.

    References
    ----------
    Sen, P. K. (1968) Estimates of the regression coefficient based on Kendall's tau. Journal of the American
    Statistical Association 63(324), 1379-1389. https://doi.org/10.1080/01621459.1968.10480934

    Examples
    --------
    >>> round(sen_slope([2.1, 1.4, 2.1, 3.3, 2.9, 2.9, 4.0, 3.1, 4.4, 2.9, 5.0, 4.4]), 6)
    0.25
    """
    x = np.asarray(values, dtype=np.float64).ravel()
    if len(x) < 2 or np.isnan(x).any():
        raise DataError("a slope takes two values or more, none missing", hint="leave out what is missing")
    first, second = np.triu_indices(len(x), 1)
    return float(np.median((x[second] - x[first]) / (second - first)))


def correlated_trend(values: npt.ArrayLike) -> tuple[float, float]:
    """Return z and p of Mann and Kendall's test of a series whose months depend on the months before.

    As `hotspots.methods.time.trend.mann_kendall`, with the variance of S times
    ``1 + 2 / (n(n-1)(n-2)) Σ (n-k)(n-k-1)(n-k-2) ρ_k``, where ρ_k are those correlations at lag k of the ranks of the
    values, Sen's slope taken out, that are beyond ±1.96/√n. It helps, but is no cure: see docs/methods.md.

    Parameters
    ----------
    values : array of numbers
        In the order of time, at equal steps; 24 or more.

    Returns
    -------
    z, p : float
        p two-sided, by the normal distribution.

    Raises
    ------
    DataError
        When there are fewer than 24 values, or one is missing.

    References
    ----------
    Hamed, K. H. and Rao, A. R. (1998) A modified Mann-Kendall trend test for autocorrelated data. Journal of
    Hydrology 204, 182-196. https://doi.org/10.1016/S0022-1694(97)00125-X

    Examples
    --------
    >>> correlated_trend(range(24))[1] < 0.001
    True
    """
    x = np.asarray(values, dtype=np.float64).ravel()
    n = len(x)
    if n < FEWEST_CORRELATED:
        raise DataError(
            f"the correlation from month to month cannot be told from {n} values", hint="give 24 or more"
        )
    z = float(mann_kendall(x[None, :])["z"].iloc[0]) / math.sqrt(_widening(x))
    return z, math.erfc(abs(z) / math.sqrt(2))


def _widening(x: Floats) -> float:
    """Return by how much the correlation of the ranks, the trend taken out, widens the variance of S."""
    from scipy import stats

    n = len(x)
    ranks = stats.rankdata(x - sen_slope(x) * np.arange(n))
    centred = ranks - ranks.mean()
    lags = np.arange(1, n)
    rho = np.array([(centred[lag:] * centred[:-lag]).sum() for lag in lags]) / max((centred**2).sum(), 1e-12)
    rho[np.abs(rho) <= 1.96 / math.sqrt(n)] = 0.0
    terms = (n - lags) * (n - lags - 1) * (n - lags - 2) * rho
    return max(float(1 + 2 / (n * (n - 1) * (n - 2)) * terms.sum()), 1e-3)


def trend(
    counts: pd.DataFrame,
    *,
    against: Against = "all",
    dispersion: float | None = None,
    level: float = 0.95,
    days: Sequence[float] | None = None,
) -> pd.DataFrame:
    r"""Return the trend of each area by month: by how much a year it rises or falls, beyond what all areas do.

    A log-linear quasi-Poisson model: n_t has the mean ``o_t exp(a + b t)``, with t in months and the variance φ times
    the mean. With ``against="all"`` the offset o_t is the count of all areas in that month, so that b is the area's
    trend against theirs and the season is theirs; with ``"days"`` it is the days of the month. φ is
    ``Σ (n - μ)² / μ / (T - 2)``, here never under 1, since few counts would else promise more than chance allows; p
    is that of b over its standard error by the t distribution with T - 2 degrees of freedom; with a φ that is given, by
    the normal distribution.

    Parameters
    ----------
    counts : DataFrame of numbers
        Areas by months, ascending; months without a file have no column.
    against : {'all', 'days'}, default 'all'
        What the trend is measured against.
    dispersion : float, optional
        φ, 1 or more, for all areas; each area's own without it.
    level : float, default 0.95
        Confidence of the limits; 1 - `level` is the false discovery rate of the flags.
    days : sequence of float, optional
        Days of each month; those of the calendar without it.

    Returns
    -------
    DataFrame
        On the index of `counts`: ``tr_pct``, change in percent a year, with limits ``tr_lo`` and ``tr_hi``; ``tr_p``;
        ``tr_q``, p corrected for the number of areas (Benjamini and Hochberg); ``tr_lag1``, the correlation of what
        the trend leaves from one month to the next: well over 0, p is too small; ``tr_flag``, an ordered categorical
        of `TRENDS`, by q. All are missing, and the flag "no clear trend", where an area has under 10 incidents.

    Raises
    ------
    ParameterError
        When `against` is unknown, `dispersion` under 1 or `level` not between 0 and 1.
    DataError
        When there are fewer than 5 months with incidents, or one area alone is to be held against all.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989) Generalized Linear Models, 2nd edition. Chapman and Hall.
    https://doi.org/10.1201/9780203753736

    Examples
    --------
    43 incidents in the first half-year and 80 in the second, while four others stay as they were:

    >>> import pandas as pd
    >>> months = pd.period_range("2025-01", periods=12, freq="M")
    >>> n = pd.DataFrame([[6, 7, 6, 8, 7, 9, 10, 12, 13, 14, 15, 16]] + 4 * [[20] * 12], columns=months)
    >>> trend(n)[["tr_pct", "tr_flag"]].iloc[[0, 1]].round(0).to_dict("list")
    {'tr_pct': [181.0, -12.0], 'tr_flag': ['rising', 'no clear trend']}
    """
    if against not in ("all", "days"):
        raise ParameterError(f"'against' is '{against}'", hint=did_you_mean(against, ("all", "days")))
    tail, phi = require_level(level), None if dispersion is None else require_dispersion(dispersion)
    months = as_months(counts.columns)
    n = as_counts(counts, what="the areas")
    if against == "all" and len(n) < 2:
        raise DataError("one area alone has no others to be held against", hint="use against = 'days'")
    offset = n.sum(axis=0) if against == "all" else days_of(months, days)
    used = offset > 0
    if used.sum() < FEWEST_VALUES:
        raise DataError(
            f"no trend of {int(used.sum())} months could be told from chance", hint="give 5 months or more"
        )
    at = ordinals(months)[used].astype(np.float64)
    enough = n.sum(axis=1) >= FEW
    found = {name: np.full(len(n), np.nan) for name in ("b", "se", "lag1")}
    found["b"][enough], found["se"][enough], found["lag1"][enough] = _slopes(
        n[enough][:, used], offset[used], at, phi
    )
    freedom = float(used.sum() - 2) if phi is None else np.inf
    return _told(counts.index, found, freedom=freedom, tail=tail, level=level)


def _told(
    index: pd.Index[Any], found: dict[str, Floats], *, freedom: float, tail: float, level: float
) -> pd.DataFrame:
    """Return slopes of logs a month as percent a year, with limits, p, q and flags."""
    from scipy import special

    b, se = found["b"], found["se"]
    reach = special.stdtrit(freedom, 1 - tail) * se
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * special.stdtr(freedom, -np.abs(b / se))
    known = ~np.isnan(p)
    q = p.copy()
    q[known] = benjamini_hochberg(p[known])
    place = np.where(known & (q <= 1 - level), np.where(b > 0, 2, 0), 1)
    return pd.DataFrame(
        {
            "tr_pct": _percent(b),
            "tr_lo": _percent(b - reach),
            "tr_hi": _percent(b + reach),
            "tr_p": p,
            "tr_q": q,
            "tr_lag1": found["lag1"],
            "tr_flag": pd.Categorical.from_codes(place, categories=pd.Index(TRENDS), ordered=True),
        },
        index=index,
    )


def _percent(b: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return 100 * np.expm1(np.minimum(12 * b, 50))


def _slopes(n: Floats, offset: Floats, at: Floats, dispersion: float | None) -> tuple[Floats, Floats, Floats]:
    """Return b, its standard error and the lag-1 correlation of each row, by Newton's steps on b alone.

    Given b, the best a makes the sum of the means that of the counts; so b solves Σ n t = N · mean of t under the
    weights ``offset exp(b t)``, whose variance times N is the information.
    """
    t = at - at.mean()
    total, moment = n.sum(axis=1), n @ t
    b = np.zeros(len(n))
    for _ in range(_ROUNDS):
        w = offset * np.exp(b[:, None] * t)
        w /= w.sum(axis=1, keepdims=True)
        mean = w @ t
        information = total * (w @ t**2 - mean**2)
        step = (moment - total * mean) / np.maximum(information, 1e-12)
        b = np.clip(b + np.clip(step, -0.2, 0.2), -_STEEPEST, _STEEPEST)
        if np.abs(step).max(initial=0.0) < 1e-12:
            break
    fitted = total[:, None] * w
    residual = (n - fitted) / np.sqrt(np.maximum(fitted, 1e-12))
    squares = np.maximum((residual**2).sum(axis=1), 1e-12)
    phi = np.maximum(1.0, squares / (len(t) - 2)) if dispersion is None else dispersion
    follows = np.diff(at) == 1
    lag1 = (residual[:, 1:] * residual[:, :-1])[:, follows].sum(axis=1) / squares
    b[np.abs(b) >= _STEEPEST] = np.nan
    return b, np.sqrt(phi / np.maximum(information, 1e-12)), lag1
