"""How steep: slopes by hand and against those of R, and how often chance alone is called a trend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.time.slopes import correlated_trend, sen_slope, trend
from hotspots.methods.time.trend import mann_kendall

SERIES = [12, 15, 11, 14, 13, 30, 12, 16, 14, 10, 13, 15]


def table(values: Any, start: str = "2025-01") -> pd.DataFrame:
    values = np.atleast_2d(np.asarray(values))
    months = pd.period_range(start, periods=values.shape[1], freq="M")
    return pd.DataFrame(values, index=[f"E{k:02}" for k in range(len(values))], columns=months)


def test_sens_slope_is_the_median_of_all() -> None:
    # Of 1, 2, 4, 0 the slopes are 1, 3/2, -1/3, 2, -1, -4: the median of -4 -1 -1/3 1 3/2 2 is 1/3.
    assert sen_slope([1, 2, 4, 0]) == pytest.approx(1 / 3)
    with pytest.raises(DataError, match=r"^a slope takes two values or more, none missing"):
        sen_slope([1])


def test_correlation_from_month_to_month_widens_the_variance() -> None:
    random, plain, corrected = np.random.default_rng(7), 0, 0
    for _ in range(150):
        noise = random.normal(size=60)
        for place in range(1, 60):
            noise[place] += 0.6 * noise[place - 1]
        plain += mann_kendall(noise[None, :])["p"].iloc[0] < 0.05
        corrected += correlated_trend(noise)[1] < 0.05
    assert plain > 0.2 * 150
    assert corrected < 0.8 * plain


def test_without_correlation_the_variance_stays() -> None:
    noise = np.random.default_rng(3).permutation(24)
    z, p = correlated_trend(noise)
    known = mann_kendall(noise[None, :]).iloc[0]
    assert (z, p) == pytest.approx((known["z"], known["p"]), rel=0.3)


def test_a_correlation_cannot_be_told_from_few() -> None:
    with pytest.raises(
        DataError, match=r"^the correlation from month to month cannot be told from 12 values"
    ):
        correlated_trend(SERIES)


def test_the_slope_of_one_series_by_days_is_that_of_r() -> None:
    # glm(n ~ t, quasipoisson, offset = log(days)): slope -.0024297160, se .0319792669, p .9409, φ 2.127608812.
    row = trend(table(SERIES), against="days").iloc[0]
    assert row["tr_pct"] == pytest.approx(100 * np.expm1(12 * -0.0024297160), abs=1e-5)
    assert row["tr_p"] == pytest.approx(0.9409, abs=5e-5)
    # 2.228139: the 97.5% point of t with ten degrees of freedom.
    assert row["tr_hi"] == pytest.approx(
        100 * np.expm1(12 * (-0.0024297160 + 2.228139 * 0.0319792669)), rel=1e-5
    )


def test_an_area_that_moves_as_all_do_has_no_trend_against_them() -> None:
    rise = np.round(20 * 1.05 ** np.arange(12)).astype(int)
    found = trend(table([rise, 2 * rise, 3 * rise]))
    assert found["tr_pct"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-9)
    assert trend(table([rise, 2 * rise, 3 * rise]), against="days")["tr_pct"].iloc[0] > 70


def test_the_flag_goes_by_q_and_knows_up_from_down() -> None:
    up = np.round(30 * 1.15 ** np.arange(12)).astype(int)
    found = trend(table([up, up[::-1], *[[60] * 12] * 10]))
    assert found["tr_flag"].astype(str).tolist() == ["rising", "falling"] + ["no clear trend"] * 10


def test_few_incidents_have_no_trend() -> None:
    found = trend(table([[1] * 9 + [0] * 3, [20] * 12]))
    assert found["tr_pct"].isna().tolist() == [True, False]
    assert found["tr_flag"].iloc[0] == "no clear trend"


def test_counts_that_vary_less_than_chance_promise_no_more_than_chance() -> None:
    # 20 in every month by 1% more: no residual at all, and yet b has the error of Poisson counts.
    assert trend(table([[20] * 12, [30] * 12]), against="days")["tr_p"].min() > 0.5


def test_chance_alone_is_rarely_called_a_trend() -> None:
    random = np.random.default_rng(3)
    told = [trend(table(random.poisson(10, (50, 12)))) for _ in range(40)]
    assert np.mean([(one["tr_p"] <= 0.05).mean() for one in told]) < 0.06
    assert np.mean([(one["tr_flag"] != "no clear trend").any() for one in told]) <= 0.1


def test_a_dispersion_that_is_given_is_that_of_all_areas() -> None:
    narrow, wide = (trend(table(SERIES), against="days", dispersion=phi).iloc[0] for phi in (1, 4))
    # Twice the standard error: half the distance from 0 in standard errors.
    assert np.log1p(wide["tr_hi"] / 100) - np.log1p(wide["tr_pct"] / 100) == pytest.approx(
        2 * (np.log1p(narrow["tr_hi"] / 100) - np.log1p(narrow["tr_pct"] / 100))
    )


def test_a_gap_in_the_months_is_time_that_passed() -> None:
    months = pd.PeriodIndex([*pd.period_range("2023-01", periods=6, freq="M"),
                             *pd.period_range("2025-07", periods=6, freq="M")])  # fmt: skip
    n = pd.DataFrame([[20] * 6 + [40] * 6], columns=months)
    # A doubling over two and a half years: about a third a year, not sixteenfold.
    assert 25 < trend(n, against="days")["tr_pct"].iloc[0] < 45


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"^one area alone has no others to be held against\nHint: use against = 'days'"
    ):
        trend(table(SERIES))
    with pytest.raises(DataError, match=r"^no trend of 4 months could be told from chance"):
        trend(table([[5] * 4, [6] * 4]))
    with pytest.raises(ParameterError, match=r"^'against' is 'day'\nHint: did you mean 'days'?"):
        trend(table(SERIES), against="day")  # type: ignore[arg-type]
