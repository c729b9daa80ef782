"""What is hatched on a map: rates of few incidents, selections that are under 80 % sure."""

import pandas as pd
import pytest

from hotspots.base.columns import COLUMNS
from hotspots.export.style import layer_style
from hotspots.export.unsure import unsure_areas, unsure_class


def test_a_rate_rests_on_little_where_it_is_of_fewer_than_ten_incidents() -> None:
    wards = pd.DataFrame({"n": [0, 9, 10, 400], "rate": [0.0, 60.0, 2.0, 80.0]})
    assert unsure_areas(wards, layer_style(wards, "rate")).tolist() == [True, True, False, False]


def test_a_rate_of_one_year_rests_on_the_incidents_of_that_year() -> None:
    wards = pd.DataFrame({"n": [400, 400], "n_2024": [9, 10], "rate_2024": [60.0, 2.0]})
    assert unsure_areas(wards, layer_style(wards, "rate_2024")).tolist() == [True, False]


def test_no_area_is_hatched_whose_count_or_rate_is_not_known() -> None:
    hidden = pd.DataFrame({"n": [None, 3], "rate": [5.0, None]})
    assert not unsure_areas(hidden, layer_style(hidden, "rate")).any()
    bare = pd.DataFrame({"rate": [5.0, 6.0]})
    assert not unsure_areas(bare, layer_style(bare, "rate")).any()


@pytest.mark.parametrize("column", ["n", "rate_eb"])
def test_counts_and_smoothed_rates_are_never_hatched(column: str) -> None:
    wards = pd.DataFrame({"n": [1, 2], "rate_eb": [4.0, 5.0]})
    style = layer_style(wards, column)
    assert not unsure_areas(wards, style).any()
    assert unsure_class(style) is None


def test_borderline_priorities_are_hatched() -> None:
    wards = pd.DataFrame({"priority": ["force-wide", "borderline force-wide", "borderline local", "watch"]})
    style = layer_style(wards, "priority")
    assert unsure_areas(wards, style).tolist() == [False, True, True, False]
    assert unsure_class(style) is None, "the class says it in its own words"


def test_the_legend_of_a_rate_says_what_the_hatch_means() -> None:
    wards = pd.DataFrame({"n": [1, 2], "rate": [4.0, 5.0]})
    line = unsure_class(layer_style(wards, "rate"))
    assert line is not None
    assert line.label == "Hatched: a rate of fewer than 10 incidents"
    assert line.unsure


@pytest.mark.parametrize("column", ["em_class", "ch_flag", "un_flag", "hi_shape"])
def test_classes_with_marks_are_told_apart_by_them_alone(column: str) -> None:
    said = [entry for entry in COLUMNS[column].classes if not entry.neutral and entry.value != "undefined"]
    marks = [entry.mark for entry in said]
    assert all(marks)
    assert len(set(marks)) == len(marks)
