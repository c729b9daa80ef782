"""Exact sums over subsets: against every subset, and by what must hold of any distribution."""

from __future__ import annotations

import itertools
import logging
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from hotspots.base import subset_sums
from hotspots.base.errors import ParameterError
from hotspots.base.subset_sums import cap_values, code_values, neighbourhood_tails


def ring(n: int, steps: tuple[int, ...] = (1, -1)) -> Any:
    return sparse.csr_array(np.asarray(sum(np.roll(np.eye(n), step, axis=1) for step in steps)))


def every_sum(x: Any, links: Any, i: int, own: str) -> tuple[float, float]:
    """Shares of all subsets with a sum at least, and at most, as large as area i's."""
    neighbours = links[[i]].toarray()[0] > 0
    if own == "moved":
        observed, size, pool = x[neighbours].sum() + x[i], neighbours.sum() + 1, x
    else:
        observed, size, pool = x[neighbours].sum(), neighbours.sum(), np.delete(x, i)
    sums = np.array([sum(some) for some in itertools.combinations(pool, size)])
    return float((sums >= observed - 1e-9).mean()), float((sums <= observed + 1e-9).mean())


def test_the_ring_of_nine() -> None:
    # 84 subsets of three; 4 + 4 + 100 = 108 is the largest sum, held by one: 1 / 84 = 0.011905. The first area has
    # 1 + 1 + 100; the subsets with 100 are C(8, 2) = 28, and none without it adds up to as much: 28 / 84.
    x = np.array([1.0, 1, 2, 2, 3, 3, 4, 4, 100])
    upper, lower = neighbourhood_tails(x, ring(9), own="moved", cap=1)
    expected = [0.333333, 1, 0.976190, 0.809524, 0.666667, 0.404762, 0.357143, 0.011905, 0.214286]
    assert upper == pytest.approx(expected, abs=5e-7)
    upper, lower = neighbourhood_tails(x, ring(9), own="held", cap=1)
    two_sided = np.minimum(1, 2 * np.minimum(upper, lower))
    expected = [0.5, 0.142857, 0.214286, 0.928571, 1, 0.714286, 0.642857, 0.071429, 1]
    assert two_sided == pytest.approx(expected, abs=5e-7)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(5, 11), st.sampled_from(["moved", "held"]))
def test_as_every_subset(seed: int, n: int, own: Literal["moved", "held"]) -> None:
    rng = np.random.default_rng(seed)
    dense = rng.random((n, n)) < rng.uniform(0.2, 0.9)
    np.fill_diagonal(dense, False)
    links, x = sparse.csr_array(dense.astype(float)), rng.integers(-3, 6, n).astype(float)
    upper, lower = neighbourhood_tails(x, links, own=own, cap=1)
    for i in range(n):
        if dense[i].any():
            assert (upper[i], lower[i]) == pytest.approx(every_sum(x, links, i, own), abs=1e-11)
        else:
            assert (upper[i], lower[i]) == (1, 1)


def test_the_smallest_probabilities_keep_their_digits() -> None:
    # Ten of 1,000 areas have 1: all ten side by side is one subset of C(1000, 10) = 2.634e23.
    x = np.zeros(1000)
    x[100:110] = 1
    upper, lower = neighbourhood_tails(x, ring(1000, (-4, -3, -2, -1, 1, 2, 3, 4, 5)), own="moved", cap=1)
    assert upper.min() == pytest.approx(1 / 2.634095604619702e23, rel=1e-9)
    assert lower.max() == pytest.approx(1)
    # With the own value held the subtraction leaves errors of 1e-15 or so: nothing under 1e-12 is claimed.
    upper, _ = neighbourhood_tails(x, ring(1000, (-4, -3, -2, -1, 1, 2, 3, 4, 5)), own="held", cap=1)
    assert upper.min() == 1e-12


def test_most_areas_as_neighbours_go_by_the_few_left_out() -> None:
    # Each leaves out one of nine: the sum over eight is the total less that one.
    x, links = np.array([2.0, 7, 1, 8, 3, 9, 4, 6, 5]), np.ones((9, 9)) - np.eye(9)
    links[np.arange(9), np.roll(np.arange(9), 1)] = 0
    upper, _ = neighbourhood_tails(x, sparse.csr_array(links), own="moved", cap=1)
    left_out = np.roll(x, 1)
    assert upper == pytest.approx([(x <= gone).mean() for gone in left_out])


def test_values_are_capped_at_a_quantile_of_those_over_0() -> None:
    # Over 0 are 1 to 20: 95% of twenty is the nineteenth.
    x = np.concatenate([np.zeros(80), np.arange(1.0, 21)])
    assert cap_values(x, 0.95).max() == 19
    assert (cap_values(x, 0.95) != x).sum() == 1
    np.testing.assert_array_equal(cap_values(x, 1), x)
    np.testing.assert_array_equal(cap_values(np.zeros(3), 0.95), np.zeros(3))


def test_values_that_can_be_negative_are_capped_at_both_ends() -> None:
    x = np.arange(-10.0, 10)
    capped = cap_values(x, 0.9)
    assert (capped.min(), capped.max()) == (-8, 7)  # two of twenty are pulled in at each end
    np.testing.assert_array_equal(cap_values(-x, 0.9), -capped)


def test_one_value_decides_nothing_once_capped() -> None:
    # One cell of 974 lights up its neighbours, but counts no more than the next largest.
    x = np.tile([0.0, 1, 2, 3], 25)
    x[50] = 974
    for cap, least in ((1, 0.04), (0.95, 0.1)):
        upper, _ = neighbourhood_tails(x, ring(100), own="moved", cap=cap)
        assert (upper[49:52].max() < least) == (cap == 1)


def test_real_values_become_400_equal_steps_and_fewer_where_neighbours_are_many() -> None:
    x = np.linspace(0, 1, 1001)
    assert code_values(x, 8).max() == 400
    assert code_values(x, 80).max() == 200
    assert code_values(x, 5_000).max() == 20
    np.testing.assert_array_equal(code_values(x * 1e6, 8), code_values(x, 8))
    assert code_values(np.array([0.0, 350, 400]), 8).tolist() == [0, 350, 400]
    assert code_values(np.full(3, 0.5), 8).tolist() == [0, 0, 0]


def test_what_was_capped_is_said(caplog: pytest.LogCaptureFixture) -> None:
    x = np.concatenate([np.zeros(80), np.arange(1.0, 21)])
    with caplog.at_level(logging.INFO):
        neighbourhood_tails(x, ring(100), own="moved")
        neighbourhood_tails(x - 5, ring(100), own="moved")
        neighbourhood_tails(x, ring(100), own="moved", cap=1)
    assert caplog.messages == [
        "Exact p: values over 19 count as 19 (the 0.95 quantile of those over 0), 1 of 100",
        "Exact p: values over 10 count as 10 (the 0.95 quantile), 5 of 100",
    ]


def test_sums_out_of_reach_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subset_sums, "_MOST_STEPS", 1000)
    with pytest.raises(ParameterError) as caught:
        neighbourhood_tails(np.arange(40.0), ring(40, tuple(range(1, 13))), own="held")
    assert caught.value.message == "exact p values of sums over 12 of 40 areas are out of reach"
    assert caught.value.hint == (
        "set 'inference' to 'permutation', or give each area fewer neighbours with 'neighbours' = 'nearest'"
    )
