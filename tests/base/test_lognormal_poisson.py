"""Lognormal-Poisson counts: against dense quadrature, by what made them, and their limits against their tails."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special, stats

from hotspots.base.errors import DataError
from hotspots.base.gamma_poisson import GammaPoisson, fit_gamma_poisson
from hotspots.base.lognormal_poisson import LognormalPoisson, LognormalPosterior, fit_lognormal_poisson

Y = np.array([0.0, 2, 5, 1, 9, 3])
E = np.array([2.0, 2, 3, 1.5, 3, 2.5])


def dense_likelihood(mu: float, sigma: float) -> float:
    t = mu + sigma * np.linspace(-9, 9, 4001)
    weight = stats.norm.pdf(t, mu, sigma) * (t[1] - t[0])
    return float(
        sum(np.log((stats.poisson.pmf(y, e * np.exp(t)) * weight).sum()) for y, e in zip(Y, E, strict=True))
    )


def test_the_fit_is_the_greatest_likelihood_of_dense_quadrature() -> None:
    fit = fit_lognormal_poisson(Y, E)
    assert fit.log_likelihood == pytest.approx(dense_likelihood(fit.mu, fit.sigma), abs=1e-8)
    best = optimize.minimize(lambda p: -dense_likelihood(p[0], np.exp(p[1])), [0, -0.5], method="Nelder-Mead")
    assert (fit.mu, fit.sigma) == pytest.approx((best.x[0], np.exp(best.x[1])), abs=1e-4)


@pytest.mark.parametrize(("y", "e", "sigma"), [(0, 3, 0.8), (1, 0.01, 1.5), (40, 12, 0.3), (9000, 8000, 1.2)])
def test_the_posterior_is_that_of_dense_quadrature(y: float, e: float, sigma: float) -> None:
    """The step of the dense one is a ten-thousandth of its width, so that its sums have four digits or more."""
    made = LognormalPosterior([y], [e], -0.2, sigma)
    t = np.linspace(made.low[0], made.high[0], 200_001)
    density = y * t - e * np.exp(t) - (t + 0.2) ** 2 / (2 * sigma**2)
    density = np.exp(density - density.max())
    density /= density.sum()
    assert made.mean[0] == pytest.approx((density * np.exp(t)).sum(), rel=1e-9)
    cumulative = np.cumsum(density)
    for share in (0.025, 0.5, 0.975):
        at = np.exp(t[np.searchsorted(cumulative, share)])
        assert made.quantile(share)[0] == pytest.approx(at, rel=1e-3)
        assert made.over(made.quantile(share))[0] == pytest.approx(1 - share, abs=1e-9)
    assert made.over(1.3)[0] == pytest.approx(density[np.exp(t) > 1.3].sum(), abs=1e-4)


def test_large_counts_are_as_exact_as_small_ones() -> None:
    """With a million expected the posterior is that of the count alone: mean y / e, deviation 1 / √y of it."""
    made = LognormalPosterior([1_210_000.0], [1e6], 0.0, 1.0)
    assert made.mean[0] == pytest.approx(1.21, rel=1e-5)
    assert made.quantile(0.975)[0] / made.quantile(0.025)[0] == pytest.approx(
        np.exp(2 * 1.959964 / 1100), rel=1e-5
    )


@pytest.mark.parametrize(("k", "e"), [(1, 2), (7, 2), (100, 20), (3000, 900), (5, 900)])
def test_the_chance_of_so_many_or_more_is_that_of_dense_quadrature(k: float, e: float) -> None:
    made = LognormalPoisson(-0.3, 0.8, 0.0)
    t = -0.3 + 0.8 * np.linspace(-9, 9, 40_001)
    dense = (special.gammainc(k, e * np.exp(t)) * stats.norm.pdf(t, -0.3, 0.8)).sum() * (t[1] - t[0])
    assert float(made.at_least(k, e)) == pytest.approx(dense, rel=1e-6)
    assert float(made.at_least(0, e)) == 1


@pytest.mark.parametrize("made", [LognormalPoisson(-0.3, 0.8, 0.0), GammaPoisson(1.4, 1.4, 0.0)])
def test_limits_have_the_tails_that_they_promise(made: LognormalPoisson | GammaPoisson) -> None:
    expected = np.array([0.5, 3.0, 40.0, np.nan, 2500.0])
    for level in (0.95, 0.998):
        lower, upper = made.limits(expected, level=level)
        known = ~np.isnan(expected)
        assert made.at_least(upper[known], expected[known]) == pytest.approx((1 - level) / 2, rel=1e-5)
        some = known & (lower > 0)
        assert some.any()
        assert made.at_least(lower[some] + 1, expected[some]) == pytest.approx((1 + level) / 2, rel=1e-5)
        assert np.isnan(lower[3])
        assert np.isnan(upper[3])


def test_the_gamma_chance_is_the_negative_binomial_tail() -> None:
    fit = fit_gamma_poisson(Y, E)
    for k in (1, 4, 12):
        tail = stats.nbinom.sf(k - 1, fit.shape, fit.rate / (fit.rate + 3.0))
        assert float(fit.at_least(k, 3.0)) == pytest.approx(tail)


@pytest.mark.parametrize(("mean", "sigma"), [(3, 0.8), (500, 0.8), (40, 0.3)])
def test_the_spread_that_made_the_counts_is_found_again(mean: float, sigma: float) -> None:
    random = np.random.default_rng(3)
    expected = mean * random.uniform(0.5, 1.5, 4000)
    fit = fit_lognormal_poisson(random.poisson(expected * random.lognormal(0.1, sigma, 4000)), expected)
    assert fit.sigma == pytest.approx(sigma, rel=0.08)
    assert fit.mu == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize(
    ("y", "e", "said"), [([0, 0], [1, 1], "2 areas with 0"), ([3, 4], [1, 0], "1 area with 3")]
)
def test_too_little_is_refused(y: list[float], e: list[float], said: str) -> None:
    with pytest.raises(DataError) as caught:
        fit_lognormal_poisson(y, e)
    assert caught.value.message == f"the spread of risk cannot be told from {said} incidents"
