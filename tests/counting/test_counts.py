"""Counts add up, rates are never infinite, and limits are those of the public-health tables."""

from __future__ import annotations

from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from shapely import box

from hotspots.base.errors import DataError, ParameterError
from hotspots.counting.counts import (
    agreement,
    assign_areas,
    count_incidents,
    rate,
    rate_limits,
)
from hotspots.counting.tally import tally

CODES = ["E05000001", "E05000002", "E05000003"]


def make_areas() -> gpd.GeoDataFrame:
    """Three squares of a kilometre in a row."""
    return gpd.GeoDataFrame(
        {"name": ["Abbey", "Burton", "Castle"], "district": "", "population": [1000.0, 2000.0, 0.0]},
        geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000), box(2000, 0, 3000, 1000)],
        index=pd.Index(CODES, name="code"),
        crs="EPSG:27700",
    )


def make_incidents(x: list[float], y: list[float], **more: object) -> pd.DataFrame:
    table = pd.DataFrame({"x": np.array(x, dtype=float), "y": np.array(y, dtype=float), **more})
    table.attrs["crs"] = "EPSG:27700"
    return table


def test_each_incident_is_counted_once_and_the_sums_balance() -> None:
    # Inside the first; on the border of the first two; on the corner far right; outside; without coordinates.
    incidents = make_incidents([500, 1000, 3000, 9000, np.nan], [500, 500, 1000, 500, np.nan])
    assigned = assign_areas(incidents, make_areas())
    assert assigned.astype(object).where(assigned.notna(), None).tolist() == [
        CODES[0],
        CODES[0],
        CODES[2],
        None,
        None,
    ]
    assert count_incidents(incidents, make_areas()).to_dict() == {CODES[0]: 2, CODES[1]: 0, CODES[2]: 1}


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(-500, 3500), st.integers(-500, 1500)), min_size=1, max_size=60),
    st.randoms(),
)
def test_row_order_changes_no_count(points: list[tuple[int, int]], random: Random) -> None:
    points = [(500, 500), *points]
    shuffled = points[:]
    random.shuffle(shuffled)
    counts = [
        count_incidents(make_incidents(*map(list, zip(*rows, strict=True))), make_areas())
        for rows in (points, shuffled)
    ]
    pd.testing.assert_series_equal(counts[0], counts[1])
    inside = sum(0 <= x <= 3000 and 0 <= y <= 1000 for x, y in points)
    assert counts[0].sum() == inside


def test_counts_per_category_month_and_year_have_a_column_for_each() -> None:
    incidents = make_incidents(
        [500, 600, 1500],
        [500, 500, 500],
        category=pd.Categorical(
            ["Burglary", "Drugs", "Burglary"], categories=["Burglary", "Drugs", "Robbery"]
        ),
        month=pd.PeriodIndex(["2017-07", "2016-07", "2016-07"], freq="M"),
    )
    per_category = count_incidents(incidents, make_areas(), per="category")
    assert per_category.to_dict("list") == {"Burglary": [1, 1, 0], "Drugs": [1, 0, 0]}
    per_month = count_incidents(incidents, make_areas(), per="month")
    assert [str(month) for month in per_month.columns] == ["2016-07", "2017-07"]
    assert count_incidents(incidents, make_areas(), per="year").to_dict("list") == {
        2016: [1, 1, 0],
        2017: [1, 0, 0],
    }


def test_an_earlier_assignment_serves_any_selection_of_its_rows() -> None:
    incidents = make_incidents([500, 1500, 1600], [500, 500, 500])
    assigned = assign_areas(incidents, make_areas())
    assert count_incidents(incidents.iloc[1:], make_areas(), assigned=assigned).tolist() == [0, 2, 0]


def test_recorded_codes_count_without_coordinates() -> None:
    incidents = make_incidents(
        [np.nan, np.nan, np.nan], [np.nan] * 3, lsoa_code=pd.Categorical([CODES[2], None, "E09999999"])
    )
    assigned = assign_areas(incidents, make_areas(), by="code")
    assert assigned.isna().tolist() == [False, True, True]
    assert count_incidents(incidents, make_areas(), by="code").tolist() == [0, 0, 1]


