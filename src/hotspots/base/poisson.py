"""Limits of Poisson counts and of ratios of their rates: what every interval in the toolkit is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.base.errors import ParameterError

FEW = 10
"""Counts under this many have exact limits and no percentage of change; others Byar's limits."""

Floats = npt.NDArray[np.float64]


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
    """Return the exact confidence limits of the mean of Poisson counts.

    The lower limit is the mean under which a count of `x` or more has a probability of (1 - level) / 2, the
    upper one that under which a count of `x` or fewer has; the lower limit of 0 is 0.

    Parameters
    ----------
    x : array of numbers
        Counts, 0 or more; NaN gives NaN.
    level : float, default 0.95
        Confidence, between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float64
        In the shape of `x`.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1.

    References
    ----------
    Garwood, F. (1936) Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.
    https://doi.org/10.1093/biomet/28.3-4.437

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


def count_limits(x: npt.ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the confidence limits of the mean of Poisson counts: exact under 10, Byar's from 10.

    This is the convention of public health in England. Byar's approximation differs from the exact limits by
    0.2 % or less from 10 incidents on, at 95 %.

    Parameters
    ----------
    x : array of numbers
        Counts, 0 or more; NaN gives NaN.
    level : float, default 0.95
        Confidence, between 0 and 1.

    Returns
    -------
    lower, upper : ndarray of float64
        In the shape of `x`.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1.

    References
    ----------
    Breslow, N. E. and Day, N. E. (1987) Statistical Methods in Cancer Research, volume II. IARC Scientific
    Publications 82, page 69.

    Examples
    --------
    >>> lower, upper = count_limits([65])
    >>> float(lower[0].round(4)), float(upper[0].round(4))
    (50.1632, 82.8491)
    """
    from scipy import special

    z = float(-special.ndtri(require_level(level)))
    counts = np.asarray(x, dtype=float)
    lower, upper = exact_limits(counts, level=level)
    many, more = np.maximum(counts, 1), counts + 1
    byar_lower = many * (1 - 1 / (9 * many) - z / (3 * np.sqrt(many))) ** 3
    byar_upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return np.where(counts < FEW, lower, byar_lower), np.where(counts < FEW, upper, byar_upper)


def ratio_limits(
    x: npt.ArrayLike,
    exposure: npt.ArrayLike,
    x_base: npt.ArrayLike,
    exposure_base: npt.ArrayLike,
    *,
    level: float = 0.95,
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

    Returns
    -------
    ratio, lower, upper : ndarray of float64
        NaN for the ratio of 0 to 0, whose limits are 0 and infinity; infinite where only `x_base` is 0.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1.

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
    a, b = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(x_base, dtype=float))
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
