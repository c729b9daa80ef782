"""The gamma-Poisson fit: values found by another program, the likelihood by scipy, and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hotspots.base.errors import DataError
from hotspots.base.gamma_poisson import LARGEST_SHAPE, fit_gamma_poisson

Y = np.array([0.0, 2, 5, 1, 9, 3])
E = np.array([2.0, 2, 3, 1.5, 3, 2.5])


def test_the_fit_is_that_of_another_program() -> None:
    """R's optim found 4.58691, 3.37812 and -12.57018058."""
    fit = fit_gamma_poisson(Y, E)
    assert fit.shape == pytest.approx(4.586938582, rel=1e-6)
    assert fit.rate == pytest.approx(3.378137313, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(-12.570180584, abs=1e-8)


def test_the_posterior_gives_the_means_and_the_chance_of_twice_the_risk() -> None:
    shape, rate = fit_gamma_poisson(Y, E).posterior(Y, E)
    assert shape / rate == pytest.approx(
        [0.852886, 1.224762, 1.503094, 1.145302, 2.130236, 1.290705], abs=1e-6
    )
    beyond = stats.gamma.sf(2, shape, scale=1 / rate)
    assert beyond == pytest.approx([0.011609, 0.067447, 0.150618, 0.056272, 0.555301, 0.078115], abs=1e-6)


def test_the_likelihood_is_the_negative_binomial_one() -> None:
    fit = fit_gamma_poisson(Y, E)
    logs = stats.nbinom.logpmf(Y, fit.shape, fit.rate / (fit.rate + E))
    assert fit.log_likelihood == pytest.approx(logs.sum(), abs=1e-9)


def test_no_other_shape_or_rate_is_likelier() -> None:
    fit = fit_gamma_poisson(Y, E)
    for shape, rate in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)):
        a, b = fit.shape * shape, fit.rate * rate
        assert stats.nbinom.logpmf(Y, a, b / (b + E)).sum() < fit.log_likelihood


@pytest.mark.parametrize(("mean", "shape"), [(3, 1.5), (500, 1.5), (40, 20.0)])
def test_the_shape_that_made_the_counts_is_found_again(mean: float, shape: float) -> None:
    random = np.random.default_rng(3)
    expected = mean * random.uniform(0.5, 1.5, 4000)
    fit = fit_gamma_poisson(random.poisson(expected * random.gamma(shape, 1 / shape, 4000)), expected)
    # Over 4,000 areas the shape's own standard error is a few percent of it.
    assert fit.shape == pytest.approx(shape, rel=0.15)
    assert fit.shape / fit.rate == pytest.approx(1, rel=0.05)


def test_counts_that_only_chance_varies_have_the_largest_shape() -> None:
    """Ten areas of 100 expected with counts nearer to 100 than chance would bring them."""
    fit = fit_gamma_poisson([99, 101, 100, 100, 98, 102, 100, 100, 101, 99], [100] * 10)
    assert fit.shape == pytest.approx(LARGEST_SHAPE)
    assert fit.shape / fit.rate == pytest.approx(1, rel=1e-6)


def test_expected_counts_in_other_units_give_the_same_risks() -> None:
    """Ten times the expected counts: a tenth of the risk, hence ten times the rate and the same shape."""
    fit, other = fit_gamma_poisson(Y, E), fit_gamma_poisson(Y, 10 * E)
    assert other.shape == pytest.approx(fit.shape, rel=1e-5)
    assert other.rate == pytest.approx(10 * fit.rate, rel=1e-5)


def test_areas_that_expect_nothing_or_are_unknown_are_left_out() -> None:
    fit = fit_gamma_poisson([*Y, 4, np.nan, 2], [*E, 0, 1, np.nan])
    assert fit.shape == fit_gamma_poisson(Y, E).shape


@pytest.mark.parametrize(
    ("y", "e", "said"), [([0, 0], [1, 1], "2 areas with 0"), ([3, 4], [1, 0], "1 area with 3")]
)
def test_too_little_is_refused(y: list[float], e: list[float], said: str) -> None:
    with pytest.raises(DataError) as caught:
        fit_gamma_poisson(y, e)
    assert caught.value.message == f"the spread of risk cannot be told from {said} incidents"
    assert caught.value.hint == "give two or more areas that expect incidents, with an incident among them"
