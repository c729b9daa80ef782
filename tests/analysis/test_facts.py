"""What the card of an area tells beside its layers' columns."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.analysis.facts import count_offences, find_facts, find_within


def squares(*corners: tuple[float, float], side: float, prefix: str) -> gpd.GeoDataFrame:
    shapes = [shapely.box(x, y, x + side, y + side) for x, y in corners]
    index = pd.Index([f"{prefix}{i}" for i in range(len(shapes))], name="code")
    return gpd.GeoDataFrame(geometry=shapes, index=index, crs="EPSG:27700")


WARDS = squares((0, 0), (1000, 0), side=1000, prefix="E05")


def test_offences_add_up_weights_and_leave_out_what_is_nowhere_or_nothing() -> None:
    incidents = pd.DataFrame(
        {"category": ["Burglary", "Burglary", "Drugs", None, "Drugs"], "weight": [1.0, 2.5, 1.0, 1.0, 1.0]}
    )
    assigned = pd.Series(["E050", "E050", "E051", "E050", None])
    counted = count_offences(incidents, WARDS, assigned)
    assert counted.loc["E050"].to_dict() == {"Burglary": 3.5, "Drugs": 0}
    assert counted.loc["E051"].to_dict() == {"Burglary": 0, "Drugs": 1}


def test_incidents_without_a_category_are_of_no_offence() -> None:
    counted = count_offences(pd.DataFrame({"x": [1.0]}), WARDS, pd.Series(["E050"]))
    assert counted.shape == (2, 0)
    nowhere = count_offences(pd.DataFrame({"category": ["Drugs"]}), WARDS, pd.Series([None]))
    assert nowhere.shape == (2, 0)


def test_a_smaller_area_lies_where_its_middle_is() -> None:
    # The second straddles the border at x = 1000 with its middle, 1100, in the second ward; the third is outside.
    smaller = squares((100, 100), (900, 100), (5000, 0), side=400, prefix="E01")
    assert find_within(smaller, WARDS).tolist() == [0, 1, -1]


def test_only_layers_of_smaller_areas_hold_something() -> None:
    smaller = squares((100, 100), (900, 100), (1500, 500), side=400, prefix="E01")
    larger = squares((0, 0), (3000, 0), (0, 3000), side=3000, prefix="D")
    incidents = pd.DataFrame({"category": pd.Categorical(["Drugs"])})
    found = find_facts(
        incidents,
        WARDS,
        pd.Series(["E051"]),
        [("lsoas", smaller), ("districts", larger), ("two", smaller[:2])],
    )
    assert list(found.within) == ["lsoas"]
    assert np.array_equal(found.within["lsoas"], [0, 1, 1])
    assert found.offences["Drugs"].tolist() == [0, 1]
