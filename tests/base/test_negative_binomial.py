"""Chances and limits of counts that vary more than chance: against the field's distributions, at every size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from hotspots.base.errors import ParameterError
from hotspots.base.negative_binomial import count_tails, mean_limits

PHI = st.one_of(st.just(1.0), st.floats(1.0001, 30))
MEAN = st.one_of(st.floats(0.001, 30), st.floats(30, 20_000))


def field(mean: float, phi: float) -> stats.rv_discrete:
    return stats.poisson(mean) if phi == 1 else stats.nbinom(mean / (phi - 1), 1 / phi)


@given(MEAN, PHI, st.floats(-9, 9))
@example(9985.0, 1.0001034513115883, 1.0)  # nearly Poisson: the gammas are vast and alike
@example(9985.0, 1.0000001, 1.0)
@example(2000.0, 2.9, 2.0)
@example(2000.0, 3.1, 2.0)
def test_tails_are_those_of_scipy(mean: float, phi: float, away: float) -> None:
    n = max(0, round(mean + away * np.sqrt(phi * mean)))
    lower, upper = count_tails([n], [mean], dispersion=phi)
    known = field(mean, phi)
    assert lower[0] == pytest.approx(known.cdf(n), rel=1e-6, abs=1e-25)
    assert upper[0] == pytest.approx(known.sf(n - 1), rel=1e-6, abs=1e-25)


@given(MEAN, PHI, st.sampled_from([0.8, 0.95, 0.9973]))
def test_limits_leave_out_at_most_the_tail_and_no_more_could_be_left_out(
    mean: float, phi: float, level: float
) -> None:
    (lower,), (upper,) = mean_limits([mean], dispersion=phi, level=level)
    known, tail = field(mean, phi), (1 - level) / 2
    slack = 1e-9
    assert known.cdf(lower - 1) < tail + slack
    assert known.cdf(lower) >= tail - slack
    assert known.sf(upper) <= tail + slack
    assert upper == lower or known.sf(upper - 1) > tail - slack


def test_a_count_far_below_or_above_keeps_its_digits() -> None:
    # Poisson 10,000: 9,000 is ten standard deviations under its mean, 11,000 as many over it.
    lower, upper = count_tails([9000, 11_000, 20_000], [10_000] * 3)
    assert lower[0] == pytest.approx(stats.poisson.cdf(9000, 10_000), rel=1e-6)
    assert upper[1] == pytest.approx(stats.poisson.sf(10_999, 10_000), rel=1e-6)
    assert upper[2] == 0


def test_nothing_expected_holds_nothing() -> None:
    assert [tail.tolist() for tail in count_tails([0, 2], [0, 0])] == [[1, 1], [1, 0]]
    assert [limit.tolist() for limit in mean_limits([0.0])] == [[0], [0]]


def test_what_is_unknown_stays_unknown_and_shapes_are_kept() -> None:
    lower, upper = count_tails(np.array([[np.nan, 1], [1, 1]]), np.array([[1, np.nan], [1, 1]]))
    assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [[True, True], [False, False]]
    assert np.isnan(mean_limits([[np.nan]])[0]).shape == (1, 1)


def test_a_count_that_is_not_whole_is_two_or_fewer_and_three_or_more() -> None:
    lower, upper = count_tails([2.5], [2])
    assert lower[0] == pytest.approx(stats.poisson.cdf(2, 2))
    assert upper[0] == pytest.approx(stats.poisson.sf(2, 2))


def test_a_dispersion_under_one_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"^'dispersion' is 0.5\n"):
        mean_limits([1], dispersion=0.5)
