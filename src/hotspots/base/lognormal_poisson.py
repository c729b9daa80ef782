"""Counts whose risks differ between areas as lognormal ones do: the fit, each area's risk, and the limits of counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.base.errors import DataError

Floats = npt.NDArray[np.float64]

SMALLEST_SIGMA = 0.01
"""A fitted spread ends here: the risks then differ by a hundredth, which is next to nothing."""
_LARGEST_SIGMA = 10.0
_DROP = 37.0  # e^-37 of its peak is where a density ends: what lies beyond is no part of a double
_NODES = 64  # Gauss-Legendre, over a density cut there: 13 digits
_GAMMA_NODES = 201
_EXPECTED_NODES = 64


@dataclass(frozen=True)
class LognormalPoisson:
    """Counts y of areas with expected counts e: y ~ Poisson(e θ), with log θ ~ N(mu, sigma²) over the areas.

    Attributes
    ----------
    mu, sigma : float
        Of the logs of the relative risks. A sigma of `SMALLEST_SIGMA` says that the counts vary no more than
        chance would have them.
    log_likelihood : float
        Log of the probability of the counts that it was fitted to.
    """

    mu: float
    sigma: float
    log_likelihood: float

    def posterior(self, counts: npt.ArrayLike, expected: npt.ArrayLike) -> LognormalPosterior:
        """Return the distribution of each area's risk, given its count."""
        return LognormalPosterior(counts, expected, self.mu, self.sigma)

    def at_least(self, counts: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
        """Return the probability that an area of its kind has so many incidents or more, as a smooth curve.

        An area has `counts` or more where its expected incidents, e θ, exceed a gamma variable of that shape;
        so the probability is the mean over such variables of one that log θ is over their log less log e.
        """
        from scipy import special

        k, e = np.broadcast_arrays(np.asarray(counts, dtype=float), np.asarray(expected, dtype=float))
        shape = np.where(k > 0, k, 1.0)
        nodes, weights = _log_gamma(shape)
        over = special.ndtr((self.mu + np.log(e)[..., None] - nodes) / self.sigma)
        return np.where(k > 0, (weights * over).sum(axis=-1), 1.0)

    def limits(self, expected: npt.ArrayLike, *, level: float) -> tuple[Floats, Floats]:
        """Return between which counts an area lies that expects so many; see `hotspots.base.poisson.funnel_limits`.

        An area lies above the upper limit where so many incidents or more have a probability under
        (1 - level) / 2, and below the lower one where so few or fewer have. Found at 64 expected counts from
        the least to the most and interpolated between, to six digits.
        """
        from scipy import interpolate

        e = np.asarray(expected, dtype=float)
        known = np.isfinite(e) & (e > 0)
        lower, upper = np.full(e.shape, np.nan), np.full(e.shape, np.nan)
        if not known.any():
            return lower, upper
        ends = np.log([e[known].min() * 0.99, e[known].max() * 1.01])
        grid = np.linspace(ends[0], ends[1], _EXPECTED_NODES)
        for limit, tail in ((upper, (1 - level) / 2), (lower, (1 + level) / 2)):
            curve = interpolate.CubicSpline(grid, self._count_with(tail, grid))
            limit[known] = np.exp(curve(np.log(e[known])))
        return np.where(known, np.maximum(lower - 1, 0.0), np.nan), upper

    def _count_with(self, tail: float, log_expected: Floats) -> Floats:
        """Return the log of the count that has this probability of being reached, by halving."""
        low = np.full(len(log_expected), np.log(1e-3))
        high = np.log(np.exp(log_expected + self.mu + 8 * self.sigma) + 60)
        e = np.exp(log_expected)
        for _ in range(46):
            middle = (low + high) / 2
            reached = self.at_least(np.exp(middle), e) > tail
            low, high = np.where(reached, middle, low), np.where(reached, high, middle)
        return np.asarray((low + high) / 2)


def _log_gamma(shape: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights of the log of gamma variables: a trapezium rule over all that a double can tell."""
    from scipy import special

    mode = np.log(shape)  # of the log of a gamma variable: k t - e^t is greatest where e^t is k
    reach = np.sqrt(2 * _DROP / shape)
    # To the left the log-density falls at least as k (d - 1 + e^-d) does, to the right faster.
    left = mode - np.maximum(reach + reach**2 / 6, _DROP / shape + 1)
    right = mode + np.minimum(reach, np.log1p(_DROP / shape) + 1.5)
    nodes = np.linspace(left, right, _GAMMA_NODES, axis=-1)
    k = shape[..., None]
    logs = k * nodes - np.exp(nodes) - special.gammaln(k)
    weights = np.exp(logs) * ((right - left) / (_GAMMA_NODES - 1))[..., None]
    return nodes, weights / weights.sum(axis=-1, keepdims=True)


class LognormalPosterior:
    """The distribution of the risk θ of each area, given its count: lognormal before, not after.

    Parameters
    ----------
    counts, expected : arrays of numbers, n areas
        Incidents, which need not be whole, and what the area would have at the risk 1, over 0.
    mu, sigma : float or arrays
        Of log θ before the count is known, for all areas or each its own.
    """

    def __init__(
        self, counts: npt.ArrayLike, expected: npt.ArrayLike, mu: npt.ArrayLike, sigma: npt.ArrayLike
    ) -> None:
        from scipy import special

        y, e, m, s = np.broadcast_arrays(
            *(np.asarray(value, dtype=float) for value in (counts, expected, mu, sigma))
        )
        self.counts, self.expected, self.mu, self.sigma = y, e, m, s
        # The log-density, y t - e exp(t) - (t - mu)² / 2 sigma², is greatest where its slope is 0: there
        # sigma² e exp(t) is the Wright omega function of what follows.
        shift = m + s**2 * y
        self.mode = shift - special.wrightomega(np.log(s**2 * e) + shift)
        self.peak = self._log_density(self.mode)
        self.low, self.high = self._end(-1), self._end(1)

    def _log_density(self, t: Floats) -> Floats:
        """Return the log-density at t (areas, or areas by nodes), but for a constant of each area."""
        more = (..., None) if t.ndim > self.mu.ndim else ...
        y, e, mu, sigma = self.counts[more], self.expected[more], self.mu[more], self.sigma[more]
        density: Floats = y * t - e * np.exp(t) - (t - mu) ** 2 / (2 * sigma**2)
        return density

    def _end(self, side: int) -> Floats:
        """Return where the density has fallen to nothing; it falls at least as fast as that of sigma alone."""
        near, far = self.mode, self.mode + side * np.sqrt(2 * _DROP) * self.sigma
        for _ in range(12):
            middle = (near + far) / 2
            within = self._log_density(middle) > self.peak - _DROP
            near, far = np.where(within, middle, near), np.where(within, far, middle)
        return np.asarray(far)

    def _mass(self, low: Floats, high: Floats, power: float = 0.0) -> Floats:
        """Return the integral of θ^power times the density between two logs of risk, the peak's density being 1."""
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        half = (high - low) / 2
        t = low[..., None] + half[..., None] * (1 + nodes)
        mass: Floats = half * (np.exp(self._log_density(t) - self.peak[..., None] + power * t) @ weights)
        return mass

    @cached_property
    def total(self) -> Floats:
        """The integral of the density over all risks, the peak's density being 1."""
        return self._mass(self.low, self.high)

    @property
    def log_likelihood(self) -> Floats:
        """Log of the probability of each count, whatever the risk."""
        from scipy import special

        constant = special.xlogy(self.counts, self.expected) - special.gammaln(self.counts + 1)
        likelihood: Floats = (
            constant + self.peak + np.log(self.total) - np.log(self.sigma) - np.log(2 * np.pi) / 2
        )
        return likelihood

    @property
    def mean(self) -> Floats:
        """The mean of each area's risk."""
        mean: Floats = self._mass(self.low, self.high, power=1) / self.total
        return mean

    def over(self, risk: npt.ArrayLike) -> Floats:
        """Return the probability that each area's risk is over this one."""
        return self._over(np.broadcast_to(np.log(np.asarray(risk, dtype=float)), self.mode.shape))

    def _over(self, t: Floats) -> Floats:
        cut = np.clip(t, self.low, self.high)
        # The shorter piece, so that neither a small nor a large probability loses digits.
        right = cut > self.mode
        piece = self._mass(np.where(right, cut, self.low), np.where(right, self.high, cut)) / self.total
        return np.where(right, piece, 1 - piece)

    def quantile(self, share: float) -> Floats:
        """Return the risk that each area's lies under with this probability, by Newton's steps within bounds."""
        low, high = self.low, self.high
        t = self.mode
        # Newton's steps take five or six; where they leave the bounds, these are halved, which takes longer.
        for _ in range(50):
            missing = share - (1 - self._over(t))
            if not (np.abs(missing) > 1e-13).any():
                break
            low, high = np.where(missing > 0, t, low), np.where(missing > 0, high, t)
            density = np.exp(self._log_density(t) - self.peak) / self.total
            step = t + missing / np.maximum(density, 1e-300)
            t = np.where((step > low) & (step < high), step, (low + high) / 2)
        return np.asarray(np.exp(t))


def fit_lognormal_poisson(counts: npt.ArrayLike, expected: npt.ArrayLike) -> LognormalPoisson:
    """Fit the spread of risk between areas from their counts, by the greatest marginal likelihood.

    As `hotspots.base.gamma_poisson.fit_gamma_poisson`, with lognormal risks: their tail is longer, as that of
    the risks of crime is. The likelihood of each area is integrated over its own posterior, by 64
    Gauss-Legendre nodes between the points where that has fallen to e^-37 of its peak, so that large counts,
    whose posterior is narrow, are as exact as small ones. Overdispersed counts are fitted as counts / φ with
    expected / φ.

    Parameters
    ----------
    counts : array of numbers
        Incidents of each area, 0 or more; need not be whole.
    expected : array of numbers
        What each area would have at the risk 1. Areas with NaN in either, or with nothing expected, are left
        out.

    Returns
    -------
    LognormalPoisson

    Raises
    ------
    DataError
        When fewer than two areas expect anything, or none of them has an incident.

    References
    ----------
    Clayton, D. and Kaldor, J. (1987) Empirical Bayes estimates of age-standardized relative risks for use in
    disease mapping. Biometrics 43(3), 671-681. https://doi.org/10.2307/2532003

    Examples
    --------
    >>> fit = fit_lognormal_poisson([0, 2, 5, 1, 9, 3], [2, 2, 3, 1.5, 3, 2.5])
    >>> round(fit.mu, 3), round(fit.sigma, 3), round(fit.log_likelihood, 4)
    (0.216, 0.435, -12.6056)
    """
    from scipy import optimize

    y, e = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    used = (e > 0) & (y >= 0)
    y, e = y[used], e[used]
    if len(y) < 2 or not y.any():
        raise DataError(
            f"the spread of risk cannot be told from {len(y):,} area{'' if len(y) == 1 else 's'} "
            f"with {y.sum():,.0f} incidents",
            hint="give two or more areas that expect incidents, with an incident among them",
        )
    mean = y.sum() / e.sum()
    excess = max(((y - mean * e) ** 2).sum() - mean * e.sum(), 0.0) / (mean**2 * (e**2).sum())
    sigma = float(np.clip(np.sqrt(np.log1p(excess)), 0.1, 2.0))
    found = optimize.minimize(
        _loss, np.array([np.log(mean) - sigma**2 / 2, np.log(sigma)]), args=(y, e), jac=True, method="L-BFGS-B",
        bounds=[(None, None), (np.log(SMALLEST_SIGMA), np.log(_LARGEST_SIGMA))],
        options={"ftol": 1e-14, "gtol": 1e-8, "maxiter": 200},
    )  # fmt: skip
    return LognormalPoisson(float(found.x[0]), float(np.exp(found.x[1])), -float(found.fun) * len(y))


def _loss(point: Floats, y: Floats, e: Floats) -> tuple[float, Any]:
    """Return minus the mean log-likelihood at (mu, log sigma), and its slopes: means over each posterior (Fisher)."""
    mu, sigma = float(point[0]), float(np.exp(point[1]))
    made = LognormalPosterior(y, e, mu, sigma)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = (made.high - made.low) / 2
    t = made.low[:, None] + half[:, None] * (1 + nodes)
    mass = np.exp(made._log_density(t) - made.peak[:, None]) * weights
    mass /= mass.sum(axis=1, keepdims=True)
    away = (t - mu) / sigma
    slopes = np.array([(mass * away).sum(axis=1).mean() / sigma, ((mass * away**2).sum(axis=1) - 1).mean()])
    return -float(made.log_likelihood.mean()), -slopes
