"""Empirical-Bayes rates: by hand, by property, and against esda."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.methods.smooth import smooth_rates


def series(values: Any) -> pd.Series[Any]:
    return pd.Series(list(values), index=[f"E05{i:06d}" for i in range(len(values))], dtype="float64")


def test_by_hand() -> None:
    # 10 of 100 and 10 of 900: m = 20/1000 = 0.02. Spread: (100·0.08² + 900·(1/90 - 0.02)²)/1000 - 0.02/500
    # = 0.00064 + 0.0000711 - 0.00004 = 0.00067111. The first keeps 0.00067111/(0.00067111 + 0.0002).
    result = smooth_rates(series([10, 10]), series([100, 900]), months=12)
    assert result.iloc[0] == pytest.approx(1000 * (0.02 + 0.08 * 0.770408), rel=1e-5)
    assert smooth_rates(series([10, 10]), series([100, 900]), months=6).tolist() == pytest.approx(2 * result)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(50, 5000)), min_size=2, max_size=30))
def test_as_esda_where_its_variance_is_not_negative(rows: list[tuple[int, int]]) -> None:
    from esda.smoothing import Empirical_Bayes

    n, people = series([a for a, _ in rows]), series([b for _, b in rows])
    ours = smooth_rates(n, people, months=12).to_numpy()
    mean = n.sum() / people.sum()
    spread = (people * (n / people - mean) ** 2).sum() / people.sum() - mean / people.mean()
    if mean > 0 and spread >= 0:
        theirs = 1000 * Empirical_Bayes(n.to_numpy(), people.to_numpy()).r.ravel()
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    else:
        np.testing.assert_allclose(ours, 1000 * mean)
    raw = 1000 * n / people
    low, high = np.minimum(raw, 1000 * mean), np.maximum(raw, 1000 * mean)
    assert ((ours >= low - 1e-9) & (ours <= high + 1e-9)).all()


def test_esda_goes_the_wrong_way_where_chance_explains_the_spread() -> None:
    """Equal rates but for rounding: esda's weight turns negative and pushes rates away from the mean."""
    from esda.smoothing import Empirical_Bayes

    n, people = series([10, 11, 9]), series([1000, 1000, 1000])
    theirs = 1000 * Empirical_Bayes(n.to_numpy(), people.to_numpy()).r.ravel()
    assert theirs[1] < 10 < theirs[2]
    assert smooth_rates(n, people, months=12).tolist() == pytest.approx([10, 10, 10])


def test_unknown_populations_stay_unknown_and_count_for_nothing(caplog: pytest.LogCaptureFixture) -> None:
    n, people = series([10, 10, 500]), series([100, 900, np.nan])
    with caplog.at_level(logging.INFO, logger="hotspots"):
        result = smooth_rates(n, people, months=12)
    assert np.isnan(result.iloc[2])
    assert result.iloc[:2].tolist() == smooth_rates(n[:2], people[:2], months=12).tolist()
    assert caplog.messages == []
    assert smooth_rates(n, people * np.nan, months=12).isna().all()
    assert smooth_rates(n * 0, people, months=12).tolist()[:2] == [0, 0]


def test_says_when_nothing_is_left_to_map(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="hotspots"):
        smooth_rates(series([10, 10]), series([1000, 1000]), months=12)
    assert caplog.messages == [
        "Smoothed rates: chance explains the whole spread, so every area gets the rate of all"
    ]
