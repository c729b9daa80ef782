"""Limits of rates as Public Health England's own program gives them (the examples of phe_rate)."""

from __future__ import annotations

import pandas as pd
import pytest

from hotspots.counting.rates import rate, rate_limits


@pytest.mark.parametrize(
    ("n", "people", "lower", "upper"),
    [(20, 100, 12.2114, 30.8899), (9856, 12_345, 78.2695, 81.4300)],
)
def test_limits_per_hundred_people(n: int, people: int, lower: float, upper: float) -> None:
    counts, population = pd.Series([n]), pd.Series([float(people)])
    limits = rate_limits(counts, population, months=12, limits="byar").iloc[0] / 10  # ours are per 1,000
    assert limits.tolist() == pytest.approx([lower, upper], abs=5e-5)
    assert rate(counts, population, months=12).iloc[0] / 10 == pytest.approx(100 * n / people)