def test_agreement_is_over_the_incidents_that_both_placed() -> None:
    first = pd.Series(pd.Categorical(["a", "b", "c", None]))
    second = pd.Series(pd.Categorical(["a", "c", None, "a"]))
    assert agreement(first, second) == (2, 0.5)
    assert agreement(first[3:], second[3:])[0] == 0


def test_incidents_elsewhere_are_refused_with_both_extents() -> None:
    with pytest.raises(DataError) as caught:
        assign_areas(make_incidents([500_000, 501_000], [300_000, 302_000]), make_areas())
    assert caught.value.message == (
        "no incident lies within the areas: incidents span 500000 to 501000 east, 300000 to 302000 north, "
        "areas span 0 to 3000 east, 0 to 1000 north (EPSG:27700)"
    )
    assert (
        caught.value.hint
        == "check that both are of the same place, and that 'source_crs' says what the coordinates are"
    )


def test_incidents_without_any_coordinates_are_refused() -> None:
    with pytest.raises(DataError, match=r"incidents span nothing \(none has coordinates\)"):
        assign_areas(make_incidents([np.nan], [np.nan]), make_areas())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "the incidents carry no recorded area code ('lsoa_code')"),
        (
            {"lsoa_code": pd.Categorical(["E01000001"])},
            "no recorded code is among the areas' (recorded: E01000001; areas: E05000001)",
        ),
    ],
)
def test_counting_by_code_needs_codes_of_the_areas(more: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        assign_areas(make_incidents([500], [500], **more), make_areas(), by="code")
    assert caught.value.message == message


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(ParameterError, match="'by' is 'name'"):
        assign_areas(make_incidents([500], [500]), make_areas(), by="name")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="'per' is 'week'"):
        count_incidents(make_incidents([500], [500]), make_areas(), per="week")  # type: ignore[call-overload]
    with pytest.raises(DataError, match="no incident has a month, so none can be counted per month"):
        count_incidents(make_incidents([500], [500]), make_areas(), per="month")


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
        "use 1 for counts that only chance varies, or more, such as 'dispersion' = 1.9"
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


@pytest.mark.parametrize(
    "index",
    [
        None,
        [7, 3, 5],
        ["c", "a", "b"],
        pd.CategoricalIndex(["c", "a", "b"]),
        pd.Index([2, 1, 3], dtype="uint8"),
    ],
    ids=["numbering", "numbers", "text", "categories", "bytes"],
)
def test_any_index_in_any_order_gives_the_right_counts(index: Any) -> None:
    areas = make_areas()
    areas.index = pd.RangeIndex(3) if index is None else pd.Index(index)
    # One in the first, two in the second, three in the third, none on a border.
    incidents = make_incidents([500, 1500, 1600, 2500, 2600, 2700], [500] * 6, month=["2025-01"] * 6)
    n = count_incidents(incidents, areas)
    assert n.index.equals(areas.index)
    assert n.tolist() == [1, 2, 3]
    assigned = assign_areas(incidents, areas)
    assert assigned.tolist() == [areas.index[place] for place in (0, 1, 1, 2, 2, 2)]
    assert count_incidents(incidents, areas, assigned=assigned, per="month")[
        pd.Period("2025-01")
    ].tolist() == [
        1,
        2,
        3,
    ]
    assert tally(incidents, areas).counts.ravel().tolist() == [1, 2, 3]


def test_a_border_belongs_to_the_first_code_whatever_the_order_of_the_table() -> None:
    # x = 1000 is the border of the first two, x = 2000 that of the last two.
    incidents = make_incidents([1000, 2000], [500, 500])
    areas = make_areas()
    expected = count_incidents(incidents, areas)
    assert expected.to_dict() == {CODES[0]: 1, CODES[1]: 1, CODES[2]: 0}
    for order in ([2, 1, 0], [1, 0, 2], [1, 2, 0]):
        shuffled = areas.iloc[order]
        assert count_incidents(incidents, shuffled).to_dict() == expected.to_dict()
    # The same by code numbers: 9 stands before 10, though not as text.
    areas.index = pd.Index([10, 9, 11])
    assert count_incidents(incidents, areas).to_dict() == {10: 0, 9: 2, 11: 0}


