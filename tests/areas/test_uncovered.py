"""Areas that are not covered stand in tables as missing, never as zero."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.areas.uncovered import coverage_label, uncovered_words, with_coverage


def squares(districts: list[str], people: list[float] | None = None) -> gpd.GeoDataFrame:
    """Return squares in a row, w0, w1, and so on."""
    held: dict[str, Any] = {"name": [f"Ward {k}" for k in range(len(districts))], "district": districts}
    if people is not None:
        held["population"] = people
    shapes = [shapely.box(1000 * k, 0, 1000 * k + 1000, 1000) for k in range(len(districts))]
    index = pd.Index([f"w{k:02d}" for k in range(len(districts))], name="code")
    return gpd.GeoDataFrame(held, geometry=shapes, index=index, crs="EPSG:27700")


def test_rows_that_are_not_covered_come_back_as_missing_and_never_as_zero() -> None:
    areas = squares(["A", "B", "A"], [100, 200, 300])
    held = areas.iloc[[0, 2]].assign(
        n=[3, 4], rate=[1.5, 2.5], sd_flag=["above", "average"], selected=[True, False]
    )
    whole = with_coverage(held, areas.iloc[[1]])
    assert whole.index.tolist() == ["w00", "w01", "w02"]
    assert whole["coverage"].tolist() == ["covered", "not covered", "covered"]
    assert whole["n"].dtype == "Int64"
    assert whole["n"].isna().tolist() == [False, True, False]
    assert np.isnan(whole.loc["w01", "rate"])
    assert whole[["sd_flag", "selected"]].isna().all(axis=1).tolist() == [False, True, False]
    assert whole.loc["w01", ["name", "district", "population"]].tolist() == ["Ward 1", "B", 200]
    assert whole.geometry["w01"].equals(areas.geometry["w01"])
    assert with_coverage(held, areas.iloc[:0]) is held


def test_ground_that_is_left_blank_has_one_label() -> None:
    bare, said = squares(["A", "B"]), "not covered in June 2025 (11 of 12 months)"
    assert coverage_label(bare) == "Not covered"
    assert coverage_label(bare.assign(coverage=said)) == "Not covered in June 2025 (11 of 12 months)"
    both = bare.assign(coverage=["not covered", said])
    assert coverage_label(both) == "Not covered, or not in every month"


def test_words_without_districts_name_an_area() -> None:
    assert uncovered_words(squares(["", ""])) == "2 areas, among them Ward 0"
    assert uncovered_words(squares([])) == ""
