"""From recorded codes to areas."""

from __future__ import annotations

import logging
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.areas.lookup import read_lookup
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.counting.lookup import follow_lookup


def squares(*codes: str) -> gpd.GeoDataFrame:
    """Squares of 1 km in a row from x = 0."""
    west = np.arange(len(codes)) * 1000.0
    return gpd.GeoDataFrame(
        geometry=shapely.box(west, 0, west + 1000, 1000), index=pd.Index(codes, name="code"), crs="EPSG:27700"
    )


def recorded(*codes: str | None, x: list[float] | None = None) -> pd.DataFrame:
    place = np.full(len(codes), np.nan) if x is None else np.array(x)
    return pd.DataFrame({"x": place, "y": np.where(np.isnan(place), np.nan, 500.0), "lsoa_code": list(codes)})


BEST_FIT = pd.DataFrame(
    {
        "LSOA21CD": ["E01000001", "E01000002", "E01000003"],
        "WD24CD": ["E05000001", "E05000001", "E05000002"],
        "WD24NM": ["Hill", "Hill", "Town"],
    }
)


def test_best_fit_sums_recorded_codes_to_wards(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    BEST_FIT.to_csv(tmp_path / "wards.csv", sep=";", index=False)
    wards = squares("E05000001", "E05000002")
    rows = recorded("E01000001", "e01000002 ", "E01000003", "E01000003", None)
    with caplog.at_level(logging.INFO):
        assigned = assign_areas(rows, wards, by="code", lookup=read_lookup(tmp_path / "wards.csv"))
    assert count_incidents(rows, wards, assigned=assigned).tolist() == [2, 2]
    assert caplog.messages[-1] == (
        f"the lookup '{tmp_path}/wards.csv': 3 recorded codes lead to the areas, 0 of them to several: 0 incidents "
        "dealt out by shares, 0 by their points; 1 areas take several codes"
    )


CHANGES = pd.DataFrame(
    {
        "LSOA11CD": ["E01000001", "E01000002", "E01000003", "E01000003", "E01000004", "E01000005"],
        "LSOA21CD": ["E01000001", "E01000002", "E01033801", "E01033802", "E01033803", "E01033803"],
        "CHGIND": ["U", "U", "S", "S", "M", "M"],
    }
)
NEW = ("E01000001", "E01000002", "E01033801", "E01033802", "E01033803")
OLD = ("E01000001", "E01000002", "E01000003", "E01000004", "E01000005")


def test_lsoas_of_2011_become_those_of_2021() -> None:
    # The split one by its points: at 2.5 km the third square, at 3.5 km the fourth; at 9 km it lies in neither,
    # and the fourth is nearer. Both merged ones go to the fifth.
    rows = recorded(
        "E01000001", "E01000003", "E01000003", "E01000003", "E01000004", "E01000005",
        x=[500, 2500, 3500, 9000, 4500, 4500],
    )  # fmt: skip
    assert assign_areas(rows, squares(*NEW), by="code", lookup=read_lookup(CHANGES)).tolist() == [
        "E01000001", "E01033801", "E01033802", "E01033802", "E01033803", "E01033803",
    ]  # fmt: skip


def test_and_those_of_2021_become_those_of_2011() -> None:
    # Now the parts come together, and the merged one is told apart by its points.
    rows = recorded("E01033801", "E01033802", "E01033803", "E01033803", x=[2100, 2900, 3500, 4500])
    assert assign_areas(rows, squares(*OLD), by="code", lookup=read_lookup(CHANGES)).tolist() == [
        "E01000003", "E01000003", "E01000004", "E01000005",
    ]  # fmt: skip


def test_a_split_code_without_a_point_is_lost_with_a_warning() -> None:
    with pytest.warns(HotspotsWarning) as caught:
        assigned = assign_areas(
            recorded("E01000003", "E01000001"), squares(*NEW), by="code", lookup=read_lookup(CHANGES)
        )
    assert assigned.isna().tolist() == [True, False]
    assert str(caught[0].message) == (
        "1 incidents recorded a code that was split and have no coordinates to tell the part: "
        "they are counted nowhere"
    )


@pytest.mark.parametrize("column", ["share", "Percent of LSOA", "population"])
def test_shares_deal_incidents_out(column: str) -> None:
    # Three tenths of the first LSOA are in the first ward: of 10 incidents 3, and of each category its part too.
    table = pd.DataFrame(
        {
            "LSOA21CD": ["E01000001", "E01000001", "E01000002"],
            "WD24CD": ["E05000001", "E05000002", "E05000002"],
            column: [30, 70, 100],
        }
    )
    rows = recorded(*["E01000001"] * 20, "E01000002").assign(category=["a", "b"] * 10 + ["a"])
    wards = squares("E05000001", "E05000002")
    counts = count_incidents(
        rows, wards, per="category", assigned=assign_areas(rows, wards, by="code", lookup=read_lookup(table))
    )
    assert counts.to_numpy()[0].tolist() == [3, 3]
    assert counts.to_numpy()[1].tolist() == [8, 7]


def test_a_share_that_goes_elsewhere_is_not_ours() -> None:
    table = pd.DataFrame({"a": ["E01000001"] * 2, "b": ["E05000001", "E05000009"], "share": [0.25, 0.75]})
    rows = recorded(*["E01000001"] * 8)
    assigned = assign_areas(rows, squares("E05000001"), by="code", lookup=read_lookup(table))
    assert int(assigned.notna().sum()) == 2


def test_lookups_follow_one_another() -> None:
    wards = pd.DataFrame({"lsoa11": list(OLD), "ward": ["E05000001"] * 3 + ["E05000002"] * 2})
    rows = recorded("E01033801", "E01033802", "E01033803", "E01000002")
    # Both halves of the split LSOA are in the first ward, both that merged in the second: no point is needed.
    assigned = assign_areas(
        rows, squares("E05000001", "E05000002"), by="code", lookup=read_lookup([CHANGES, wards])
    )
    assert assigned.tolist() == ["E05000001", "E05000001", "E05000002", "E05000001"]


def test_codes_that_no_table_holds_are_a_warning() -> None:
    rows = recorded("E01000001", "E01999999")
    with pytest.warns(HotspotsWarning) as caught:
        assign_areas(rows, squares("E05000001", "E05000002"), by="code", lookup=read_lookup(BEST_FIT))
    assert str(caught[0].message) == (
        "1 of 2 incidents recorded a code that the lookup does not hold, such as E01999999: they are counted nowhere"
    )


def test_lookups_that_do_not_fit() -> None:
    wards = squares("E05000001", "E05000002")
    with pytest.raises(ParameterError) as by_polygon:
        assign_areas(recorded("E01000001"), wards, lookup=read_lookup(BEST_FIT))
    assert str(by_polygon.value) == (
        "a lookup leads from recorded codes to areas, but incidents are placed by polygon\n"
        "Hint: place them by code: 'by' = 'code'"
    )
    with pytest.raises(DataError) as other:
        assign_areas(recorded("E01000077"), wards, by="code", lookup=read_lookup(BEST_FIT))
    assert str(other.value) == (
        "no column of the lookup holds the recorded codes, such as E01000077\n"
        "Hint: give a table with one column of the recorded codes and one of the areas'"
    )
    with pytest.raises(DataError) as places:
        assign_areas(recorded("E01000001"), squares("E05000077"), by="code", lookup=read_lookup(BEST_FIT))
    assert places.value.message == "no column of the lookup holds the areas' codes, such as E05000077"
    other_place = pd.DataFrame({"a": ["Q1"], "b": ["E05000001"]})
    with pytest.raises(DataError) as apart:
        follow_lookup(read_lookup([BEST_FIT, other_place]), pd.Index(["E01000001"]), wards.index)
    assert str(apart.value) == (
        "the lookup and the lookup share no codes\nHint: give the lookups in the order of their codes"
    )


@pytest.mark.parametrize(
    ("areas", "codes", "ages"),
    [
        (OLD, ["E01000001", "E01000002", "E01033801", "E01033801"], ("2021", "2011", "E01033801")),
        (NEW, ["E01000001", "E01000002", "E01000003", "E01000003"], ("2011", "2021", "E01000003")),
    ],
)
def test_codes_of_the_other_census_are_refused(
    areas: tuple[str, ...], codes: list[str], ages: tuple[str, ...]
) -> None:
    with pytest.raises(DataError) as error:
        assign_areas(recorded(*codes, x=[500, 1500, 2500, 2600]), squares(*areas), by="code")
    assert str(error.value) == (
        f"the recorded codes are LSOAs of {ages[0]}, but the areas are LSOAs of {ages[1]}: 2 incidents inside the "
        f"areas recorded a code that none of them has, such as {ages[2]}\n"
        f"Hint: give areas of {ages[0]}, a 'lookup' from one to the other, or count by polygon: 'by' = 'polygon'"
    )


def test_incidents_elsewhere_are_not_taken_for_another_census() -> None:
    # An LSOA of 2021 that lies outside the areas says nothing of theirs.
    rows = recorded("E01000001", "E01033801", "E01033801", x=[500, 90_000, 2500])
    assert assign_areas(rows, squares(*OLD), by="code").isna().tolist() == [False, True, True]


def test_wards_of_another_year_are_a_warning() -> None:
    rows = recorded("E05000001", "E05000008", x=[500, 1500])
    with pytest.warns(HotspotsWarning) as caught:
        assign_areas(rows, squares("E05000001", "E05000002"), by="code")
    assert str(caught[0].message) == (
        "1 incidents inside the areas recorded a code that none of the areas has, such as E05000008, and are counted "
        "nowhere: the areas may be of another year"
    )


def test_recorded_codes_in_any_case_are_the_same() -> None:
    rows = recorded("e01000001", " E01000001", "E01000001\u200b")
    assert assign_areas(rows, squares("E01000001"), by="code").tolist() == ["E01000001"] * 3