def test_codes_that_are_numbers_match_those_that_the_files_recorded() -> None:
    areas = make_areas()
    areas.index = pd.Index([101, 102, 103])
    incidents = make_incidents([np.nan] * 3, [np.nan] * 3, lsoa_code=["102", "102", "103"])
    assert count_incidents(incidents, areas, by="code").to_dict() == {101: 0, 102: 2, 103: 1}


def test_an_assignment_of_other_areas_or_of_other_incidents_is_refused() -> None:
    incidents = make_incidents([500, 1500], [500, 500])
    areas = make_areas()
    assigned = assign_areas(incidents, areas)
    renamed = areas.set_axis(["x", "y", "z"])
    with pytest.raises(DataError) as error:
        count_incidents(incidents, renamed, assigned=assigned)
    assert (error.value.message, error.value.hint) == (
        "the incidents were assigned to other areas ('E05000001') than these ('x')",
        "assign them to these areas with assign_areas, or leave 'assigned' out",
    )
    with pytest.raises(DataError) as error:
        count_incidents(incidents.set_axis([1, 5]), areas, assigned=assigned)
    assert (error.value.message, error.value.hint) == (
        "'assigned' says nothing of 1 of 2 incidents, the first in row 5",
        "assign all incidents with assign_areas before choosing among them",
    )
    twice = pd.concat([incidents, incidents])
    with pytest.raises(DataError) as error:
        count_incidents(twice, areas, assigned=assigned)
    assert (error.value.message, error.value.hint) == (
        "row numbers of the incidents repeat, so an earlier assignment cannot be matched to them",
        "number them with incidents.reset_index(drop=True) before they are assigned",
    )


def test_counting_per_category_needs_categories() -> None:
    with pytest.raises(DataError) as error:
        count_incidents(make_incidents([500], [500]), make_areas(), per="category")
    assert (error.value.message, error.value.hint) == (
        "the incidents have no column 'category', so none can be counted per category",
        "name it with 'category_column'",
    )


def test_a_row_stands_for_as_many_incidents_as_its_weight() -> None:
    # 10 and 5 in the first, 0.1 + 0.2 in the second, which binary sums would make 0.30000000000000004.
    incidents = make_incidents(
        [500, 600, 1500, 1600],
        [500] * 4,
        weight=[10.0, 5.0, 0.1, 0.2],
        category=["A", "B", "A", "A"],
        month=["2025-01", "2025-02", "2025-01", "2025-01"],
    )
    assert count_incidents(incidents, make_areas()).tolist() == [15.0, 0.3, 0.0]
    assert count_incidents(incidents, make_areas(), per="category").to_numpy().tolist() == [
        [10, 5],
        [0.3, 0],
        [0, 0],
    ]
    whole = count_incidents(incidents.assign(weight=[10.0, 5.0, 0.5, 0.5]), make_areas())
    assert whole.dtype == "int64"
    assert whole.tolist() == [15, 1, 0]
    found = tally(incidents, make_areas(), every="month")
    assert found.counts.tolist() == [[[10, 0], [0, 5]], [[0.3, 0], [0, 0]], [[0, 0], [0, 0]]]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60), st.randoms())
def test_sums_of_weights_do_not_depend_on_the_order_of_rows(millionths: list[int], random: Random) -> None:
    weights = [value / 1_000_000 for value in millionths]
    shuffled = random.sample(weights, len(weights))
    first, second = (
        count_incidents(make_incidents([500] * len(held), [500] * len(held), weight=held), make_areas())
        for held in (weights, shuffled)
    )
    pd.testing.assert_series_equal(first, second)
    assert first.iloc[0] == sum(millionths) / 1_000_000
