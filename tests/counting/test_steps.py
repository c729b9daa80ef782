"""Steps of time: whole from the end, without months that no file holds, and every incident in its own."""

from __future__ import annotations

import logging

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.counting.steps import count_by_step, make_steps

YEAR = list(pd.period_range("2025-01", "2025-12", freq="M"))
AREAS = gpd.GeoDataFrame(
    geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)],
    index=pd.Index(["E05000001", "E05000002"], name="code"),
    crs="EPSG:27700",
)


def test_months_quarters_and_fortnights() -> None:
    assert make_steps(YEAR).labels[:2] == ("2025-01", "2025-02")
    assert make_steps(YEAR, step="3m").labels == (
        "2025-01..2025-03", "2025-04..2025-06", "2025-07..2025-09", "2025-10..2025-12",
    )  # fmt: skip
    days = make_steps(YEAR, step="2W")
    assert (len(days.begins), days.labels[-1], days.unit, days.length) == (
        26,
        "2025-12-18..2025-12-31",
        "days",
        14,
    )
    assert make_steps(YEAR, step="D").labels[0] == "2025-01-01"


def test_the_last_day_ends_the_last_step_of_days() -> None:
    steps = make_steps(YEAR, step="7D", until=pd.Timestamp("2025-12-10 23:50"))
    assert steps.labels[-1] == "2025-12-04..2025-12-10"


def test_what_fills_no_step_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="hotspots"):
        steps = make_steps(YEAR, step="5M")
    assert steps.labels == ("2025-03..2025-07", "2025-08..2025-12")
    assert caplog.messages == ["The first 2 months fill no step and are left out"]


@pytest.mark.parametrize(
    ("step", "left", "first"),
    [
        ("1M", "2025-05", 11),
        ("3M", "2025-04..2025-06", 3),
        ("4W", "2025-04-24..2025-05-21, 2025-05-22..2025-06-18", 11),
    ],
)
def test_steps_with_a_month_that_no_file_holds_are_left_out(step: str, left: str, first: int) -> None:
    with pytest.warns(HotspotsWarning) as caught:
        steps = make_steps([month for month in YEAR if month.month != 5], step=step)
    number = left.count(",") + 1
    have, are = ("has", "is") if number == 1 else ("have", "are")
    assert str(caught[0].message) == (
        f"{number} of {first + number} steps {have} a month that no file holds ({left}) and {are} left out: what is "
        "before and after is taken to follow at once"
    )
    assert len(steps.begins) == first
    assert not set(left.split(", ")) & set(steps.labels)


def test_incidents_are_counted_in_their_steps() -> None:
    incidents = pd.DataFrame(
        {
            "x": [500.0, 500, 1500, 1500, 500, 9000],
            "y": [500.0] * 6,
            "month": pd.PeriodIndex(["2025-09", "2025-12", "2025-12", None, "2024-12", "2025-12"], freq="M"),
            "weight": [1.0, 2.5, 1, 1, 1, 1],
        }
    )
    assigned = pd.Series(
        pd.Categorical(["E05000001", "E05000001", "E05000002", "E05000002", "E05000001", None])
    )
    counts = count_by_step(incidents, AREAS, make_steps(YEAR, step="6M"), assigned=assigned)
    assert counts.to_dict("list") == {"2025-01..2025-06": [0, 0], "2025-07..2025-12": [3.5, 1]}


def test_a_month_left_out_takes_its_incidents_with_it() -> None:
    incidents = pd.DataFrame(
        {"x": [500.0, 500], "y": [500.0] * 2, "month": pd.PeriodIndex(["2025-05", "2025-06"], freq="M")}
    )
    with pytest.warns(HotspotsWarning):
        steps = make_steps([month for month in YEAR if month.month != 5])
    assigned = pd.Series(pd.Categorical(["E05000001"] * 2))
    counts = count_by_step(incidents, AREAS, steps, assigned=assigned)
    assert counts.loc["E05000001"].to_dict() == {label: int(label == "2025-06") for label in steps.labels}


def test_days_are_counted_by_their_date() -> None:
    dates = np.array(["2025-12-31T23:59", "2025-12-25", "2025-12-24", "NaT"], dtype="datetime64[s]")
    incidents = pd.DataFrame(
        {
            "x": [500.0] * 4,
            "y": [500.0] * 4,
            "month": pd.PeriodIndex(["2025-12"] * 4, freq="M"),
            "date": dates,
        }
    )
    assigned = pd.Series(pd.Categorical(["E05000001"] * 4))
    counts = count_by_step(incidents, AREAS, make_steps(YEAR, step="W"), assigned=assigned)
    assert counts.iloc[0, -2:].tolist() == [1, 2]
    assert counts.columns[-1] == "2025-12-25..2025-12-31"


def test_months_alone_make_no_weeks() -> None:
    incidents = pd.DataFrame({"x": [500.0], "y": [500.0], "month": pd.PeriodIndex(["2025-12"], freq="M")})
    with pytest.raises(DataError) as caught:
        count_by_step(
            incidents, AREAS, make_steps(YEAR, step="W"), assigned=pd.Series(pd.Categorical(["E05000001"]))
        )
    assert caught.value.message == (
        "the incidents have months but no days, so that they cannot be counted by weeks or days"
    )
    assert caught.value.hint == "count by months: 'step' = '1M'"


@pytest.mark.parametrize("step", ["", "0M", "1Y", "M3", "-1M", "1.5M"])
def test_no_length_of_time(step: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make_steps(YEAR, step=step)
    assert caught.value.message == f"'step' is '{step}', which is not a length of time"
    assert (
        caught.value.hint
        == "give 'step' as a number and M, W or D, for months, weeks or days: 1M, 3M, 4W or 7D"
    )


def test_no_month_at_all() -> None:
    with pytest.raises(DataError) as caught:
        make_steps([])
    assert caught.value.message == "no incident has a month, so that there are no steps of time"
