"""What a notebook shows: maps in frames, surfaces as pictures, analyses in words."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import hotspots
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.results import Analysis
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.surface import Surface
from hotspots.publish.folder import run_recipe

SCRIPT = "<script>alert(1)</script>"


def wards() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [SCRIPT, "Town"], "district": "Abbeyshire", "n": [12, 3], "gi_class": ["hot99", "none"]},
        geometry=[shapely.box(4e5, 3e5, 401_000, 301_000), shapely.box(401_000, 3e5, 402_000, 301_000)],
        index=pd.Index(["E1", "E2"], name="code"),
        crs="EPSG:27700",
    )


def surface() -> Surface:
    values = np.ones((20, 30))
    values[5:9, 5:9] = 40.0
    return Surface(values, 4e5, 302_000, 100.0, "EPSG:27700", "incidents per km² a year", {"kernel": SCRIPT})


def shown(made: Any) -> str:
    """Return the page inside the frame that a notebook shows."""
    frame: str = made._repr_html_()
    assert frame.count("<iframe") == 1
    assert SCRIPT not in frame
    return unescape(frame)


def test_a_layer_shows_itself_with_all_that_a_map_colours() -> None:
    page = shown(hotspots.explore(wards(), title="Burglary"))
    assert "<title>Burglary</title>" in page
    assert "Hotspots and coldspots" in page
    assert "Abbeyshire" in page
    assert hotspots.explore.__name__ == "explore"  # a second look finds the function still


def test_one_column_can_be_asked_for() -> None:
    page = shown(hotspots.explore(wards(), column="n"))
    assert '"column":"n"' in page
    assert '"column":"gi_class"' not in page
    with pytest.raises(ParameterError, match="the layer has no column 'm'"):
        hotspots.explore(wards(), column="m")


def test_a_surface_is_shown_as_a_map_and_as_a_picture() -> None:
    assert "Heat-map" in shown(hotspots.explore(surface()))
    figure: Any = hotspots.draw_heatmap(surface())
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_layer_without_results_says_what_is_missing() -> None:
    bare = wards()[["name", "district", "geometry"]]
    with pytest.raises(DataError) as caught:
        hotspots.explore(bare)
    assert caught.value.message.startswith("the layer has no column that a map can colour ('")
    assert caught.value.hint == "join a result to it, or name a column of numbers with 'column'"


def test_an_analysis_and_a_run_say_their_headline(tmp_path: Path) -> None:
    wards()[["name", "district", "geometry"]].reset_index().to_file(tmp_path / "wards.gpkg")
    rows = [{"Easting": 400_500, "Northing": 300_500, "Month": "2025-01", "Crime type": "Drugs"}]
    pd.DataFrame(rows).to_csv(tmp_path / "a.csv", index=False)
    text = """
    title = "<Town>"
attribution = "Our own."
    [incidents]
    source = "a.csv"
    source_crs = "EPSG:27700"
    [[areas]]
    label = "Wards"
    source = "wards.gpkg"
    """
    outcome = run_recipe(parse_recipe(text, folder=tmp_path), tmp_path / "out")
    assert isinstance(outcome.analysis, Analysis)
    html = outcome._repr_html_()
    assert "<h4>&lt;Town&gt; (January 2025)</h4>" in html
    assert "1 of 1 rows used" in html
    assert html.endswith(f"<p>{len(outcome.files)} files in {tmp_path / 'out'}</p>")
    assert repr(outcome.analysis) == "<Analysis '<Town>': 1 incidents, 1 months, themes all-incidents>"
