"""Limits of counts and of ratios of their rates, and by how much counts vary more than chance alone would have them.

Every interval in the toolkit is made here. Counts whose variance is φ times their mean have the limits of the
Poisson count n / φ, times φ: the gamma and beta quantiles behind exact limits take any number, whole or not.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hotspots.base.errors import ParameterError

FEW = 10
"""Counts under this many have no percentage of change, and exact limits even where Byar's are asked for."""
FEWEST_COMPARISONS = 10
"""With fewer degrees of freedom, an estimate of the dispersion would say more about itself than about the counts."""

PRIOR_MONTHS = 5
"""An area's own months speak of its dispersion as if this many more had varied as those of all areas do."""

_MOST_DISPERSED = 10_000
"""Counts vary up to some hundred times as much as by chance: more is a slip, and charts would take minutes."""

Limits = Literal["exact", "byar"]
Floats = npt.NDArray[np.float64]


def require_dispersion(dispersion: float) -> float:
    """Return a dispersion that limits can be made with.

    Raises
    ------
    ParameterError
        When it is not a number from 1 to 10,000.
    """
    if not 1 <= dispersion <= _MOST_DISPERSED:
        raise ParameterError(
            f"'dispersion' is {dispersion}",
            hint=f"use 1 for counts that only chance varies, or more up to {_MOST_DISPERSED:,}, "
            "such as 'dispersion' = 1.9",
        )
    return float(dispersion)


def dispersion_of(counts: npt.ArrayLike, *, fewest: int = FEWEST_COMPARISONS) -> float:
    """Return the dispersion φ of counts of areas in periods: their variance over their mean, 1 for Poisson counts.

    With n the counts of I areas in T periods and E = (sum of the area) · (sum of the period) / (sum of all),
    what each would be if all areas changed alike, ``φ = max(1, Σ (n - E)² / E / ((I - 1)(T - 1)))``. Areas
    and periods without incidents are left out.

    Parameters
    ----------
    counts : array of numbers, shape (areas, periods)
        Incidents, 0 or more; an area with NaN in any period is left out.
    fewest : int, default 10
        The fewest degrees of freedom, (I - 1)(T - 1), to tell it from.

    Returns
    -------
    float
        1 or more; NaN where it cannot be told.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989) Generalized Linear Models, 2nd edition. Chapman and Hall, section
    6.2. https://doi.org/10.1201/9780203753736

    Examples
    --------
    >>> round(dispersion_of([[10, 20], [20, 10]] * 10), 4)  # 15 expected everywhere: 40 · 25/15 / 19
    3.5088
    """
    n = np.asarray(counts, dtype=float)
    n = n[~np.isnan(n).any(axis=1)]
    n = n[n.sum(axis=1) > 0][:, n.sum(axis=0) > 0]
    freedom = (n.shape[0] - 1) * (n.shape[1] - 1)
    if min(n.shape) < 2 or freedom < fewest:
        return float("nan")
    return max(1.0, float(_squares(n).sum() / freedom))


def _squares(n: Floats) -> Floats:
    """Return (n - E)² / E of counts of areas in periods, E being as if all areas changed alike; 0 where that is 0."""
    expected = np.outer(n.sum(axis=1), n.sum(axis=0)) / (n.sum() or 1.0)
    some = expected > 0
    squares: Floats = np.where(some, n - expected, 0.0) ** 2 / np.where(some, expected, 1.0)
    return squares


