"""Chances and limits of small counts that vary more than chance: the negative binomial of a mean and a dispersion.

A count of mean μ whose variance is φμ, φ over 1, is negative binomial of size μ / (φ - 1); at φ = 1 it is Poisson.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel
from hotspots.base.poisson import require_dispersion, require_level

Floats = npt.NDArray[np.float64]

# Below exp(-600) the probability of no incident is too small to start from.
_FARTHEST = 600.0
# A sum begins so many standard deviations under the mean where it cannot begin at 0: less than 1e-30 is left out.
_DEVIATIONS = 14.0


def count_tails(
    counts: npt.ArrayLike, means: npt.ArrayLike, *, dispersion: float = 1.0
) -> tuple[Floats, Floats]:
    """Return the probabilities of so few or fewer, and of so many or more.

    Parameters
    ----------
    counts, means : array of numbers, one shape
        Counts and their means, 0 or more. A count that is not whole is held to the next one that is no nearer to
        its mean's other side: so few as 2.5 is 2 or fewer, so many is 3 or more. NaN where either is.
    dispersion : float, default 1
        Variance over mean, 1 or more.

    Returns
    -------
    lower, upper : ndarray of float64
        In [0, 1], small ones to a relative error of about 1e-6.

    Raises
    ------
    ParameterError
        When the dispersion is not a number of 1 or more.

    Examples
    --------
    Of Poisson counts of mean 1, 0 has the probability 1/e; of negative binomial ones with variance 2, 1/2:

    >>> [tail.round(4).tolist() for tail in count_tails([0, 1], [1, 1])]
    [[0.3679, 0.7358], [1.0, 0.6321]]
    >>> [tail.round(4).tolist() for tail in count_tails([0, 1], [1, 1], dispersion=2)]
    [[0.5, 0.75], [1.0, 0.5]]
    """
    phi = require_dispersion(dispersion)
    n, mu = np.broadcast_arrays(np.asarray(counts, dtype=float), np.asarray(means, dtype=float))
    lower, upper = np.empty(n.shape), np.empty(n.shape)
    _tails(
        np.ascontiguousarray(n).ravel(), np.ascontiguousarray(mu).ravel(), phi, lower.ravel(), upper.ravel()
    )
    return lower, upper


def mean_limits(
    means: npt.ArrayLike, *, dispersion: float = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return between which counts a count of this mean lies with probability `level`, both included.

    Parameters
    ----------
    means : array of numbers
        0 or more; NaN gives NaN.
    dispersion : float, default 1
        Variance over mean, 1 or more.
    level : float, default 0.95
        Between 0 and 1. Fewer than the lower limit, and more than the upper one, each have a probability of at
        most (1 - level) / 2.

    Returns
    -------
    lower, upper : ndarray of float64
        Whole numbers.

    Raises
    ------
    ParameterError
        When the dispersion is not a number of 1 or more, or `level` not between 0 and 1.

    Examples
    --------
    >>> [limit.tolist() for limit in mean_limits([0.2, 4, 1000])]
    [[0.0, 1.0, 938.0], [1.0, 8.0, 1062.0]]
    >>> [limit.tolist() for limit in mean_limits([0.2, 4, 1000], dispersion=2)]
    [[0.0, 0.0, 914.0], [2.0, 11.0, 1089.0]]
    """
    phi, tail = require_dispersion(dispersion), require_level(level)
    mu = np.ascontiguousarray(np.asarray(means, dtype=float))
    lower, upper = np.empty(mu.shape), np.empty(mu.shape)
    _limits(mu.ravel(), phi, tail, lower.ravel(), upper.ravel())
    return lower, upper


@kernel()
def _log_mass(k: float, mu: float, phi: float) -> Any:
    """Return the log of the probability of k; mu is over 0."""
    if phi == 1.0:
        return k * math.log(mu) - mu - math.lgamma(k + 1.0)
    size = mu / (phi - 1.0)
    if size > 1000.0:
        # Near a Poisson count the two gammas are vast and alike: Stirling's series of their difference, to 1e-11.
        return (
            (size - 0.5) * math.log1p(k / size)
            - k
            - size * math.log1p(phi - 1.0)
            + k * math.log((mu + k * (phi - 1.0)) / phi)
            - math.lgamma(k + 1.0)
            + (1.0 / (size + k) - 1.0 / size) / 12.0
        )
    return (
        math.lgamma(size + k)
        - math.lgamma(size)
        - math.lgamma(k + 1.0)
        + k * math.log1p(-1.0 / phi)
        - size * math.log1p(phi - 1.0)
    )


@kernel()
def _next(mass: float, k: float, mu: float, phi: float) -> Any:
    """Return the probability of k + 1 from that of k."""
    return mass * (mu + k * (phi - 1.0)) / (phi * (k + 1.0))


@kernel()
def _start(mu: float, phi: float) -> Any:
    """Return the count that a sum begins at, and its probability."""
    none = mu if phi == 1.0 else mu / (phi - 1.0) * math.log1p(phi - 1.0)
    if none < _FARTHEST:
        return 0.0, math.exp(-none)
    k = max(0.0, math.floor(mu - _DEVIATIONS * math.sqrt(phi * mu)))
    return k, math.exp(_log_mass(k, mu, phi))


@kernel()
def _tails(n: Floats, mu: Floats, phi: float, lower: Floats, upper: Floats) -> None:
    for i in range(len(n)):
        if math.isnan(n[i]) or math.isnan(mu[i]):
            lower[i] = upper[i] = math.nan
            continue
        few, many = math.floor(n[i]), math.ceil(n[i])
        if mu[i] <= 0.0:
            lower[i], upper[i] = 1.0, 1.0 if many <= 0.0 else 0.0
            continue
        k, mass = _start(mu[i], phi)
        if few < k:  # far below: sum what is left of it from the count itself downwards
            lower[i], upper[i] = math.exp(_log_mass(few, mu[i], phi)), 1.0
            continue
        under = up_to = 0.0  # of fewer than `many`, and of `few` or fewer
        while k <= few:
            up_to += mass
            if k < many:
                under += mass
            mass = _next(mass, k, mu[i], phi)
            k += 1.0
            if k > mu[i] and mass < 1e-18 * up_to:
                break
        lower[i] = min(1.0, up_to)
        upper[i] = max(0.0, 1.0 - under)
        if upper[i] < 1e-3:  # the difference has lost digits: sum the tail itself
            k, total = many, 0.0
            mass = math.exp(_log_mass(k, mu[i], phi))
            while mass > 1e-17 * total:
                total += mass
                mass = _next(mass, k, mu[i], phi)
                k += 1.0
                if mass == 0.0:
                    break
            upper[i] = total


@kernel()
def _limits(mu: Floats, phi: float, tail: float, lower: Floats, upper: Floats) -> None:
    for i in range(len(mu)):
        if math.isnan(mu[i]):
            lower[i] = upper[i] = math.nan
            continue
        if mu[i] <= 0.0:
            lower[i] = upper[i] = 0.0
            continue
        k, mass = _start(mu[i], phi)
        total = mass
        while total < tail:
            mass = _next(mass, k, mu[i], phi)
            k += 1.0
            total += mass
        lower[i] = k
        while total < 1.0 - tail:
            mass = _next(mass, k, mu[i], phi)
            k += 1.0
            total += mass
            if mass < 1e-18 and k > mu[i]:
                break
        upper[i] = k
