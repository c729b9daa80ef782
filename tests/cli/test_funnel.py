"""`hotspots funnel`: a layer or a plot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def counts(hotspots: Run, town: Path) -> Path:
    words = (
        "count",
        ".",
        "--areas",
        "wards.gpkg",
        "--population-table",
        "people.csv",
        "-o",
        "counts.geojson",
    )
    code, _, err = hotspots(*words)
    assert code == 0, err
    return town


def test_a_layer_with_flags_and_settings(hotspots: Run, counts: Path) -> None:
    code, _, err = hotspots("funnel", "counts.geojson", "--overdispersion", "none", "-o", "funnel.geojson")
    assert code == 0, err
    layer = gpd.read_file("funnel.geojson").set_index("code")
    # 200 incidents in two months among 45,000 people: 200 · 6 / 45 per 1,000 a year.
    assert layer["fn_expect"].iloc[0] == pytest.approx(200 * 6 / 45)
    assert layer.loc["E05000009", "fn_flag"] == "above 99.8% limit"
    assert (layer["fn_lo998"] <= layer["fn_lo95"]).all()
    record = json.loads((counts / "funnel.geojson").read_text(encoding="utf-8"))["hotspots"]
    assert list(record["steps"]) == ["count", "funnel"]
    assert record["steps"]["funnel"]["months"] == 2
    assert record["steps"]["funnel"]["overdispersion"] == "none"
    assert "Funnel: rate of all 26.67" in err


def test_a_plot(hotspots: Run, counts: Path) -> None:
    words = (
        "funnel",
        "counts.geojson",
        "--overdispersion",
        "none",
        "--title",
        "Burglary & theft",
        "-o",
        "funnel.svg",
    )
    code, _, err = hotspots(*words)
    assert code == 0, err
    page = (counts / "funnel.svg").read_text(encoding="utf-8")
    assert "Burglary &amp; theft" in page
    assert ">Ward 9</text>" in page
    assert err.splitlines()[-1] == "Wrote funnel.svg: open it in a browser"


def test_the_length_of_the_period_must_be_known(hotspots: Run, counts: Path) -> None:
    layer = gpd.read_file("counts.geojson").to_crs("EPSG:27700")
    layer.to_file("bare.gpkg")
    code, _, err = hotspots("funnel", "bare.gpkg", "-o", "out.geojson")
    assert code == 1
    assert "Error: the layer does not say how many months its counts cover" in err
    assert "Hint: give their number with --months, or use the GeoJSON that 'hotspots count' wrote" in err
    assert hotspots("funnel", "bare.gpkg", "--months", "2", "-o", "out.geojson")[0] == 0


def test_rates_can_be_smoothed_for_gi_star(hotspots: Run, counts: Path) -> None:
    words = ("count", ".", "--areas", "wards.gpkg", "--smooth", "bayes")
    code, _, err = hotspots(*words, "-o", "none.geojson")
    assert code == 1
    assert "Error: there are no rates to smooth: no population is known" in err
    code, _, err = hotspots(*words, "--population-table", "people.csv", "-o", "smooth.geojson")
    assert code == 0, err
    layer = gpd.read_file("smooth.geojson")
    mean = 200 * 6 / 45
    assert ((layer["rate_eb"] - mean).abs() <= (layer["rate"] - mean).abs() + 1e-9).all()
    assert hotspots("gistar", "smooth.geojson", "--value", "rate_eb", "-o", "gi.geojson")[0] == 0
