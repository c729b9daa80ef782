"""Counts add up, whatever the order of rows and of areas."""

from __future__ import annotations

from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from hotspots.base.errors import DataError, ParameterError
from hotspots.counting.belonging import agreement, assign_areas
from hotspots.counting.counts import count_incidents
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


@pytest.mark.parametrize("kind", ["category", "str", "object"])
def test_categories_are_tallied_in_the_order_of_their_words(kind: Any) -> None:
    said = ["Violence", None, "Drugs", "No category", "Theft", None]
    incidents = make_incidents([500.0] * 5 + [5000.0], [500.0] * 6, month=["2025-01"] * 6)
    incidents["category"] = pd.Series(said, dtype="str" if kind == "category" else kind).astype(kind)
    found = tally(incidents.drop(index=4), make_areas())
    # What has no category is one of its own, and Theft, of which nothing is left, is none.
    assert found.categories == ("Drugs", "No category", "Violence")
    assert found.counts[:, :, 0].tolist() == [[1, 2, 1], [0, 0, 0], [0, 0, 0]]


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
