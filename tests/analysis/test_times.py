"""Hot times: every incident in the grid or accounted for, hours of exposure, shares, and what is refused."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hotspots.analysis.times.ask import Asked
from hotspots.analysis.times.grid import FEWEST, daily_words, hot_times, run_words
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.incidents.clock import TIMINGS
from hotspots.publish.words.times import lead_sentences, notes_of, peak_sentence

UNTIL = datetime.date(2025, 12, 31)
ZONE = "Europe/London"


def incidents(
    rows: Sequence[tuple[str, str | None, str]], *, months: tuple[str, ...] = ("2025-06",), zone: str = ZONE
) -> pd.DataFrame:
    """A table of incidents from their start, end and timing."""
    table = pd.DataFrame(
        {
            "start": pd.to_datetime([row[0] for row in rows], format="ISO8601")
            .tz_localize(zone)
            .as_unit("s"),
            "end": pd.to_datetime(pd.Series([row[1] for row in rows], dtype=object), format="ISO8601")
            .dt.tz_localize(zone)
            .dt.as_unit("s"),
            "timing": pd.Categorical([row[2] for row in rows], categories=TIMINGS),
        }
    )
    month = table["start"].dt.tz_localize(None).dt.to_period("M")
    table["month"] = month.where(
        month.astype(str).isin(months), pd.Period(months[-1], freq="M")
    )  # as the file says
    table["weight"] = 1.0
    table.attrs["months"] = list(months)
    return table


def at(day: int, clock: str, timing: str = "time") -> tuple[str, str | None, str]:
    """An incident of June 2025, which begins on a Sunday."""
    return f"2025-06-{day:02d} {clock}", None, timing


def many(count: int = 300, seed: int = 1) -> list[tuple[str, str | None, str]]:
    """Incidents at random minutes of June 2025."""
    rng = np.random.default_rng(seed)
    return [
        at(int(day), f"{hour:02d}:{minute:02d}")
        for day, hour, minute in zip(
            rng.integers(1, 31, count), rng.integers(0, 24, count), rng.integers(2, 60, count), strict=True
        )
    ]


def told(rows: list[Any], **asked: Any) -> Any:
    return hot_times(incidents(rows), **asked, until=UNTIL)


def cell(made: Any, **where: str) -> pd.Series:
    """The one row of the table."""
    keep = np.logical_and.reduce([made.table[name].astype(str) == value for name, value in where.items()])
    row: pd.Series = made.table[keep].iloc[0]
    return row


def test_the_grid_has_every_incident_and_every_hour_of_the_period() -> None:
    made = told(many())
    assert made.cells["n"].sum() == 300
    assert len(made.cells) == 168
    assert made.cells["hours"].sum() == 30 * 24
    # June 2025 has five Sundays and Mondays, and four of each other weekday.
    assert cell(made, weekday="Sunday", hour="03:00")["hours"] == 5
    assert cell(made, weekday="Tuesday", hour="03:00")["hours"] == 4
    whole = cell(made, weekday="All", hour="All")
    assert (whole["n"], whole["hours"], whole["tm_ratio"]) == (300, 720, 1)


def test_a_cell_counted_by_pandas() -> None:
    rows = many()
    made = told(rows)
    stamps = pd.Series(pd.to_datetime([row[0] for row in rows]))
    counts = pd.crosstab(stamps.dt.day_name(), stamps.dt.hour)
    for weekday, hour in (("Friday", 22), ("Sunday", 4)):
        assert cell(made, weekday=weekday, hour=f"{hour:02d}:00")["n"] == counts.loc[weekday, hour]
    assert cell(made, weekday="Friday", hour="All")["n"] == counts.loc["Friday"].sum()


def test_spans_are_spread_and_all_weights_are_those_of_the_incidents() -> None:
    rows = [*many(60), ("2025-06-13 22:30", "2025-06-14 01:15", "span")]
    made, without = told(rows), told(many(60))
    added = {
        key: cell(made, weekday=key[0], hour=key[1])["n"] - cell(without, weekday=key[0], hour=key[1])["n"]
        for key in (("Friday", "22:00"), ("Friday", "23:00"), ("Saturday", "00:00"), ("Saturday", "01:00"))
    }
    assert list(added.values()) == pytest.approx([30 / 165, 60 / 165, 60 / 165, 15 / 165])
    assert made.cells["n"].sum() == pytest.approx(61)
    assert made.spans == 1


def test_weights_of_incidents_are_counted() -> None:
    table = incidents(many(60))
    table["weight"] = 2.0
    assert hot_times(table, until=UNTIL).cells["n"].sum() == 120


REASONS = [
    (("2025-06-13 22:30", None, "no day"), {"no day": 1}, "no day (1)"),
    (("2025-06-13 22:30", None, "unread"), {"unread": 1}, "a time that cannot be read (1)"),
    (("2025-06-13 22:30", None, "skipped"), {"skipped": 1}, "a time that the clocks skipped (1)"),
    (("2025-06-13 22:30", "2025-06-13 20:30", "backwards"), {"backwards": 1}, "an end before the start (1)"),
    (("2026-06-13 22:30", None, "time"), {"future": 1}, "a day in the future (1)"),
    (("2025-06-13", "2025-06-14", "day"), {"no time": 1}, "no time of day (1)"),
    (("2025-06-13", "2025-06-15", "days"), {"no time": 1}, "no time of day (1)"),
    (("2025-06-13 22:30", None, "open"), {"open": 1}, "no time of the end (1)"),
    (("2025-06-13 22:30", "2025-06-14 22:31", "span"), {"long": 1}, "too long a span (1)"),
    (("2025-07-01 00:30", None, "time"), {"outside": 1}, "a day outside the period, by the local clock (1)"),
]


@pytest.mark.parametrize(("row", "left", "words"), REASONS, ids=[next(iter(one[1])) for one in REASONS])
def test_what_is_not_in_the_grid_is_counted_by_its_reason(
    row: tuple[str, str | None, str], left: dict[str, int], words: str
) -> None:
    made = told([*many(60), row])
    assert made.left == left
    assert made.n == 60
    assert f"Not in the grid are 1 of 61 incidents: {words}." in notes_of(made)


def test_a_span_of_exactly_a_day_is_spread_and_longer_ones_on_request() -> None:
    day = ("2025-06-13 22:30", "2025-06-14 22:30", "span")
    week = ("2025-06-06 00:00", "2025-06-13 00:00", "span")
    assert told([*many(60), day]).left == {}
    made = told([*many(60), day, week], longest=168)
    assert made.left == {}
    assert made.cells["n"].sum() == pytest.approx(62)


def test_an_end_that_is_missing_is_the_start_on_request() -> None:
    rows = [*many(60), at(13, "22:30", "open")]
    made = told(rows, missing_end="start")
    assert (made.n, made.left) == (61, {})
    assert (
        cell(made, weekday="Friday", hour="22:00")["n"]
        == cell(told(many(60)), weekday="Friday", hour="22:00")["n"] + 1
    )


def test_days_without_times_have_weekdays_and_months() -> None:
    rows = [(f"2025-06-{day:02d}", f"2025-06-{day + 1:02d}", "day") for day in range(1, 29)] * 2
    made = told([*rows, ("2025-06-13", "2025-06-15", "days")], by=("weekday", "month"), longest=168)
    # Each weekday four times in 28 days, twice, and half of the two days each on a Friday and a Saturday.
    assert cell(made, weekday="Friday", month="June")["n"] == 8.5
    assert cell(made, weekday="Saturday", month="June")["n"] == 8.5
    assert cell(made, weekday="Monday", month="June")["n"] == 8
    assert np.isnan(cell(made, weekday="Monday", month="May")["tm_ratio"])
    with pytest.raises(DataError) as raised:
        told(rows)
    assert raised.value.message == "no incident has a time of day, so that hours cannot be told"
    assert raised.value.hint == (
        "name the column of times with 'time_column', or ask for 'by' weekday and month alone"
    )


def test_months_alone_are_refused_with_the_reason() -> None:
    table = incidents([("2025-06-01", None, "no day")] * 60)
    table["start"] = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s, Europe/London]")
    with pytest.raises(DataError) as raised:
        hot_times(table, until=UNTIL)
    assert raised.value.message == (
        "no incident has a day: the files tell months alone, as those of police.uk do, and a month has neither weekday "
        "nor hour"
    )
    assert raised.value.hint == (
        "give incidents with dates and times, such as an extract from your own crime system"
    )
    table["month"] = pd.PeriodIndex([None] * 60, freq="M")
    with pytest.raises(DataError, match=r"^no incident has a date\n"):
        hot_times(table, until=UNTIL)


def test_too_few_and_tables_without_times_are_refused() -> None:
    with pytest.raises(DataError) as raised:
        told([*many(FEWEST - 1), at(13, "22:30", "unread")])
    assert raised.value.message == (
        "29 of 30 incidents of 'All incidents' can be put in a grid of times, and it takes 30: not in it are a time "
        "that cannot be read (1)"
    )
    with pytest.raises(ParameterError, match=r"^the incidents were read without their times\n"):
        hot_times(pd.DataFrame({"month": pd.PeriodIndex(["2025-06"], freq="M")}))


def test_a_large_share_left_out_is_a_warning_that_says_what_to_do() -> None:
    with pytest.warns(HotspotsWarning) as warned:
        told([*many(60), *[at(13, "22:30", "open")] * 10])
    assert str(warned[0].message) == (
        "10 of 70 incidents (14%) are not in the grid: no time of the end (10); their times may be others than those "
        "of the rest; take the start of those without an end for their time with 'missing_end' = 'start'"
    )
    with pytest.warns(
        HotspotsWarning, match=r"spread spans of more than 24 hours with 'longest', such as 168$"
    ):
        told([*many(60), *[("2025-06-13 22:30", "2025-06-16 22:30", "span")] * 10])


def test_heaps_are_warned_of_and_said_and_left_out_on_request() -> None:
    rows = [*many(300), *[at(day, "00:00") for day in range(1, 31)]]
    with pytest.warns(HotspotsWarning) as warned:
        made = told(rows)
    assert str(warned[0].message) == (
        "30 of 330 times of 'All incidents' are 00:00 (9%), where the times an hour before and after lead one to "
        "expect 0: it often stands for a time not known (leave it out with 'leave_out')"
    )
    assert any(note.startswith("00:00 stands for 9% of the times (30)") for note in notes_of(made))
    assert told(rows, leave_out=("00:00",)).left == {"left out": 30}


def test_weeks_of_the_clocks_change_have_their_hours() -> None:
    for months, days, hours in ((("2025-03",), 31, 743), (("2025-10",), 31, 745)):
        month = months[0]
        rows = [
            (f"{month}-{day:02d} {hour:02d}:20", None, "time")
            for day in range(1, days + 1)
            for hour in (0, 12, 23)
        ]
        made = hot_times(incidents(rows, months=months), until=UNTIL)
        assert made.cells["hours"].sum() == hours
        assert cell(made, weekday="Sunday", hour="01:00")["hours"] == (4 if hours == 743 else 5)


def test_a_partial_last_month_and_months_that_are_missing_have_no_hours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="hotspots")
    rows = [row for row in many(300) if int(row[0][8:10]) <= 14]
    april = [(row[0].replace("-06-", "-04-"), *row[1:]) for row in many(300)]
    table = incidents([*april, *rows], months=("2025-04", "2025-06"))
    made = hot_times(table, until=UNTIL)
    assert made.cells["hours"].sum() == (30 + 14) * 24  # none of May, and none after 14 June
    assert "The incidents end on 2025-06-14, so the 16 days after it count for no hours" in caplog.messages
    sparse = incidents([at(day, "10:10") for day in (*range(1, 26), *range(1, 26, 5))])
    assert len(hot_times(sparse, until=UNTIL).days) == 30  # five days without are no wonder at one a day
    with pytest.warns(HotspotsWarning, match=r"a day in the future \(109\)"):
        early = hot_times(incidents(many(300)), until=datetime.date(2025, 6, 20))
    assert early.days.max() == pd.Timestamp("2025-06-20")


def test_bands_cross_midnight_and_have_limits() -> None:
    rows = [at(day, clock) for day in range(1, 31) for clock in ("22:10", "02:20", "10:30", "12:40")]
    made = told(rows, bands=("21:00-04:00", "10:00-11:00"), dispersion=1)
    night, morning = made.bands.to_dict("records")
    assert (night["band"], night["n"], night["share_n"]) == ("21:00 to 04:00", 60, 0.5)
    assert night["share_hrs"] == pytest.approx(7 / 24)
    assert night["tm_ratio"] == pytest.approx(12 / 7)
    assert night["share_lo"] == pytest.approx(stats.binomtest(60, 120).proportion_ci(method="exact").low)
    assert (morning["n"], morning["share_hrs"]) == (30, pytest.approx(1 / 24))
    said = "21:00 to 04:00: 50% of the incidents (41% to 59%) in 29% of the hours, 1.7 times the mean."
    assert said in lead_sentences(made)


def test_shifts_take_the_place_of_hours() -> None:
    rows = [*many(60), at(14, "02:00")]  # Saturday's 02:00 is of Friday's night
    shifts = ("07:00-15:00", "15:00-23:00", "23:00-07:00")
    made, before = told(rows, shifts=shifts), told(many(60), shifts=shifts)
    assert len(made.cells) == 21
    friday = [cell(one, weekday="Friday", hour="23:00 to 07:00") for one in (made, before)]
    assert friday[0]["n"] - friday[1]["n"] == 1
    assert friday[0]["hours"] == 32


@pytest.mark.parametrize(
    "by", [("hour",), ("season",), ("hour", "month"), ("season", "weekday"), ("month", "season")]
)
def test_any_one_or_two_parts_of_time_add_up(by: tuple[str, ...]) -> None:
    made = told(many(), by=by)
    assert made.cells["n"].sum() == pytest.approx(300)
    assert made.cells["hours"].sum() == pytest.approx(720)
    assert list(made.table.columns[: len(by)]) == list(by)


def test_the_peak_is_said_in_words_and_only_beyond_chance() -> None:
    nights = [at(day, f"{hour}:05") for day in (6, 13, 20, 27) for hour in ("22", "23")] * 5
    nights += [at(day, f"0{hour}:05") for day in (7, 14, 21, 28) for hour in (0, 1)] * 5
    made = told([*many(), *nights], dispersion=1)
    assert run_words(made.peak) == "Friday 22:00 to Saturday 02:00"
    assert peak_sentence(made).startswith("Most: Friday 22:00 to Saturday 02:00, ")
    assert daily_words(made.daily) == "22:00 to 02:00"
    # Every hour of the period once: nothing stands out.
    even = [at(day, f"{hour:02d}:30") for day in range(1, 31) for hour in range(24)]
    assert peak_sentence(told(even)) == "No hours stand out beyond chance."
    assert peak_sentence(told(even, by=("weekday", "month"))) == (
        "No cell of weekday and month stands out above the mean beyond chance."
    )
    mondays = told(
        [*even, *[at(day, "10:30") for day in (2, 9, 16, 23, 30)] * 40], by=("weekday", "month"), dispersion=1
    )
    assert peak_sentence(mondays) == "Most: Monday in June, 2.1 times the mean (35% of the incidents)."


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": ()}, "'by' is empty"),
        ({"by": ("hour", "hour")}, "'by' is hour and hour"),
        ({"by": ("hour", "month", "season")}, "'by' is hour and month and season"),
        ({"by": ("day",)}, "'by' is 'day'"),
        (
            {"by": ("weekday",), "shifts": ("07:00-15:00",)},
            "'shifts' is 07:00-15:00, and 'by' has no hour to be divided",
        ),
        ({"bands": ("9-5",)}, "'hours' holds '9-5'"),
        ({"longest": 0}, "'longest' is 0"),
        ({"longest": float("nan")}, "'longest' is nan"),
        ({"missing_end": "guess"}, "'missing_end' is 'guess'"),
        ({"leave_out": ("24:10",)}, "'leave_out' is '24:10'"),
        ({"dispersion": 0.5}, "'dispersion' is 0.5"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        Asked(**asked)
    assert raised.value.message.startswith(message)
    assert raised.value.hint


def test_the_same_incidents_give_the_same_table() -> None:
    rows = [*many(), ("2025-06-13 22:30", "2025-06-14 01:15", "span")]
    pd.testing.assert_frame_equal(told(rows).table, told(rows[::-1]).table)