def unevenness_of(*periods: npt.ArrayLike) -> Floats:
    """Return how many times the dispersion of all areas each area's own months speak for, 1 or more.

    Within each period the months of an area are set against E = (sum of the area) · (sum of the month) / (sum of
    all), so that neither seasons nor a change from one period to the other count. With D = Σ (n - E)² / E over an
    area's months, d their number less one for each period with incidents, and f = Σ D / Σ d over all areas,

    u = max(1, (5 f + D) / (5 + d) / f).

    A few months tell little, so they are drawn towards those of all areas, which count as five. An area never has
    less than the common dispersion: that its months were even is no promise for the next.

    Parameters
    ----------
    *periods : arrays of numbers, shape (areas, months)
        Incidents of the same areas in each period, 0 or more. An area with NaN in any month has 1.

    Returns
    -------
    ndarray of float64
        One for each area; 1 everywhere where no period has two months.

    Examples
    --------
    Three areas of 40 in four months, the third with all in one of them. D is 10.71, 8.74 and 38.69, d is 3 and f 6.46:

    >>> unevenness_of([[10, 10, 10, 10], [9, 11, 10, 10], [0, 40, 0, 0]]).round(2).tolist()
    [1.0, 1.0, 1.37]
    """
    squares: Any = 0.0
    freedom: Any = 0.0
    for period in periods:
        n = np.asarray(period, dtype=float)
        known = ~np.isnan(n).any(axis=1, keepdims=True)
        n = np.where(known, n, 0.0)
        squares = squares + _squares(n).sum(axis=1)
        months = (n.sum(axis=0) > 0).sum()
        freedom = freedom + np.where(n.sum(axis=1) > 0, months - 1, 0)
    common = np.sum(squares) / max(np.sum(freedom), 1.0)
    if common == 0:
        return np.ones(np.shape(squares))
    uneven: Floats = np.maximum(1.0, (PRIOR_MONTHS * common + squares) / (PRIOR_MONTHS + freedom) / common)
    return uneven


def require_level(level: float) -> float:
    """Return the probability of one tail outside a two-sided interval of this confidence.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ParameterError(
            f"'level' is {level}", hint="use a share between 0 and 1, such as 'level' = 0.95"
        )
    return (1 - level) / 2


def exact_limits(x: npt.ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact confidence limits of the mean of Poisson counts; see `count_limits`.

    Examples
    --------
    >>> lower, upper = exact_limits([0, 5])
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.0, 1.623], [3.689, 11.668])
    """
    from scipy import special

    tail = require_level(level)
    counts = np.asarray(x, dtype=float)
    # A chi-squared quantile at 2k degrees of freedom is twice that of a gamma of shape k.
    lower = np.where(counts > 0, special.gammaincinv(np.where(counts > 0, counts, 1.0), tail), 0.0)
    upper = special.gammaincinv(counts + 1, 1 - tail)
    return np.where(np.isnan(counts), np.nan, lower), upper


def count_limits(
    x: npt.ArrayLike, *, level: float = 0.95, dispersion: float = 1.0, limits: Limits = "exact"
) -> tuple[Floats, Floats]:
    """Return the confidence limits of the mean of counts.

    Exact, the lower limit is the mean under which a count of `x` or more has a probability of (1 - level) / 2,
    the upper one that under which a count of `x` or fewer has; the lower limit of 0 is 0. Byar's approximation
    from 10 incidents on is the convention of public health in England. It differs from the exact limits by
    0.2 % or less at 95 %, but by up to 1.5 % at 99.8 %.

    Parameters
    ----------
    x : array of numbers
        Counts, 0 or more; NaN gives NaN.
    level : float, default 0.95
        Confidence, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean: limits are those of ``x / dispersion``, times it.
    limits : {'exact', 'byar'}, default 'exact'
        ``'byar'`` has exact limits under 10 and Byar's from 10.

    Returns
    -------
    lower, upper : ndarray of float64
        In the shape of `x`.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1, `dispersion` under 1, or `limits` unknown.

    References
    ----------
    Garwood, F. (1936) Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.
    https://doi.org/10.1093/biomet/28.3-4.437

    Breslow, N. E. and Day, N. E. (1987) Statistical Methods in Cancer Research, volume II. IARC Scientific
    Publications 82, page 69.

    Examples
    --------
    >>> lower, upper = count_limits([65], limits="byar")
    >>> float(lower[0].round(4)), float(upper[0].round(4))
    (50.1632, 82.8491)
    >>> lower, upper = count_limits([65], dispersion=2)
    >>> float(lower[0].round(1)), float(upper[0].round(1))
    (44.6, 91.5)
    """
    from scipy import special

    if limits not in ("exact", "byar"):
        raise ParameterError(f"'limits' is '{limits}'", hint="use 'exact' or 'byar'")
    phi = require_dispersion(dispersion)
    counts = np.asarray(x, dtype=float) / phi
    lower, upper = exact_limits(counts, level=level)
    if limits == "byar":
        z = float(-special.ndtri(require_level(level)))
        many, more = np.maximum(counts, 1), counts + 1
        byar_lower = many * (1 - 1 / (9 * many) - z / (3 * np.sqrt(many))) ** 3
        byar_upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
        lower, upper = np.where(counts < FEW, lower, byar_lower), np.where(counts < FEW, upper, byar_upper)
    return lower * phi, upper * phi


