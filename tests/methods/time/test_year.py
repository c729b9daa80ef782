"""The year so far and where it will end: by hand, and as often right as it says."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.time.year import year_to_date


def table(values: Any, start: str = "2024-01") -> pd.DataFrame:
    values = np.atleast_2d(np.asarray(values))
    return pd.DataFrame(values, columns=pd.period_range(start, periods=values.shape[1], freq="M"))


def test_the_year_so_far_beside_the_same_months() -> None:
    row = year_to_date(table([20] * 12 + [30] * 3)).iloc[0]
    assert row[["ytd", "ytd_before", "ytd_pct"]].tolist() == [90, 60, 50]
    assert row["ytd_lo"] < 50 < row["ytd_hi"]


def test_the_months_to_come_are_those_of_the_year_before_for_each_incident_so_far() -> None:
    # The year before: 60, and then 180, three for each; 90 so far makes 270 to come, and 360 in all.
    found = year_to_date(table([20] * 12 + [30] * 3))
    assert found["year_n"].iloc[0] == 360
    assert found.attrs["left"] == 9
    assert [str(month) for month in found.attrs["months"]] == ["2025-01", "2025-02", "2025-03"]
    assert found.attrs["projected_by"] == "the years before"


def test_without_a_year_before_days_tell() -> None:
    # 90 days of 2025 so far, 275 to come.
    found = year_to_date(table([30, 30, 30], "2025-01"))
    assert found["year_n"].iloc[0] == pytest.approx(90 + 90 * 275 / 90)
    assert found[["ytd_before", "ytd_pct"]].isna().all(axis=None)
    assert found.attrs["projected_by"] == "days"


def test_a_financial_year_starts_in_april() -> None:
    found = year_to_date(table([10] * 3 + [20] * 12), starts=4)
    assert found["ytd"].iloc[0] == 240
    assert found["year_n"].iloc[0] == found["year_lo"].iloc[0] == 240
    assert found.attrs["left"] == 0


def test_a_dispersed_year_has_a_wider_range() -> None:
    n = table([20] * 12 + [30] * 3)
    narrow, wide = (year_to_date(n, dispersion=phi).iloc[0] for phi in (1, 4))
    assert wide["year_hi"] - wide["year_lo"] > 1.8 * (narrow["year_hi"] - narrow["year_lo"])


@pytest.mark.parametrize("phi", [1.0, 2.0])
def test_the_range_holds_the_year_as_often_as_it_says(phi: float) -> None:
    random = np.random.default_rng(6)
    season = np.array([8, 8, 9, 10, 11, 12, 12, 11, 10, 10, 9, 8.0])
    mean = np.tile(season, 2) * random.gamma(4, 0.5, (800, 1))
    n = random.poisson(mean) if phi == 1 else random.negative_binomial(mean / (phi - 1), 1 / phi)
    known = table(n)
    found = year_to_date(known.iloc[:, :17])
    year = known.iloc[:, 12:].sum(axis=1)
    assert 0.93 < ((found["year_lo"] <= year) & (year <= found["year_hi"])).mean() < 0.98


def test_a_gap_in_the_year_so_far_is_refused() -> None:
    n = table([10] * 15).drop(columns=pd.Period("2025-02"))
    with pytest.raises(DataError) as caught:
        year_to_date(n)
    assert caught.value.message == "the year so far lacks 2025-02"
    assert caught.value.hint == "add its file, or count from another month"


def test_what_is_no_month_is_refused() -> None:
    with pytest.raises(
        ParameterError, match=r"^'starts' is 13\nHint: give the number of a month, such as 4 for April"
    ):
        year_to_date(table([1]), starts=13)
    with pytest.raises(DataError, match=r"^there is no month"):
        year_to_date(pd.DataFrame(columns=pd.PeriodIndex([], freq="M")))


def days(values: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame([list(values.values())], columns=pd.PeriodIndex(list(values), freq="M"))


def test_a_month_that_is_cut_is_cut_in_both_years() -> None:
    # Twenty a month in 2024, of which 11 by 17 March; 30, 30 and 16 by 17 March 2025.
    n = table([20] * 12 + [30, 30, 16])
    found = year_to_date(n, day=17, cut=days({"2024-03": 11, "2025-03": 16}))
    row = found.iloc[0]
    assert row["ytd"] == 30 + 30 + 16
    assert row["ytd_before"] == 20 + 20 + 11
    assert row["ytd_pct"] == pytest.approx(100 * (76 / 51 - 1))
    # Of 2024, 51 were so far and 9 x 20 + 9 = 189 followed: 189/51 for each, so 76 x 240/51 in all.
    assert row["year_n"] == pytest.approx(76 * 240 / 51)
    assert found.attrs["until"] == datetime.date(2025, 3, 17)
    assert found.attrs["days"] == (31 + 28 + 17, 31 + 29 + 17)  # 2024 had a 29 February besides
    assert found.attrs["left"] == 10


def test_without_a_year_before_the_days_of_the_cut_month_tell() -> None:
    # 31 + 28 + 17 = 76 days so far, 289 to come: one a day makes 365.
    found = year_to_date(table([31, 28, 17], "2025-01"), day=17, cut=days({"2025-03": 17}))
    assert found["year_n"].iloc[0] == pytest.approx(365)
    assert found["ytd_before"].isna().all()


def test_a_29_february_is_beside_the_whole_february_before() -> None:
    n = days({"2023-01": 10, "2023-02": 8, "2024-01": 10, "2024-02": 9})
    # Up to 29 February 2024, whole months both: 60 and 59 days.
    found = year_to_date(n)
    assert found.attrs["days"] == (60, 59)
    assert found[["ytd", "ytd_before"]].iloc[0].tolist() == [19, 18]
    # Up to 28 February 2024, that day in both: 59 days each, the whole month of 2023.
    found = year_to_date(n, day=28, cut=days({"2023-02": 8, "2024-02": 9}))
    assert found.attrs["days"] == (59, 59)


def test_a_year_before_without_its_days_is_not_compared_with() -> None:
    found = year_to_date(table([20] * 12 + [30, 30, 16]), day=17, cut=days({"2025-03": 16}))
    assert found[["ytd_before", "ytd_pct"]].isna().all(axis=None)
    assert found.attrs["projected_by"] == "days"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"day": 17}, "'day' and 'cut' go together\nHint: give both, or leave both out"),
        (
            {"day": 32, "cut": days({"2025-03": 16})},
            "'day' is 32, which 2025-03 does not have\nHint: give the last day of the counts",
        ),
        (
            {"day": 17, "cut": days({"2024-03": 16})},
            "'cut' is of other areas, or lacks 2025-03\nHint: count the same areas, up to the day, by month",
        ),
    ],
)
def test_a_cut_that_does_not_fit_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        year_to_date(table([20] * 12 + [30, 30, 16]), **given)
    assert str(caught.value) == said
