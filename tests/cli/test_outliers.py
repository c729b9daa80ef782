"""`hotspots outliers`, and the table [outliers] of a recipe."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd

Run = Callable[..., tuple[int, str, str]]


def test_a_layer_with_clusters_and_outliers(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    code, _, err = hotspots("outliers", "counts.geojson", "--neighbours", "rook", "-o", "outliers.geojson")
    assert code == 0, err
    layer = gpd.read_file("outliers.geojson").set_index("code")
    assert layer["lm_i"].notna().all()
    assert set(layer["lm_class"]) <= {"high-high", "high-low", "low-high", "low-low", "none"}
    record = json.loads((town / "outliers.geojson").read_text(encoding="utf-8"))["hotspots"]
    assert record["steps"]["outliers"]["neighbours"] == "rook"
    assert record["steps"]["outliers"]["cap"] == 0.95
    assert hotspots("map", "outliers.geojson", "--column", "lm_class", "-o", "map.png")[0] == 0


def test_the_cap_reaches_the_method(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    found = []
    for cap in ("0.5", "1"):
        code, _, err = hotspots("outliers", "counts.geojson", "--cap", cap, "-o", f"o{cap}.geojson")
        assert code == 0, err
        found.append(tuple(gpd.read_file(f"o{cap}.geojson")["lm_p"]))
    assert found[0] != found[1]


def test_no_such_column(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    code, _, err = hotspots("outliers", "counts.geojson", "--value", "nn", "-o", "o.geojson")
    assert code == 1
    assert "'nn'" in err
    assert not (town / "o.geojson").exists()


RECIPE = """
title = "Town"
[incidents]
source = "."
[[areas]]
label = "Wards"
source = "wards.gpkg"
[grid]
cell_size = 500
[outliers]
neighbours = "rook"
[map]
"""


def test_a_recipe_with_outliers(hotspots: Run, town: Path) -> None:
    (town / "analysis.toml").write_text(RECIPE, encoding="utf-8")
    code, out, err = hotspots("run", "analysis.toml", "-o", "result")
    assert code == 0, err
    assert "low among high neighbours (local Moran's I, q up to 0.05)" in out
    found = sorted((town / "result" / "geojson").glob("*.geojson"))
    assert all("lm_class" in gpd.read_file(path).columns for path in found if "contours" not in path.name)
    page = (town / "result" / "map.html").read_text(encoding="utf-8")
    assert "clusters and outliers" in page
    record = json.loads((town / "result" / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert record["recipe"]["outliers"]["neighbours"] == "rook"