def ratio_limits(
    x: npt.ArrayLike,
    exposure: npt.ArrayLike,
    x_base: npt.ArrayLike,
    exposure_base: npt.ArrayLike,
    *,
    level: float = 0.95,
    dispersion: float = 1.0,
) -> tuple[Floats, Floats, Floats]:
    """Return the ratio of two Poisson rates and its exact limits.

    The ratio is ``(x / exposure) / (x_base / exposure_base)``, from 0 up. Given their sum, one of two Poisson
    counts is binomial, and the Clopper-Pearson limits of its share give those of the ratio. They hold for any
    counts, however small, and are never too narrow.

    Parameters
    ----------
    x, x_base : arrays of numbers
        Counts, 0 or more.
    exposure, exposure_base : arrays of numbers
        What the rates are per: months, people, or both multiplied; over 0.
    level : float, default 0.95
        Confidence, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean: limits are those of both counts divided by it.

    Returns
    -------
    ratio, lower, upper : ndarray of float64
        NaN for the ratio of 0 to 0, whose limits are 0 and infinity; infinite where only `x_base` is 0.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1, or `dispersion` under 1.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940) Homogeneity of results in testing samples from Poisson series.
    Biometrika 31(3/4), 313-323. https://doi.org/10.1093/biomet/31.3-4.313

    Clopper, C. J. and Pearson, E. S. (1934) The use of confidence or fiducial limits illustrated in the case
    of the binomial. Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    >>> ratio, lower, upper = ratio_limits(30, 12, 20, 12)
    >>> [float(value.round(3)) for value in (ratio, lower, upper)]
    [1.5, 0.824, 2.787]
    """
    from scipy import special

    tail = require_level(level)
    phi = require_dispersion(dispersion)
    a, b = np.broadcast_arrays(np.asarray(x, dtype=float) / phi, np.asarray(x_base, dtype=float) / phi)
    scale = np.asarray(exposure_base, dtype=float) / np.asarray(exposure, dtype=float)
    share_lower = np.where(a > 0, special.betaincinv(np.where(a > 0, a, 1.0), b + 1, tail), 0.0)
    share_upper = np.where(b > 0, special.betaincinv(a + 1, np.where(b > 0, b, 1.0), 1 - tail), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = a / b * scale
        lower = share_lower / (1 - share_lower) * scale
        upper = share_upper / (1 - share_upper) * scale
    unknown = np.isnan(a) | np.isnan(b)
    return ratio, np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def funnel_limits(expected: npt.ArrayLike, *, level: float) -> tuple[Floats, Floats]:
    """Return between which counts an area lies that is expected to have so many, as a smooth curve.

    The upper limit is the count whose own exact lower confidence limit is `expected`, and the lower limit
    that whose exact upper one is; both are continued between whole numbers. A count beyond them is one whose
    exact confidence interval leaves out what was expected.

    Parameters
    ----------
    expected : array of numbers
        Expected counts, over 0; NaN gives NaN.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float64
        Counts, in the shape of `expected`; the lower limit is 0 where even no incident would be unremarkable.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1.

    References
    ----------
    Dover, D. C. and Schopflocher, D. P. (2011) Using funnel plots in public health surveillance. Population
    Health Metrics 9, 58. https://doi.org/10.1186/1478-7954-9-58

    Examples
    --------
    >>> lower, upper = funnel_limits([5.571643], level=0.95)
    >>> float(lower[0].round(4))
    1.0
    """
    from scipy import special

    tail = require_level(level)
    mean = np.asarray(expected, dtype=float)
    # gdtr(1, k, m) is the probability of k or more where m are expected; gdtrib solves it for real k.
    upper: Any = special.gdtrib(1.0, tail, mean)
    lower: Any = special.gdtrib(1.0, 1 - tail, mean) - 1
    return np.where(np.isnan(mean), np.nan, np.maximum(lower, 0.0)), upper
