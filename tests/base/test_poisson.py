"""Limits of counts and ratios: published values, exact tails, and the coverage that they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hotspots.base.errors import ParameterError
from hotspots.base.poisson import count_limits, exact_limits, funnel_limits, ratio_limits

LEVELS = st.sampled_from([0.8, 0.95, 0.998])
COUNTS = st.integers(0, 3000)


@settings(deadline=None, max_examples=100)
@given(x=COUNTS, level=LEVELS)
def test_exact_limits_leave_half_the_rest_in_each_tail(x: int, level: float) -> None:
    lower, upper = (float(limit) for limit in exact_limits(x, level=level))
    tail = (1 - level) / 2
    assert stats.poisson.cdf(x, upper) == pytest.approx(tail)
    if x > 0:
        assert stats.poisson.sf(x - 1, lower) == pytest.approx(tail)
    else:
        assert lower == 0


def test_byars_limits_are_within_a_fifth_of_a_percent_of_the_exact_ones() -> None:
    counts = np.arange(10, 20_000)
    for approximate, exact in zip(count_limits(counts), exact_limits(counts), strict=True):
        assert np.abs(approximate / exact - 1).max() < 0.002


def test_a_missing_count_has_no_limits() -> None:
    for limits in (exact_limits([np.nan]), count_limits([np.nan]), ratio_limits([np.nan], 1, [3], 1)):
        assert np.isnan(np.concatenate(limits)).all()
    assert np.isnan(np.concatenate(funnel_limits([np.nan], level=0.95))).all()


@settings(deadline=None, max_examples=100)
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


@settings(deadline=None, max_examples=100)
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
