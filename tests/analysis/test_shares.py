from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.shares import share_in_areas
from hotspots.base.errors import HotspotsError
from hotspots.publish.words.classes import share_note, share_sentence

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
    made = share_in_areas(table, AREAS, "taken", assigned=assigned, classes=kinds, fewest=1)
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


def test_small_counts_are_hidden_in_areas_districts_and_classes_alike() -> None:
    # One yes in b: of 7 in all a's 6 would tell it, so both are hidden, and the districts and classes that they are.
    table, assigned = burglaries(["Yes"] * 6 + ["no"] * 14 + ["yes"] + ["No"] * 19)
    kinds = {"Rural": pd.Series(["rural", "urban"], index=AREAS.index)}
    made = share_in_areas(table, AREAS, "taken", assigned=assigned, classes=kinds)
    for told in (made.areas, made.districts, made.classes["Rural"]):
        assert told["hidden"].all()
        assert told[["of_n", "of_base", "of_share", "of_lo", "of_rest", "of_flag"]].isna().all(axis=None)
    assert (made.n, made.of) == (7, 40)
    assert "no total gives them back" in share_note(made)
    assert "who puts them together may narrow" in share_note(made)


def test_all_is_hidden_where_all_is_small() -> None:
    table, assigned = burglaries(["yes"] * 2 + ["no"] * 38)
    made = share_in_areas(table, AREAS, "taken", assigned=assigned)
    assert pd.isna(made.n)
    assert share_sentence(made, "Burglary") == "taken (Burglary): hidden, as it tells of fewer than 5."


def test_the_dispersion_widens_the_limits_and_is_said() -> None:
    table, assigned = burglaries(["yes"] * 10 + ["no"] * 10 + ["yes"] * 5 + ["no"] * 15)
    narrow, wide = (
        share_in_areas(table, AREAS, "taken", assigned=assigned, dispersion=phi) for phi in (1, 3)
    )
    # 10 of 20 divided by 3: 1 / (3.33 + 4.33) at either side is wider than Clopper-Pearson's .272 to .728.
    assert narrow.areas["of_lo"]["a"] == pytest.approx(0.272, abs=5e-4)
    assert wide.areas["of_lo"]["a"] < 0.2
    assert wide.share_hi > narrow.share_hi
    assert wide.areas["of_q"]["a"] > narrow.areas["of_q"]["a"]
    assert share_note(wide).startswith("Exact limits, with a dispersion of 3.00.")


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
