"""Exact limits of a share: so many of so many."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.poisson import require_dispersion, require_level
from hotspots.base.rounded import least_and_most

FEW = 10
"""Of fewer than this, no share is said in percent."""

Floats = npt.NDArray[np.float64]


def share_limits(
    x: npt.ArrayLike, of: npt.ArrayLike, *, level: float = 0.95, dispersion: float = 1.0
) -> tuple[Floats, Floats]:
    """Return the exact (Clopper-Pearson) confidence limits of the share that `x` is of `of`.

    The lower limit is the share under which `x` or more have a probability of (1 - level) / 2, the upper one
    that under which `x` or fewer have. They hold for any counts, and are never too narrow.

    Parameters
    ----------
    x, of : arrays of numbers
        Counts, ``0 <= x <= of``; NaN gives NaN.
    level : float, default 0.95
        Confidence, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean: limits are those of both counts divided by it.

    Returns
    -------
    lower, upper : ndarray of float64
        Between 0 and 1; missing where `of` is 0.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1, or `dispersion` under 1.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934) The use of confidence or fiducial limits illustrated in the case
    of the binomial. Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    >>> lower, upper = share_limits([1], [10])
    >>> float(lower[0].round(4)), float(upper[0].round(4))
    (0.0025, 0.445)
    """
    from scipy import special

    tail, phi = require_level(level), require_dispersion(dispersion)
    a, whole = np.broadcast_arrays(np.asarray(x, dtype=float) / phi, np.asarray(of, dtype=float) / phi)
    b = whole - a
    lower = np.where(a > 0, special.betaincinv(np.where(a > 0, a, 1.0), b + 1, tail), 0.0)
    upper = np.where(b > 0, special.betaincinv(a + 1, np.where(b > 0, b, 1.0), 1 - tail), 1.0)
    unknown = np.isnan(a) | np.isnan(whole) | (whole == 0)
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def rounded_limits(
    x: npt.ArrayLike, *, rounded: int, level: float = 0.95, dispersion: float = 1.0
) -> tuple[Floats, Floats]:
    """Return limits of the share that each count has of all, which hold for all counts that rounded ones may be.

    The lower limit is that of the least that a count stands for among the most that the others stand for, the upper
    one that of the most among the least.

    Parameters
    ----------
    x : array of numbers
        Counts rounded to the nearest multiple of `rounded`, halves upwards; NaN takes no part.
    rounded : int
        1 where they are exact.
    level, dispersion : float
        As for `share_limits`.

    Examples
    --------
    Of 20, 30 and 50 rounded to ten the first stands for 15 to 24, and the others together for 70 to 88 incidents:

    >>> lower, upper = rounded_limits([20, 30, 50], rounded=10)
    >>> bool(lower[0] == share_limits([15], [15 + 88])[0][0]), bool(upper[0] == share_limits([24], [24 + 70])[1][0])
    (True, True)
    """
    n = np.asarray(x, dtype=float)
    low, high = least_and_most(n, rounded)
    lower = share_limits(low, low + (np.nansum(high) - high), level=level, dispersion=dispersion)[0]
    upper = share_limits(high, high + (np.nansum(low) - low), level=level, dispersion=dispersion)[1]
    return lower, upper
