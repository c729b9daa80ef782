"""`hotspots emerging`, and the table [emerging] of a recipe."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from shapely import box

from hotspots.base.crs import transform_xy

Run = Callable[..., tuple[int, str, str]]
WEST, SOUTH, SIDE = 400_000.0, 330_000.0, 7
HEADER = "Crime ID,Month,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type\n"


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty-nine wards of a square kilometre and ten months: the south-west is busy always, the north-east at last."""
    places = [(c, r) for c in range(SIDE) for r in range(SIDE)]
    wards = gpd.GeoDataFrame(
        {
            "WD19CD": [f"E050000{i:02}" for i in range(len(places))],
            "WD19NM": [f"Ward {c}.{r}" for c, r in places],
            "LAD19NM": ["Abbeyshire"] * len(places),
        },
        geometry=[
            box(WEST + 1000 * c, SOUTH + 1000 * r, WEST + 1000 * (c + 1), SOUTH + 1000 * (r + 1))
            for c, r in places
        ],
        crs="EPSG:27700",
    )
    wards.to_file(tmp_path / "wards.gpkg")
    random = np.random.default_rng(5)
    for month in range(1, 11):
        mean = np.array([[8 if c < 2 and r < 2 else 1.0 for r in range(SIDE)] for c in range(SIDE)])
        if month > 7:
            mean[5:, 5:] = 12
        number = random.poisson(mean.ravel())
        corner = np.repeat(np.array(places), number, axis=0)
        x, y = (random.uniform(50, 950, len(corner)) + 1000 * corner[:, axis] for axis in (0, 1))
        lon, lat = transform_xy(WEST + x, SOUTH + y, source="EPSG:27700", target="EPSG:4326")
        rows = [
            f"{month}-{k},2025-{month:02},{a:.6f},{b:.6f},On or near,E01000001,L,Burglary"
            for k, (a, b) in enumerate(zip(lon, lat, strict=True))
        ]
        rows.append(f",2025-{month:02},{lon[0]:.6f},{lat[0]:.6f},On or near,E01000001,L,Robbery")
        (tmp_path / f"2025-{month:02}-abbeyshire-street.csv").write_text(
            HEADER + "\n".join(rows) + "\n", encoding="utf-8"
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_old_and_a_new_hotspot_are_told_apart(hotspots: Run, year: Path) -> None:
    code, _, err = hotspots("emerging", ".", "--areas", "wards.gpkg", "-o", "emerging.geojson")
    assert code == 0, err
    layer = gpd.read_file("emerging.geojson").set_index("name")
    assert layer.loc["Ward 0.0", "em_class"] == "persistent hotspot"
    assert layer.loc["Ward 6.6", ["em_class", "em_steps"]].tolist() == ["consecutive hotspot", ".......HHH"]
    assert layer.loc["Ward 3.3", "em_class"] == "none"
    assert "Emerging hotspots: 10 steps of 1M, from 2025-01 to 2025-10 (set them with --step)" in err
    found = (layer["em_class"] == "consecutive hotspot").sum()
    assert (
        f"{found} consecutive hotspots: hot in an unbroken run of months up to the last, and never before"
        in err
    )
    record = json.loads((year / "emerging.geojson").read_text(encoding="utf-8"))["hotspots"]["steps"][
        "emerging"
    ]
    assert (record["comparison"], record["step"], record["steps"][-1]) == ("step", "1M", "2025-10")
    assert hotspots("map", "emerging.geojson", "--column", "em_class", "-o", "map.png")[0] == 0
    assert hotspots("map", "emerging.geojson", "-o", "map.html")[0] == 0
    assert "Consecutive hotspot" in (year / "map.html").read_text(encoding="utf-8")


def test_cells_and_options_reach_the_method(hotspots: Run, year: Path) -> None:
    plain = ("emerging", ".", "--areas", "wards.gpkg")
    found = {}
    for name, more in {
        "plain": (),
        "cells": ("--cell-size", 500),
        "sums": ("--comparison", "neighbourhood"),
        "sums of three": ("--comparison", "neighbourhood", "--previous", 2),
        "rook": ("--neighbours", "rook"),
        "cap": ("--cap", 0.5),
    }.items():
        code, _, err = hotspots(*plain, *more, "-o", "found.geojson", "--overwrite")
        assert code == 0, err
        found[name] = tuple(gpd.read_file("found.geojson")["em_steps"])
    assert len(found["cells"]) == 4 * len(found["plain"])
    assert len(set(found.values())) == len(found)


def test_too_few_steps(hotspots: Run, year: Path) -> None:
    code, _, err = hotspots("emerging", ".", "--areas", "wards.gpkg", "--step", "2M", "-o", "e.gpkg")
    assert code == 1
    assert (
        "Error: the incidents cover 5 steps of 2M, but emerging hotspots need 10 or more to tell a pattern from chance"
        in err
    )
    assert "Hint: give the files of more months, or shorter steps with --step" in err
    assert not (year / "e.gpkg").exists()


def test_a_month_without_a_file_is_left_out_and_one_without_the_kind_is_not(
    hotspots: Run, year: Path
) -> None:
    for month in (11, 12):
        rows = (year / "2025-10-abbeyshire-street.csv").read_text(encoding="utf-8")
        (year / f"2025-{month}-abbeyshire-street.csv").write_text(
            rows.replace("2025-10", f"2025-{month}").replace("\n10-", f"\n{month}-"), encoding="utf-8"
        )
    (year / "2025-03-abbeyshire-street.csv").unlink()
    quiet = year / "2025-05-abbeyshire-street.csv"
    lines = quiet.read_text(encoding="utf-8").splitlines()
    quiet.write_text("\n".join([lines[0], lines[-1]]) + "\n", encoding="utf-8")  # the robbery alone
    code, _, err = hotspots(
        "emerging", ".", "--areas", "wards.gpkg", "--category", "Burglary", "-o", "e.geojson"
    )
    assert code == 0, err
    assert "Warning: 1 of 12 steps has a month that no file holds (2025-03) and is left out" in err
    assert (
        "Warning: in 1 of 11 steps, such as 2025-05, all areas have equal counts, so that none is hot" in err
    )
    layer = gpd.read_file("e.geojson").set_index("name")
    steps = str(layer.loc["Ward 0.0", "em_steps"])
    assert (len(steps), steps[:5]) == (11, "HHH.H")


def test_a_last_month_that_is_not_whole_is_left_out(hotspots: Run, year: Path) -> None:
    lines = (year / "2025-10-abbeyshire-street.csv").read_text(encoding="utf-8").splitlines()[:9]
    rows = "\n".join(lines).replace("2025-10", "2025-11").replace("\n10-", "\n11-")
    (year / "2025-11-abbeyshire-street.csv").write_text(rows + "\n", encoding="utf-8")
    said = "Warning: 2025-11 looks incomplete, with under half the usual rows, and is left out of emerging hotspots"
    code, _, err = hotspots("emerging", ".", "--areas", "wards.gpkg", "-o", "e.geojson")
    assert code == 0, err
    assert said in err
    layer = gpd.read_file("e.geojson").set_index("name")
    assert len(str(layer.loc["Ward 0.0", "em_steps"])) == 10
    assert layer.loc["Ward 6.6", "em_last"] == "2025-10"
    (year / "a.toml").write_text(
        'title = "A"\nsource = "S"\nattribution = "L"\n[incidents]\nsource = "."\n[[areas]]\nlabel = "Wards"\n'
        'source = "wards.gpkg"\n[emerging]\n',
        encoding="utf-8",
    )
    code, _, err = hotspots("run", "a.toml", "-o", "out")
    assert code == 0, err
    assert said in err


def test_months_asked_for_that_no_file_holds_are_said(hotspots: Run, year: Path) -> None:
    code, _, err = hotspots(
        "emerging", ".", "--areas", "wards.gpkg", "--period", "2025-01..2025-11", "-o", "e.gpkg"
    )
    assert code == 0, err
    assert "Warning: 1 of the 11 months asked for is in no file (2025-11) and left out" in err


def test_cells_have_no_codes(hotspots: Run, year: Path) -> None:
    code, _, err = hotspots(
        "emerging", ".", "--areas", "wards.gpkg", "--by", "code", "--cell-size", 500, "-o", "e.gpkg"
    )
    assert code == 2
    assert "no code says in which cell an incident lies: leave out --by or --cell-size" in err


RECIPE = """
title = "Abbeyshire"
[incidents]
source = "2025-*-street.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "Burglary"
category = "Burglary"
[grid]
cell_size = 1000
[emerging]
{}
[map]
[report]
"""


def test_a_recipe_writes_it_into_layers_map_report_and_project(hotspots: Run, year: Path) -> None:
    (year / "a.toml").write_text(RECIPE.format(""), encoding="utf-8")
    code, out, err = hotspots("run", "a.toml", "-o", "out")
    assert code == 0, err
    assert "  Wards: " in out
    assert " hotspots (emerging)" in out
    wards = gpd.read_file("out/geojson/burglary_wards.geojson").set_index("name")
    assert wards.loc["Ward 6.6", "em_class"] == "consecutive hotspot"
    assert "em_class" in gpd.read_file("out/geojson/burglary_cells.geojson")
    record = json.loads((year / "out" / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert record["steps"]["emerging"]["step"] == "1M"
    report = (year / "out" / "report.html").read_text(encoding="utf-8")
    assert "Emerging hotspots" in report
    assert "Hot in an unbroken run of months up to the last, and never before." in report
    assert "Ward 6.6" in report
    kinds = "2 consecutive and 1 persistent hotspots"  # of wards; cells of the same size are the same squares
    assert (
        f"Over 10 months: of 49 wards, {kinds}. Over 10 months: of 49 squares of the map, {kinds}." in report
    )
    sheet = openpyxl.load_workbook("out/tables.xlsx").worksheets[0]
    assert "Wards over time" in [cell.value for row in sheet.iter_rows() for cell in row]
    assert "Consecutive hotspot" in (year / "out" / "map.html").read_text(encoding="utf-8")
    assert "emerging hotspots" in (year / "out" / "hotspots.qlr").read_text(encoding="utf-8")


def test_a_recipe_chooses_layers_and_comparison(hotspots: Run, year: Path) -> None:
    chosen = 'layers = ["Wards"]\ncomparison = "cube"\nprevious = 2\ncap = 1\nneighbours = "rook"'
    found = []
    for place, text in enumerate(("", chosen)):
        (year / "a.toml").write_text(RECIPE.format(text), encoding="utf-8")
        code, _, err = hotspots("run", "a.toml", "-o", f"out{place}")
        assert code == 0, err
        found.append(tuple(gpd.read_file(f"out{place}/geojson/burglary_wards.geojson")["em_steps"]))
    assert found[0] != found[1]
    assert "em_class" not in gpd.read_file("out1/geojson/burglary_cells.geojson")


def test_a_recipe_of_too_few_months_says_so_before_any_theme(hotspots: Run, year: Path) -> None:
    (year / "a.toml").write_text(RECIPE.format('step = "3M"'), encoding="utf-8")
    code, _, err = hotspots("run", "a.toml", "-o", "out")
    assert code == 1
    assert "Error: the incidents cover 3 steps of 3M, but emerging hotspots need 10 or more" in err
    assert "Theme:" not in err
    assert not (year / "out").exists()
