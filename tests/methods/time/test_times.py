"""Aoristic weights, hours of exposure, and the grid: by hand, by pandas and by property."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.time.heaps import find_heaps
from hotspots.methods.time.peak import find_peak
from hotspots.methods.time.times import Hours, label_hours, make_hours, spread, time_grid

HOUR = 3600


def hours_of(first: str, last: str, zone: str = "Europe/London") -> Hours:
    """The hours of the days from the first to the last."""
    days = pd.date_range(first, last)
    return make_hours(days, zone, start=days[0], end=days[-1])


def test_the_reference_span_is_spread_as_published() -> None:
    # Friday 22:30 to Saturday 01:15 are 165 minutes: 30/165, 60/165, 60/165, 15/165.
    hours = hours_of("2025-06-13", "2025-06-14")
    start, end = (
        np.array([pd.Timestamp(text, tz="Europe/London").timestamp()], dtype=np.int64)
        for text in ("2025-06-13 22:30", "2025-06-14 01:15")
    )
    _, hour, weight = spread(start, end, hours.edges)
    told = dict(zip(hours.clock[hour].strftime("%a %H"), weight.round(6).tolist(), strict=True))
    assert told == {"Fri 22": 0.181818, "Fri 23": 0.363636, "Sat 00": 0.363636, "Sat 01": 0.090909}


def test_instants_and_spans_that_end_on_the_hour() -> None:
    edges = HOUR * np.arange(6)
    start = np.array([0, HOUR, HOUR, HOUR + 600])
    end = np.array([0, HOUR, 2 * HOUR, 2 * HOUR])
    incident, hour, weight = spread(start, end, edges)
    # An instant on the hour is of the hour that begins; a span that ends on it is not of that.
    assert list(zip(incident.tolist(), hour.tolist(), weight.tolist(), strict=True)) == [
        (0, 0, 1.0), (1, 1, 1.0), (2, 1, 1.0), (3, 1, 1.0),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 90 * HOUR), st.integers(0, 168 * HOUR)), min_size=1, max_size=30))
def test_weights_of_each_incident_sum_to_one(spans: list[tuple[int, int]]) -> None:
    start = np.array([begun for begun, _ in spans])
    end = start + np.array([length for _, length in spans])
    edges = HOUR * np.arange(300)
    incident, hour, weight = spread(start, end, edges)
    assert np.bincount(incident, weight) == pytest.approx(np.ones(len(spans)))
    assert (weight > 0).all()
    assert (edges[hour] <= np.maximum(end[incident], start[incident])).all()
    assert (edges[hour + 1] > start[incident]).all()


@pytest.mark.parametrize(
    ("first", "last", "zone", "hours"),
    [
        ("2025-03-24", "2025-03-30", "Europe/London", 167),
        ("2025-10-20", "2025-10-26", "Europe/London", 169),
        ("2025-06-02", "2025-06-08", "Europe/London", 168),
        ("2025-03-24", "2025-03-30", "UTC", 168),
        ("2025-01-01", "2025-12-31", "Europe/London", 8760),
        ("2025-06-02", "2025-06-08", "Asia/Kolkata", 168),
        ("2025-10-05", "2025-10-05", "Australia/Lord_Howe", 23.5),
    ],
)
def test_weeks_have_the_hours_of_the_local_clock(first: str, last: str, zone: str, hours: float) -> None:
    assert hours_of(first, last, zone).exposed.sum() == hours


def test_the_hour_that_is_twice_has_two_hours_of_exposure_and_the_skipped_one_none() -> None:
    for day, expected in (("2025-10-26", 2.0), ("2025-03-30", 0.0)):
        hours = hours_of(day, day)
        at, _ = label_hours(hours, "hour")
        exposure = np.bincount(at, hours.exposed, minlength=24)
        assert exposure[1] == expected
        assert np.delete(exposure, 1).tolist() == [1.0] * 23


def test_exposure_counts_the_weekdays_and_months_of_the_period_as_pandas_does() -> None:
    days = pd.date_range("2025-01-01", "2025-03-14")
    hours = make_hours(days, "UTC", start=days[0], end=days[-1] + pd.Timedelta(days=3))
    for part, count in (("weekday", days.day_of_week), ("month", days.month - 1)):
        at, names = label_hours(hours, part)
        exposure = np.bincount(at, hours.exposed, minlength=len(names))
        assert exposure.tolist() == (24.0 * np.bincount(count, minlength=len(names))).tolist()


def test_seasons_are_whole_months() -> None:
    hours = hours_of("2025-01-01", "2025-12-31")
    at, names = label_hours(hours, "season")
    found = {hours.clock[place].month: names[at[place]] for place in range(len(at))}
    assert [found[month] for month in range(1, 13)] == [
        "Winter", "Winter", "Spring", "Spring", "Spring", "Summer", "Summer", "Summer", "Autumn", "Autumn", "Autumn",
        "Winter",
    ]  # fmt: skip


def test_a_shift_over_midnight_is_of_the_day_on_which_it_begins() -> None:
    hours = hours_of("2025-06-09", "2025-06-15")  # Monday to Sunday
    shifts = ((7, 15), (15, 23), (23, 7))
    shift, names = label_hours(hours, "hour", shifts=shifts)
    weekday, days = label_hours(hours, "weekday", shifts=shifts)
    assert names == ("07:00 to 15:00", "15:00 to 23:00", "23:00 to 07:00")
    said = {f"{wall:%a %H}": (days[weekday[i]], names[shift[i]]) for i, wall in enumerate(hours.clock)}
    assert said["Sat 02"] == ("Friday", "23:00 to 07:00")
    assert said["Fri 23"] == ("Friday", "23:00 to 07:00")
    assert said["Sat 07"] == ("Saturday", "07:00 to 15:00")
    assert said["Mon 00"] == ("Sunday", "23:00 to 07:00")


def test_hours_outside_all_shifts_are_one_class_and_overlaps_are_refused() -> None:
    hours = hours_of("2025-06-09", "2025-06-09")
    shift, names = label_hours(hours, "hour", shifts=((22, 2),))
    assert names == ("22:00 to 02:00", "other hours")
    assert np.bincount(shift).tolist() == [4, 20]
    with pytest.raises(ParameterError) as raised:
        label_hours(hours, "hour", shifts=((22, 7), (6, 14)))
    assert raised.value.message == "'shifts' overlap: 06:00 is in 22:00 to 07:00 and in 06:00 to 14:00"
    with pytest.raises(ParameterError, match=r"^'by' names 'fortnight'\n"):
        label_hours(hours, "fortnight")


def test_multiples_limits_and_chances_by_hand() -> None:
    made = time_grid(pd.Series([30, 10, 5]), pd.Series([60, 180, 0]))
    # 30 of 40 incidents in 60 of 240 hours; the third has no hours, and its incidents count nowhere.
    assert made["tm_ratio"][:2].tolist() == pytest.approx([3, 1 / 3])
    assert np.isnan(made["tm_ratio"][2])
    assert np.isnan(made["per_hour"][2])
    assert made["per_hour"][0] == 0.5
    exact = stats.binomtest(30, 40, 0.25)
    low, high = exact.proportion_ci(0.95, method="exact")
    assert (made["tm_lo"][0], made["tm_hi"][0]) == pytest.approx((4 * low, 4 * high))
    tail = 2 * stats.binom.sf(29, 40, 0.25)
    assert made["tm_q"][0] == pytest.approx(
        tail
    )  # both cells tell the same, so that the correction leaves it
    assert made["tm_flag"].astype(object).tolist()[:2] == ["above", "below"]
    assert pd.isna(made["tm_flag"][2])


def test_dispersion_widens_limits_and_takes_marks() -> None:
    n, hours = pd.Series([20, 40, 40]), pd.Series([10.0, 30.0, 60.0])
    plain, wide = time_grid(n, hours), time_grid(n, hours, dispersion=5)
    assert (wide["tm_lo"] < plain["tm_lo"]).all()
    assert (wide["tm_hi"] > plain["tm_hi"]).all()
    assert plain["tm_flag"].tolist() != ["similar"] * 3
    assert wide["tm_flag"].tolist() == ["similar"] * 3


def test_even_counts_are_seldom_marked() -> None:
    rng = np.random.default_rng(5)
    hours = pd.Series(np.full(168, 52.0))
    marked = [
        (
            time_grid(pd.Series(rng.multinomial(3000, np.full(168, 1 / 168))), hours)["tm_flag"] != "similar"
        ).any()
        for _ in range(200)
    ]
    # Where nothing stands out, marks on at most 5 in 100 grids; 200 draws have a standard error of 1.5.
    assert np.mean(marked) <= 0.05 + 3 * 0.0154


def test_a_grid_without_incidents_or_of_other_cells_is_refused() -> None:
    with pytest.raises(DataError, match=r"^no incident is in the hours of the period\n"):
        time_grid(pd.Series([0, 3]), pd.Series([5, 0]))
    with pytest.raises(DataError, match=r"^the incidents and hours are of different cells\n"):
        time_grid(pd.Series([0, 3]), pd.Series([5, 0], index=["a", "b"]))


def test_the_peak_is_found_across_the_end_of_the_week() -> None:
    n = np.full(168, 10.0)
    n[[166, 167, 0, 1]] = 40  # Sunday 22:00 to Monday 02:00
    peak = find_peak(n, np.full(168, 52.0))
    assert (peak.start, peak.length) == (166, 4)
    assert peak.n == pytest.approx(160)
    # 160 of 1,800 incidents in 4 of 168 hours
    assert peak.ratio == pytest.approx(160 / 1800 / (4 / 168))
    assert peak.p == 0.001


def test_the_peak_weighs_hours_by_how_often_the_period_had_them() -> None:
    n, hours = np.array([10, 10, 30, 10, 10, 10]), np.array([5, 5, 15, 5, 5, 5])
    assert find_peak(n, hours).p > 0.5  # the third cell had three times the hours
    assert find_peak(n, np.full(6, 5)).p < 0.05


def test_the_peak_of_even_counts_is_chance_in_all_but_5_of_100() -> None:
    rng = np.random.default_rng(9)
    hours = np.full(168, 52.0)
    found = [
        find_peak(rng.multinomial(1000, hours / hours.sum()), hours, draws=99).p <= 0.05 for _ in range(60)
    ]
    assert np.mean(found) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)


def test_dispersion_makes_a_peak_less_sure() -> None:
    n = np.full(24, 20.0)
    n[3] = 40
    assert find_peak(n, np.full(24, 10.0)).p < 0.05 < find_peak(n, np.full(24, 10.0), dispersion=4).p


@pytest.mark.parametrize(
    ("minute", "clock"),
    [(0, "00:00"), (1, "00:01"), (720, "12:00")],
    ids=["midnight", "a minute past", "noon"],
)
def test_heaps_are_found_by_the_times_beside_them(minute: int, clock: str) -> None:
    rest = list(range(0, 1440, 5)) * 5 + [(minute - 60) % 1440] * 4 + [minute + 60] * 2
    heaps = find_heaps([minute] * 80 + rest)
    assert [(heap.clock, heap.n) for heap in heaps] == [(clock, 80 + 5 * (minute % 5 == 0))]
    beside = (rest.count((minute - 60) % 1440) + rest.count(minute + 60)) / 2
    assert heaps[0].expected == beside


def test_rounding_to_full_hours_is_no_heap() -> None:
    assert find_heaps([60 * hour for hour in range(24)] * 20) == []
    assert find_heaps([]) == []
