"""Areas without a rate: why there is none is said of each kind apart."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.analysis.steps.counted import counted_layer


def test_hidden_counts_are_told_apart_from_areas_without_people(caplog: pytest.LogCaptureFixture) -> None:
    codes = pd.Index(["A", "B", "C", "D"], name="code")
    areas = gpd.GeoDataFrame(
        {"population": [1000.0, 1000, 0, 1000]},
        index=codes,
        geometry=[shapely.box(k, 0, k + 1, 1) for k in range(4)],
        crs="EPSG:27700",
    )
    n = pd.Series([20.0, float("nan"), 30, float("nan")], index=codes, name="n")
    with caplog.at_level("INFO"):
        made = counted_layer(n, None, areas, months=12, dispersion=1)
    assert made["rate"].notna().tolist() == [True, False, False, False]
    assert [text for text in caplog.messages if text.startswith("No rate")] == [
        "No rate for 2 of 4 areas: their counts are hidden",
        "No rate for 1 of 4 areas: population unknown, 0 or under 0 ('min_population')",
    ]
