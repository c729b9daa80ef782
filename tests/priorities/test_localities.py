"""Localities: which areas join, what they are called, what they hold."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.areas.neighbours import make_neighbours
from hotspots.base.errors import DataError
from hotspots.priorities.localities import join_localities, make_localities

CODES = [f"E0500000{i}" for i in range(6)]


def row_of_wards(names: Any, districts: Any = None) -> Any:
    return gpd.GeoDataFrame(
        {"name": names, "district": districts or ["Abbeyshire"] * 6, "population": [1000.0] * 6},
        index=pd.Index(CODES, name="code"),
        geometry=[box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(6)],
        crs="EPSG:27700",
    )


def chosen(picked: Any, ranks: Any = range(1, 7), priorities: Any = None) -> Any:
    return pd.DataFrame(
        {
            "selected": [i in picked for i in range(6)],
            "rank": pd.array(list(ranks), dtype="Int64"),
            "priority": priorities or ["force-wide" if i in picked else "" for i in range(6)],
        },
        index=pd.Index(CODES, name="code"),
    )


NAMES = ["Shobnall", "Burton", "Eton Park", "Rolleston", "Town", "Tutbury"]


def named(names: Any, selection: Any, districts: Any = None) -> Any:
    areas = row_of_wards(names, districts)
    return join_localities(areas, selection, make_neighbours(areas))


def test_neighbours_join_and_the_highest_ranked_is_named_first() -> None:
    locality = named(NAMES, chosen({0, 1, 2, 4}, ranks=[3, 1, 2, 5, 4, 6]))
    assert locality.tolist() == ["Burton, Eton Park and Shobnall"] * 3 + ["", "Town", ""]


def test_names_with_and_are_set_apart() -> None:
    locality = named(["Etruria and Hanley", "Burslem", *NAMES[2:]], chosen({0, 1}))
    assert locality.iloc[0] == "Etruria and Hanley; Burslem"


def test_long_names_are_cut() -> None:
    assert (
        named(NAMES, chosen({0, 1, 2, 3, 4, 5})).iloc[0]
        == "Shobnall, Burton, Eton Park, Rolleston and 2 more"
    )


def test_two_localities_of_one_name_are_told_apart() -> None:
    names = ["Town", "A", "Town", "B", "Town", "C"]
    districts = ["Stafford", "", "Newcastle", "", "Newcastle", ""]
    assert named(names, chosen({0, 2}), districts).iloc[[0, 2]].tolist() == [
        "Town (Stafford)",
        "Town (Newcastle)",
    ]
    assert named(names, chosen({2, 4}), districts).iloc[[2, 4]].tolist() == [
        "Town (Newcastle) (E05000002)",
        "Town (Newcastle) (E05000004)",
    ]


def test_a_locality_has_its_polygon_counts_and_reason() -> None:
    areas = row_of_wards(NAMES)
    selection = chosen(
        {0, 1, 4}, ranks=[3, 1, 2, 5, 4, 6], priorities=["local", "force-wide", "", "", "local", ""]
    )
    locality = join_localities(areas, selection, make_neighbours(areas))
    reason = pd.Series([f"Reason {code}." for code in CODES], index=areas.index)
    counts = pd.Series([10, 20, 30, 40, 50, 60], index=areas.index)
    made = make_localities(areas, selection, locality, counts=counts, reason=reason, noun="ward")
    assert made.index.tolist() == ["loc_01", "loc_02"]
    assert made["name"].tolist() == ["Burton and Shobnall", "Town"]
    assert made["n"].tolist() == [30, 50]
    assert made["population"].tolist() == [2000, 1000]
    assert made["members"].tolist() == [2, 1]
    assert made["area_km2"].tolist() == [2, 1]
    assert made["rank"].tolist() == [1, 4]
    assert made["priority"].tolist() == ["force-wide", "local"]
    assert made["reason"].tolist() == [
        "2 neighbouring wards (1 force-wide, 1 local). Burton: Reason E05000001.",
        "Reason E05000004.",
    ]
    assert made.geometry.iloc[0].equals(box(0, 0, 2000, 1000))
    assert made.crs == areas.crs


def test_nothing_selected_and_areas_that_do_not_match() -> None:
    areas = row_of_wards(NAMES)
    neighbours = make_neighbours(areas)
    nothing = join_localities(areas, chosen(set()), neighbours)
    assert nothing.tolist() == [""] * 6
    with pytest.raises(DataError) as caught:
        make_localities(areas, chosen(set()), nothing)
    assert caught.value.message == "no area is selected, so there are no localities"
    assert caught.value.hint == "lower a threshold, or select by a budget"
    with pytest.raises(DataError) as caught:
        join_localities(areas.iloc[::-1], chosen({1}), neighbours)
    assert (
        caught.value.message == "areas, selection and neighbours are not of the same areas in the same order"
    )
    assert caught.value.hint == "make the selection and the neighbours from the same areas"
