"""Rates are never infinite, and their limits are those of the public-health tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hotspots.base.errors import DataError, ParameterError
from hotspots.counting.rates import rate, rate_limits


def test_a_rate_is_per_thousand_people_a_year() -> None:
    # 30 incidents in 6 months are 60 a year; among 6,000 people that is 10 per 1,000.
    n, people = pd.Series([30], index=["a"]), pd.Series([6000.0], index=["a"])
    assert rate(n, people, months=6).to_dict() == {"a": 10.0}


def test_no_rate_where_the_population_is_unknown_zero_or_small() -> None:
    n = pd.Series([5, 5, 5, 5])
    people = pd.Series([np.nan, 0.0, 99.0, 100.0])
    assert rate(n, people, months=12, min_population=100).isna().tolist() == [True, True, True, False]
    assert rate_limits(n, people, months=12, min_population=100)["rate_hi"].isna().tolist() == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("months", "least", "message"),
    [
        (0, 0, "'months' is 0"),
        (-1, 0, "'months' is -1"),
        (float("nan"), 0, "'months' is nan"),
        (float("inf"), 0, "'months' is inf"),
        (12, float("inf"), "'min_population' is inf"),
        (12, -5, "'min_population' is -5"),
    ],
)
def test_impossible_rates_are_refused(months: float, least: float, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        rate(pd.Series([1]), pd.Series([1.0]), months=months, min_population=least)
    assert caught.value.message == message


def test_counts_and_populations_of_other_areas_are_refused() -> None:
    with pytest.raises(DataError, match="counts and populations are not of the same areas in the same order"):
        rate(pd.Series([1], index=["a"]), pd.Series([1.0], index=["b"]), months=12)


def test_a_negative_population_is_refused_by_its_code() -> None:
    with pytest.raises(DataError, match="the population of b is negative"):
        rate(pd.Series([1, 1], index=["a", "b"]), pd.Series([1.0, -2.0], index=["a", "b"]), months=12)


@pytest.mark.parametrize(
    ("n", "level", "lower", "upper"),
    [
        # Exact under 10, Byar from 10; values of the public-health reference tables.
        (65, 0.95, 50.1631877, 82.8491385),
        (1045, 0.95, 982.593202, 1110.331213),
        (65, 0.998, 42.8802615, 94.0002908),
        (10, 0.998, 2.91631837, 24.1937249),
        (0, 0.95, 0.0, 3.68887945),
        (0, 0.998, 0.0, 6.90775528),
        (1, 0.95, 0.02531781, 5.57164339),
        (5, 0.95, 1.62348639, 11.66833208),
    ],
)
def test_byars_limits_are_those_of_the_reference_tables(
    n: int, level: float, lower: float, upper: float
) -> None:
    options: dict[str, Any] = {"months": 12, "level": level, "limits": "byar"}
    limits = rate_limits(pd.Series([n]), pd.Series([1000.0]), **options).iloc[0]
    assert limits["rate_lo"] == pytest.approx(lower, rel=1e-6, abs=1e-12)
    assert limits["rate_hi"] == pytest.approx(upper, rel=1e-6)


def test_limits_allow_for_counts_that_vary_more_than_chance() -> None:
    # A dispersion of 4: the limits of 65 are four times those of 16.25, about twice as wide.
    counts, population = pd.Series([65]), pd.Series([1000.0])
    narrow = rate_limits(counts, population, months=12).iloc[0]
    wide = rate_limits(counts, population, months=12, dispersion=4).iloc[0]
    assert wide["rate_lo"] == pytest.approx(4 * stats.gamma.ppf(0.025, 65 / 4))
    assert wide["rate_hi"] == pytest.approx(4 * stats.gamma.ppf(0.975, 65 / 4 + 1))
    ratio = (wide["rate_hi"] - wide["rate_lo"]) / (narrow["rate_hi"] - narrow["rate_lo"])
    assert 1.9 < ratio < 2.1
    with pytest.raises(ParameterError) as caught:
        rate_limits(counts, population, months=12, dispersion=0.5)
    assert caught.value.message == "'dispersion' is 0.5"
    assert caught.value.hint == (
        "use 1 for counts that only chance varies, or more up to 10,000, such as 'dispersion' = 1.9"
    )
    with pytest.raises(ParameterError) as caught:
        rate_limits(counts, population, months=12, limits="wald")  # type: ignore[arg-type]
    assert (caught.value.message, caught.value.hint) == ("'limits' is 'wald'", "use 'exact' or 'byar'")


@settings(max_examples=50)
@given(st.integers(0, 5000), st.integers(1, 36), st.floats(100, 20_000))
def test_the_limits_hold_the_rate_between_them(n: int, months: float, people: float) -> None:
    counts, population = pd.Series([n]), pd.Series([people])
    value = rate(counts, population, months=months).iloc[0]
    limits = rate_limits(counts, population, months=months).iloc[0]
    assert limits["rate_lo"] <= value <= limits["rate_hi"]


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(ParameterError, match=f"'level' is {level}"):
        rate_limits(pd.Series([1]), pd.Series([1.0]), months=12, level=level)
