"""Views of the web map: their periods, and what orders their areas."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from hotspots.export.webmap.make import AreaView, period_columns


def layer(**columns: object) -> gpd.GeoDataFrame:
    squares = [shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * i + 1000, 3e5 + 1000) for i in range(3)]
    return gpd.GeoDataFrame(columns, geometry=squares, index=["E1", "E2", "E3"], crs="EPSG:27700")


def test_months_are_named_and_win_over_years() -> None:
    found = layer(**{"n_2016": 1, "n_2017-01": 1, "n_2016-07": 1, "n_2017-13": 1, "n_old": 1})
    assert period_columns(found, "n") == {"July 2016": "n_2016-07", "January 2017": "n_2017-01"}
    assert period_columns(layer(n_2016_07=1), "n") == {"July 2016": "n_2016_07"}
    assert period_columns(found, "rate") == {}


@pytest.mark.parametrize(
    ("column", "number"),
    [
        ("rate", "rate"),
        ("n", "n"),
        ("sd_flag", "sd_score"),
        ("gi_class", "gi_z"),
        ("priority", "score"),
        ("ch_flag", "rate"),  # this layer lacks ch_diff
        ("word", "rate"),
    ],
)
def test_classes_are_ordered_by_the_number_behind_them(column: str, number: str) -> None:
    found = layer(rate=1.0, n=1, sd_score=0.0, gi_z=1.0, score=1.0, **dict.fromkeys(["sd_flag", "word"], "a"))
    assert AreaView("T", found, column).ranking() == number


def test_a_caller_can_name_the_number_and_some_layers_have_none() -> None:
    assert AreaView("T", layer(n=1, rate=2.0, sd_flag="above"), "sd_flag", rank_column="n").ranking() == "n"
    assert AreaView("T", layer(word="a"), "word").ranking() is None
