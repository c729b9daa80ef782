"""`hotspots sensitivity`: a layer with shares, its record, its map, and exact words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd

Run = Callable[..., tuple[int, str, str]]

CHOICES = (
    "--neighbours",
    "queen",
    "--neighbours",
    "nearest 4",
    "--cell-sizes",
    "300,500",
    "--bandwidths",
    "400,800",
)


def test_the_hotspot_of_the_town_is_robust_and_the_record_names_every_run(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "sensitivity",
        ".",
        "--areas",
        "wards.gpkg",
        *CHOICES,
        "--offsets",
        "1",
        "--multiple",
        "2",
        "-o",
        "s.geojson",
    )
    assert code == 0, err
    layer = gpd.read_file("s.geojson").set_index("code")
    # 60 of each month's 100 incidents stand in the last ward; Gi* of nine wards is no judge of that.
    assert layer["n"].sum() == 200
    assert layer.loc["E05000009", "sens_cells"] == 1
    assert layer.loc["E05000009", "sens_dens"] == 1
    assert (layer.loc["E05000001":"E05000004", "sens_hot"] == 0).all()
    assert layer.loc["E05000001", "sens_text"].startswith("Hot in 0 of 6 runs: 0 of 2 on areas")
    # The middle ward touches all others: its neighbourhood is everything, so one run cannot judge it.
    assert layer.loc["E05000005", "sens_n"] == 5
    settings = json.loads((town / "s.geojson").read_text(encoding="utf-8"))["hotspots"]["steps"][
        "sensitivity"
    ]
    assert settings["runs"] == [
        "areas: queen",
        "areas: nearest 4",
        "cells: 300 m, moved by 0 m east and 0 m north",
        "cells: 500 m, moved by 0 m east and 0 m north",
        "density: bandwidth 400 m",
        "density: bandwidth 800 m",
    ]
    assert "No population is known, so the runs are about counts: they find where people are" in err
    counts = layer["sens_class"].value_counts()
    assert err.splitlines()[-2:] == [
        "Wrote 9 areas to s.geojson",
        f"Robust: {counts.get('robust', 0)}, depends on a choice: {counts.get('depends on a choice', 0)}, "
        f"never: {counts.get('never', 0)}",
    ]


def test_the_layer_makes_a_map(hotspots: Run, town: Path) -> None:
    hotspots("sensitivity", ".", "--areas", "wards.gpkg", *CHOICES, "-o", "s.gpkg")
    code, _, err = hotspots("map", "s.gpkg", "-o", "s.html")
    assert code == 0, err
    page = (town / "s.html").read_text(encoding="utf-8")
    assert "Robust: hot in 90% of runs or more" in page
    assert '"title":"Areas: hot whatever one chooses?"' in page


def test_lists_that_are_none_say_so(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "sensitivity", ".", "--areas", "wards.gpkg", "--cell-sizes", "250;500", "-o", "s.gpkg"
    )
    assert code == 2
    assert "'250;500' is not a list of metres such as 250,500" in err
    code, _, err = hotspots(
        "sensitivity", ".", "--areas", "wards.gpkg", "--neighbours", "quen", "-o", "s.gpkg"
    )
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: 'quen' is not a kind of neighbours",
        "Hint: give --neighbours such as 'queen', 'rook', 'nearest 6', 'distance' or 'distance 3000'",
    ]
    code, _, err = hotspots(
        "sensitivity", ".", "--areas", "wards.gpkg", "--cell-sizes", "", "--bandwidths", "900", "-o", "s.csv"
    )
    assert code == 0, err
    assert "Run by density, bandwidth 900 m" in err
    assert "Run on cells" not in err
