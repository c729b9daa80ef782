"""`hotspots risk`: a layer with probabilities, its record, and a recipe that asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def counts(hotspots: Run, town: Path) -> Path:
    """Thirty-six quarters of the town's wards, counted."""
    corners = gpd.read_file("wards.gpkg").bounds[["minx", "miny"]].to_numpy()
    squares = [
        box(west + 500 * c, south + 500 * r, west + 500 * c + 500, south + 500 * r + 500)
        for west, south in corners
        for c in range(2)
        for r in range(2)
    ]
    columns = {"code": [f"E01{i:06d}" for i in range(36)], "population": [1000] * 36}
    gpd.GeoDataFrame(columns, geometry=squares, crs="EPSG:27700").to_file("quarters.gpkg")
    code, _, err = hotspots("count", ".", "--areas", "quarters.gpkg", "-o", "counts.geojson")
    assert code == 0, err
    return town


def test_a_layer_of_probabilities_and_its_record(hotspots: Run, counts: Path) -> None:
    code, _, err = hotspots("risk", "counts.geojson", "--times", "3", "-o", "risk.geojson")
    assert code == 0, err
    layer = gpd.read_file("risk.geojson")
    most = layer["n"].idxmax()
    assert layer.loc[most, "rk_class"] == "clear"
    assert layer["rk_p"].between(0, 1).all()
    assert layer.loc[most, "rk_rate"] < layer.loc[most, "rate"]
    clear, likely = ((layer["rk_class"] == word).sum() for word in ("clear", "likely"))
    assert err.splitlines()[-1] == (
        f"Over 3 times the rate of all: clear in {clear}, likely in {likely} of 36 areas"
    )
    record = json.loads((counts / "risk.geojson").read_text(encoding="utf-8"))["hotspots"]["steps"]["risk"]
    assert (record["model"], record["times"], record["months"]) == ("lognormal", 3, 2)


def test_each_model_and_a_map(hotspots: Run, counts: Path) -> None:
    found = {}
    for model in ("lognormal", "gamma", "bym2"):
        code, _, err = hotspots("risk", "counts.geojson", "--model", model, "-o", f"{model}.geojson")
        assert code == 0, err
        found[model] = gpd.read_file(f"{model}.geojson")["rk_p"].to_numpy()
    assert not np.allclose(found["lognormal"], found["gamma"], atol=1e-3)
    assert not np.allclose(found["lognormal"], found["bym2"], atol=1e-3)
    code, _, err = hotspots("map", "lognormal.geojson", "-o", "map.html")
    assert code == 0, err
    page = (counts / "map.html").read_text(encoding="utf-8")
    assert "Clearly over: probability of 95% or more" in page
    code, _, err = hotspots("risk", "counts.geojson", "--times", "0", "-o", "no.geojson")
    assert code == 1
    assert "Error: --times is 0" in err


def test_a_recipe_asks_for_it(hotspots: Run, counts: Path) -> None:
    (counts / "analysis.toml").write_text(
        'title = "Town"\n[incidents]\nsource = ["2025-01", "2025-02"]\n[[areas]]\nlabel = "Quarters"\n'
        'source = "quarters.gpkg"\n[risk]\ntimes = 1.5\n[map]\n[report]\n',
        encoding="utf-8",
    )
    code, _, err = hotspots("run", "analysis.toml", "-o", "out")
    assert code == 0, err
    layer = gpd.read_file(next((counts / "out" / "geojson").glob("*quarters.geojson")))
    assert (layer["rk_class"] == "clear").any()
    record = json.loads((counts / "out" / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert record["steps"]["risk"]["times"] == 1.5
    note = "the probability that an area's rate is over 1.5 times that of all areas together"
    assert any(note in line for line in record["method"])
