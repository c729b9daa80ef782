"""Limits of counts and ratios: published values, exact tails, and the coverage that they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hotspots.base.errors import ParameterError
from hotspots.base.poisson import count_limits, dispersion_of, exact_limits, funnel_limits, ratio_limits

LEVELS = st.sampled_from([0.8, 0.95, 0.998])
COUNTS = st.integers(0, 3000)


@settings(max_examples=100)
@given(x=COUNTS, level=LEVELS)
def test_exact_limits_leave_half_the_rest_in_each_tail(x: int, level: float) -> None:
    lower, upper = (float(limit) for limit in exact_limits(x, level=level))
    tail = (1 - level) / 2
    assert stats.poisson.cdf(x, upper) == pytest.approx(tail)
    if x > 0:
        assert stats.poisson.sf(x - 1, lower) == pytest.approx(tail)
    else:
        assert lower == 0


def test_byars_limits_are_near_the_exact_ones_at_95_percent_and_less_so_further_out() -> None:
    counts = np.arange(10, 20_000)
    apart = {
        level: max(
            np.abs(approximate / exact - 1).max()
            for approximate, exact in zip(
                count_limits(counts, level=level, limits="byar"),
                exact_limits(counts, level=level),
                strict=True,
            )
        )
        for level in (0.95, 0.998)
    }
    assert apart[0.95] < 0.002
    assert 0.014 < apart[0.998] < 0.016


def test_the_dispersion_by_hand() -> None:
    # Twenty areas with 10 and 20 or 20 and 10: 15 expected everywhere; 40 · 5²/15 over 19 · 1 degrees.
    counts = np.array([[10, 20], [20, 10]] * 10)
    assert dispersion_of(counts) == pytest.approx(40 * 25 / 15 / 19)
    # An area without incidents says nothing, nor does one that is not known, nor an empty period.
    more = np.column_stack([np.vstack([counts, np.array([[0, 0], [np.nan, 3]])]), np.zeros(22)])
    assert dispersion_of(more) == pytest.approx(40 * 25 / 15 / 19)


def test_a_change_that_all_areas_share_is_no_dispersion() -> None:
    sizes = np.arange(1, 31)
    assert dispersion_of(np.column_stack([10 * sizes, 25 * sizes])) == 1


@pytest.mark.parametrize("phi", [1.0, 1.5, 3.0])
def test_the_dispersion_that_made_the_counts_is_found_again(phi: float) -> None:
    random = np.random.default_rng(2)
    means = random.lognormal(3, 1, 2000)[:, None] * np.array([1.0, 1.3])
    varied = phi - 1 if phi > 1 else 1e-6
    counts = random.poisson(means * random.gamma(means / varied, varied / means))
    # The standard error over 2,000 areas is about φ · √(2 / 2000), 3 % of it.
    assert dispersion_of(counts) == pytest.approx(phi, rel=0.1)


def test_too_few_areas_or_periods_tell_no_dispersion() -> None:
    assert np.isnan(dispersion_of([[3, 8]] * 10))  # 9 · 1
    assert not np.isnan(dispersion_of([[3, 8]] * 11))
    assert np.isnan(dispersion_of([[3]] * 100))
    assert np.isnan(dispersion_of(np.zeros((100, 2))))


def test_ratio_limits_with_a_dispersion_are_those_of_fewer_incidents() -> None:
    _, lower, upper = ratio_limits(60, 12, 40, 12, dispersion=2)
    _, half_lower, half_upper = ratio_limits(30, 12, 20, 12)
    assert (float(lower), float(upper)) == (float(half_lower), float(half_upper))


def test_a_missing_count_has_no_limits() -> None:
    for limits in (exact_limits([np.nan]), count_limits([np.nan]), ratio_limits([np.nan], 1, [3], 1)):
        assert np.isnan(np.concatenate(limits)).all()
    assert np.isnan(np.concatenate(funnel_limits([np.nan], level=0.95))).all()


@settings(max_examples=100)
@given(x=COUNTS, base=COUNTS, months=st.integers(1, 36), months_base=st.integers(1, 36), level=LEVELS)
def test_ratio_limits_are_clopper_and_pearsons(
    x: int, base: int, months: int, months_base: int, level: float
) -> None:
    ratio, lower, upper = (float(v) for v in ratio_limits(x, months, base, months_base, level=level))
    if x + base == 0:
        assert np.isnan(ratio)
        assert (lower, upper) == (0, np.inf)
        return
    share = stats.binomtest(x, x + base).proportion_ci(level, method="exact")
    scale = months_base / months
    assert lower == pytest.approx(share.low / (1 - share.low) * scale)
    assert upper == (pytest.approx(share.high / (1 - share.high) * scale, rel=1e-6) if base else np.inf)
    assert lower <= ratio <= upper


def test_ratio_limits_hold_at_least_as_often_as_they_promise() -> None:
    # Every pair of counts of two Poisson variables with means 12 and 8: the chance that 1.5 is inside.
    counts = np.arange(60)
    a, b = np.meshgrid(counts, counts, indexing="ij")
    chance = stats.poisson.pmf(a, 12) * stats.poisson.pmf(b, 8)
    _, lower, upper = ratio_limits(a, 1, b, 1)
    covered = chance[(lower <= 1.5) & (upper >= 1.5)].sum()
    assert 0.95 <= covered < 0.99


@settings(max_examples=100)
@given(expected=st.floats(0.01, 100_000), level=LEVELS)
def test_the_funnel_flags_what_the_exact_interval_leaves_out(expected: float, level: float) -> None:
    lower, upper = (float(limit) for limit in funnel_limits(expected, level=level))
    for x in {max(0, int(lower)), int(np.ceil(lower)), int(upper), int(np.ceil(upper))}:
        if min(abs(x - lower), abs(x - upper)) < 1e-6:
            continue
        own_lower, own_upper = (float(limit) for limit in exact_limits(x, level=level))
        assert (x > upper) == (own_lower > expected)
        assert (x < lower) == (own_upper < expected)


def test_a_level_that_is_no_share_is_refused() -> None:
    with pytest.raises(ParameterError) as error:
        exact_limits(3, level=95)
    assert error.value.message == "'level' is 95"
    assert error.value.hint == "use a share between 0 and 1, such as 'level' = 0.95"
