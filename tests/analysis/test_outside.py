"""Incidents outside all areas: a few are borders, many are a warning, through every way in."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots import HotspotsWarning, count_stream
from hotspots.analysis.steps.counted import locate

AREAS = gpd.GeoDataFrame(
    index=pd.Index(["A"], name="code"),
    geometry=[shapely.box(400_000, 300_000, 401_000, 301_000)],
    crs="EPSG:27700",
)


def rows(inside: int, outside: int, unlocated: int = 0) -> pd.DataFrame:
    x = [400_500.0] * inside + [405_000.0] * outside + [float("nan")] * unlocated
    return pd.DataFrame({"x": x, "y": [300_500.0 if value == value else value for value in x]})


def test_many_incidents_outside_are_a_warning_with_their_number() -> None:
    # 3 of 100 that have coordinates; the 20 without are no part of either.
    with pytest.warns(HotspotsWarning) as caught:
        locate(rows(97, 3, 20), AREAS, label="wards")
    assert [str(warning.message) for warning in caught] == [
        "wards: 3 of 100 incidents with coordinates lie outside all areas (3.0%), and counts there are without them: "
        "are these all the areas that the files cover?"
    ]


def test_a_few_outside_are_none() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        locate(rows(98, 2), AREAS)


def test_the_stream_warns_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"{x:.0f},{y:.0f}" for x, y in rows(97, 3).to_numpy()]
    path.write_text("easting,northing\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with pytest.warns(HotspotsWarning) as streamed:
        count_stream(path, AREAS)
    with pytest.warns(HotspotsWarning) as whole:
        locate(rows(97, 3), AREAS)
    assert [str(w.message) for w in streamed] == [str(w.message) for w in whole]
