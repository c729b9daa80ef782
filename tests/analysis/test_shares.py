from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.shares import share_in_areas
from hotspots.base.errors import HotspotsError

AREAS = gpd.GeoDataFrame(
    {"name": ["Moor", "Town"], "district": ["North", "South"]},
    geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
    index=pd.Index(["a", "b"], name="code"),
    crs="EPSG:27700",
)


def burglaries(taken: Sequence[object]) -> tuple[pd.DataFrame, pd.Series]:
    table = pd.DataFrame({"taken": taken, "x": 0.5, "y": 0.5})
    half = len(taken) // 2
    return table, pd.Series(["a"] * half + ["b"] * (len(taken) - half), dtype="category")


def test_the_share_by_area_district_and_class() -> None:
    table, assigned = burglaries(["Yes"] * 6 + ["no"] * 14 + ["yes"] + ["No"] * 19)
    kinds = {"Rural": pd.Series(["rural", "urban"], index=AREAS.index)}
    made = share_in_areas(table, AREAS, "taken", assigned=assigned, classes=kinds)
    assert (made.n, made.of, made.share) == (7, 40, 7 / 40)
    assert made.areas["of_share"].tolist() == [6 / 20, 1 / 20]
    assert made.areas["of_rest"].tolist() == [1 / 20, 6 / 20]
    assert made.districts["of_n"].to_dict() == {"North": 6, "South": 1}
    assert made.classes["Rural"]["of_share"].to_dict() == {"rural": 0.3, "urban": 0.05}


def test_a_blank_is_unknown_where_there_is_a_no_and_a_no_where_there_is_none() -> None:
    table, assigned = burglaries(["yes"] * 10 + [None] * 10 + ["no"] * 20)
    made = share_in_areas(table, AREAS, "taken", assigned=assigned)
    assert (made.n, made.of, made.unrecorded) == (10, 30, 10)
    table, assigned = burglaries(["yes"] * 10 + [None] * 30)
    made = share_in_areas(table, AREAS, "taken", assigned=assigned)
    assert (made.n, made.of, made.unrecorded) == (10, 40, 0)


def test_a_value_of_ones_own() -> None:
    table, assigned = burglaries(["Key burglary"] * 12 + ["Other"] * 28)
    assert share_in_areas(table, AREAS, "taken", assigned=assigned, value=["key burglary"]).share == 0.3


def test_no_percentage_of_under_10() -> None:
    table, assigned = burglaries(["yes"] * 2 + ["no"] * 6)
    made = share_in_areas(table, AREAS, "taken", assigned=assigned)
    assert pd.isna(made.share)
    assert made.areas["of_share"].isna().all()


def test_what_cannot_be_is_refused() -> None:
    table, assigned = burglaries(["yes"] * 10)
    with pytest.raises(HotspotsError) as caught:
        share_in_areas(table, AREAS, "takn", assigned=assigned)
    assert (
        str(caught.value)
        == "the incidents have no column 'takn' to take a share by\nHint: did you mean 'taken'?"
    )
    with pytest.raises(HotspotsError, match="'taken' of the incidents never holds 'keys'"):
        share_in_areas(table, AREAS, "taken", assigned=assigned, value=["keys"])
