"""Counts whose risks differ between areas: a gamma distribution of risk, fitted by its marginal likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.base.errors import DataError

Floats = npt.NDArray[np.float64]

LARGEST_SHAPE = 1e6
"""A fitted shape ends here: the risks then differ by a thousandth, which is not at all."""
_SMALLEST_SHAPE = 1e-4


@dataclass(frozen=True)
class GammaPoisson:
    """Counts y of areas with expected counts e: y ~ Poisson(e θ), with θ ~ Gamma(shape, rate) over the areas.

    Attributes
    ----------
    shape, rate : float
        Of the gamma distribution of relative risk: its mean is shape / rate, its coefficient of variation
        1 / √shape. A shape of `LARGEST_SHAPE` says that the counts vary no more than chance would have them.
    log_likelihood : float
        Log of the negative binomial probability of the counts that it was fitted to.
    """

    shape: float
    rate: float
    log_likelihood: float

    def posterior(self, counts: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return the shape and the rate of each area's gamma distribution of risk, given its count.

        Its mean, (shape + count) / (rate + expected), lies between the mean risk and count over expected, the
        nearer to the latter the more is expected.
        """
        y, e = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
        return self.shape + y, self.rate + e

    def at_least(self, counts: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
        """Return the probability that an area of its kind has so many incidents or more, as a smooth curve."""
        from scipy import special

        k, e = np.broadcast_arrays(np.asarray(counts, dtype=float), np.asarray(expected, dtype=float))
        reached = special.betainc(np.where(k > 0, k, 1.0), self.shape, e / (self.rate + e))
        return np.where(k > 0, reached, 1.0)

    def limits(self, expected: npt.ArrayLike, *, level: float) -> tuple[Floats, Floats]:
        """Return between which counts an area lies that expects so many; see `hotspots.base.poisson.funnel_limits`.

        An area lies above the upper limit where so many incidents or more have a probability under
        (1 - level) / 2, and below the lower one where so few or fewer have.
        """
        from scipy import special

        e = np.asarray(expected, dtype=float)
        share = e / (self.rate + e)
        upper = special.btdtria((1 - level) / 2, self.shape, share)
        lower = special.btdtria((1 + level) / 2, self.shape, share) - 1
        return np.where(np.isnan(e), np.nan, np.maximum(lower, 0.0)), upper


def fit_gamma_poisson(counts: npt.ArrayLike, expected: npt.ArrayLike) -> GammaPoisson:
    """Fit the spread of risk between areas from their counts, by the greatest marginal likelihood.

    Risks vary between areas, and each count varies by chance about what its area's risk expects. With gamma
    distributed risks the counts are negative binomial, so that shape and rate follow from the counts alone.
    Overdispersed counts (variance φ times the mean) are fitted as counts / φ with expected / φ: the formulas
    take real numbers.

    Parameters
    ----------
    counts : array of numbers
        Incidents of each area, 0 or more; need not be whole.
    expected : array of numbers
        What each area would have at the risk 1, such as its people times the rate of all. Areas with NaN in
        either, or with nothing expected, are left out.

    Returns
    -------
    GammaPoisson

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
    >>> fit = fit_gamma_poisson([0, 2, 5, 1, 9, 3], [2, 2, 3, 1.5, 3, 2.5])
    >>> round(fit.shape, 4), round(fit.rate, 4), round(fit.log_likelihood, 4)
    (4.5869, 3.3781, -12.5702)
    >>> shape, rate = fit.posterior([0, 9], [2, 3])
    >>> (shape / rate).round(3).tolist()
    [0.853, 2.13]
    """
    from scipy import optimize

    y, e = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    used = (e > 0) & (y >= 0)
    y, e = y[used], e[used]
    if len(y) < 2 or not y.any():
        areas = f"{len(y):,} area{'' if len(y) == 1 else 's'}"
        raise DataError(
            f"the spread of risk cannot be told from {areas} with {y.sum():,.0f} incidents",
            hint="give two or more areas that expect incidents, with an incident among them",
        )
    mean = y.sum() / e.sum()
    # Moments to start from: the variance of y / e beyond what chance gives it.
    spread = max(((y - mean * e) ** 2).sum() - mean * e.sum(), 0.0) / (mean**2 * (e**2).sum())
    shape = float(np.clip(1 / spread if spread > 0 else 1e3, 1e-2, 1e3))
    bounds = [(np.log(_SMALLEST_SHAPE), np.log(LARGEST_SHAPE)), (None, None)]
    start = np.array([np.log(shape), np.log(mean)])
    found = optimize.minimize(
        _loss, start, args=(y, e), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500},
    )  # fmt: skip
    a, mean = np.exp(found.x)
    return GammaPoisson(float(a), float(a / mean), -float(found.fun) * len(y))


def _loss(point: Floats, y: Floats, e: Floats) -> tuple[float, Floats]:
    """Return minus the mean log-likelihood at (log shape, log mean risk), and its slopes."""
    from scipy import special

    a, mean = np.exp(point)
    of = a + mean * e
    ratio = (a + y) / of
    # log a - log(a + mean e), without the loss of digits that a large shape brings.
    share = -np.log1p(mean * e / a)
    value = special.gammaln(a + y) - special.gammaln(a) - special.gammaln(y + 1)
    value = value + a * share + special.xlogy(y, mean * e / of)
    by_shape = special.digamma(a + y) - special.digamma(a) + share + 1 - ratio
    by_mean = y - ratio * mean * e
    slopes = np.array([a * by_shape.mean(), by_mean.mean()])
    return -float(value.mean()), -slopes
