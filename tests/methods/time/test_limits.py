"""One series of months: the limits of the individuals chart and of Laney's u', worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError
from hotspots.methods.time.limits import D2, D4, laney_chart, xmr_chart

VALUES = [12, 15, 11, 14, 13, 30, 12, 16, 14, 10, 13, 15]


def series(values: Sequence[float], start: str = "2025-01") -> pd.Series[Any]:
    return pd.Series(values, index=pd.period_range(start, periods=len(values), freq="M"), dtype=float)


def test_individuals() -> None:
    # Mean 175 / 12; the eleven moving ranges are 3 4 3 1 17 18 4 2 4 3 2, their mean 61 / 11 = 5.545455.
    chart = xmr_chart(series(VALUES))
    assert chart["mr"].tolist()[1:] == [3, 4, 3, 1, 17, 18, 4, 2, 4, 3, 2]
    assert chart["expected"].iloc[0] == pytest.approx(175 / 12)
    assert chart["exp_hi"].iloc[0] == pytest.approx(29.326927, abs=1e-6)
    assert chart["mr_hi"].iloc[0] == pytest.approx(61 / 11 * 3.266532, abs=1e-5)
    assert (chart["n"] > chart["exp_hi"]).tolist() == [value == 30 for value in VALUES]


def test_the_constants_are_not_rounded() -> None:
    assert pytest.approx(1.128379, abs=1e-6) == D2
    assert pytest.approx(2.658681, abs=1e-6) == 3 / D2
    assert pytest.approx(3.266532, abs=1e-6) == D4


def test_values_below_nothing_have_a_lower_limit_below_it() -> None:
    assert xmr_chart(series([-1, 1, -1, 1, -1, 1]))["exp_lo"].iloc[0] == pytest.approx(-2 * 3 / D2)


def test_a_gap_is_no_moving_range() -> None:
    values = pd.concat([series([10, 10, 10]), series([90, 90, 90], "2025-07")])
    chart = xmr_chart(values)
    assert np.isnan(chart["mr"].iloc[3])
    assert chart["exp_hi"].iloc[0] == chart["expected"].iloc[0] == 50


def test_counts_a_day() -> None:
    chart = laney_chart(series(VALUES))
    assert chart.attrs["sigma_z"] == pytest.approx(1.388916803, abs=1e-9)
    days = pd.PeriodIndex(chart.index).days_in_month.to_numpy()
    assert (chart["expected"] / days).to_numpy() == pytest.approx(175 / 365)
    assert (chart["exp_hi"] / days).iloc[[1, 5]].tolist() == pytest.approx([1.024696, 1.006208], abs=1e-6)


def test_counts_a_day_that_vary_less_than_chance_keep_the_limits_of_chance() -> None:
    # 100 a day in every month: σ_z is 0, and the limits are ū d ± 3 √(ū d).
    even = series([3100, 2800, 3100, 3000, 3100, 3000])
    chart = laney_chart(even)
    assert chart.attrs["sigma_z"] == pytest.approx(0, abs=1e-9)
    assert chart["exp_hi"].to_numpy() == pytest.approx(even.to_numpy() + 3 * np.sqrt(even.to_numpy()))


def test_days_that_are_given_count() -> None:
    half = laney_chart(series(VALUES), days=[15.0] * 12)
    assert half["expected"].tolist() == pytest.approx([175 / 12] * 12)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_months_are_refused(count: int) -> None:
    words = f"{count} month{'' if count == 1 else 's'} cannot tell what is usual in one series"
    with pytest.raises(DataError) as caught:
        xmr_chart(series(list(range(count))))
    assert (caught.value.message, caught.value.hint) == (words, "give 6 months or more")


def test_a_month_without_a_file_is_not_a_month_without_incidents() -> None:
    with pytest.raises(DataError) as caught:
        laney_chart(series([1, 2, np.nan, 3, 4, 5]))
    assert caught.value.message == "a count of the series is missing"
    assert caught.value.hint == "leave months without a file out; months without incidents are 0"


def test_columns_that_are_no_months_are_refused() -> None:
    with pytest.raises(DataError, match=r"^the counts are not by month: 'wards' is none"):
        xmr_chart(pd.Series([1.0], index=["wards"]))
    with pytest.raises(DataError, match=r"^the months are not in order"):
        xmr_chart(series(list(range(6)))[::-1])
