"""The analyst's own columns stand beside the results, with their types, and never in the place of ours."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.areas.own import own_columns, refuse_taken
from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError


def wards(**columns: Any) -> gpd.GeoDataFrame:
    """Return three wards in the wrong order of codes, with these columns."""
    shapes = shapely.box([4e5, 401e3, 402e3], 3e5, [401e3, 402e3, 403e3], 301e3)
    codes = ["E05000003", "E05000001", "E05000002"]
    return gpd.GeoDataFrame({"WD24CD": codes, **columns}, geometry=shapes, crs="EPSG:27700")


def test_columns_keep_their_names_types_and_rows() -> None:
    layer = wards(
        Beat=["C3", " A1 ", ""],
        Officers=[3, 1, 2],
        share=[0.5, np.inf, 0.25],
        open=[True, False, True],
        since=[pd.Timestamp("2024-03-01"), pd.Timestamp("2024-01-01"), pd.NaT],
    )
    areas = read_areas(layer, keep=["since", "Beat", "Officers", "share", "open"])
    assert areas.columns.tolist() == [
        "name", "district", "population", "since", "Beat", "Officers", "share", "open", "geometry",
    ]  # fmt: skip
    # By code: the second, the third, the first of the layer.
    assert areas["Beat"].where(areas["Beat"].notna(), None).tolist() == ["A1", None, "C3"]
    assert areas["Officers"].tolist() == [1, 2, 3]
    assert areas["Officers"].dtype == "int64"
    assert areas["open"].tolist() == [False, True, True]
    assert areas["open"].dtype == "bool"
    assert areas["share"].isna().tolist() == [True, False, False]
    assert areas["since"].where(areas["since"].notna(), None).tolist() == ["2024-01-01", None, "2024-03-01"]
    assert read_areas(layer).columns.tolist() == ["name", "district", "population", "geometry"]


def test_times_of_day_and_mixed_cells_are_texts() -> None:
    table = pd.DataFrame({"seen": pd.to_datetime(["2024-03-01 10:15:00"] * 2), "team": [1, "two"]})
    kept = own_columns(table, ["seen", "team"], where="the layer")
    assert kept["seen"].tolist() == ["2024-03-01 10:15:00"] * 2
    assert kept["team"].tolist() == ["1", "two"]


def test_parts_of_an_area_that_differ_have_no_common_value() -> None:
    layer = wards(Beat=["A", "A", "B"], CSP=["West", "West", "West"])
    layer["WD24CD"] = ["E05000001", "E05000001", "E05000002"]
    with pytest.warns(HotspotsWarning, match="joined into 1 area"):
        areas = read_areas(layer, keep=["Beat", "CSP"])
    assert areas["Beat"].tolist() == ["A", "B"]
    layer["Beat"] = ["A", "Z", "B"]
    with pytest.warns(HotspotsWarning, match="joined into 1 area"):
        areas = read_areas(layer, keep=["Beat", "CSP"])
    assert areas["Beat"].isna().tolist() == [True, False]
    assert areas["CSP"].tolist() == ["West", "West"]


@pytest.mark.parametrize("name", ["Rate", "n", "coverage", "geom", "FID", "n_Burglary", "i_crime"])
def test_the_name_of_a_result_is_refused(name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_areas(wards(**{name: [1, 2, 3]}), keep=[name])
    assert caught.value.message == f"a column '{name}' cannot be kept, as results have columns of that name"
    assert caught.value.hint == f"give the boundary file's column another heading, such as 'own {name}'"


def test_names_that_differ_in_case_alone_are_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        refuse_taken("BEAT", ["Beat"])
    assert caught.value.message == (
        "the columns 'Beat' and 'BEAT' cannot both be kept, as they differ in case alone"
    )


def test_a_column_that_is_not_there_and_one_that_no_table_holds() -> None:
    with pytest.raises(ParameterError, match="'keep'") as caught:
        read_areas(wards(Beat=["A", "B", "C"]), keep=["Baet"])
    assert "did you mean 'Beat'" in caught.value.hint
    with pytest.raises(DataError) as held:
        own_columns(pd.DataFrame({"Teams": [["A"], ["B"]]}), ["Teams"], where="'w.gpkg'")
    assert held.value.message == "'Teams' of 'w.gpkg' holds a list, which no table of areas can hold"
