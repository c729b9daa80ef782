"""The record of dispersions: what each result of a run allowed for, theme by theme and period by period."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.analysis.dispersions import dispersion_record
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.run.analyse import analyse
from hotspots.publish.words.headline import headline

pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

WARDS = 12
RECIPE = """
title = "Town"
[incidents]
source = "incidents.csv"
source_crs = "EPSG:27700"
period = "2025-07"
[[areas]]
label = "Wards"
source = "wards.gpkg"
{only}
[[theme]]
name = "All crime"
[[theme]]
name = "Burglary"
category = "Burglary"
[change]
before = "2024-07"
{more}
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Twelve wards of two districts; in each, 20 burglaries a July and 20 or 40 robberies, turn about."""
    squares = [shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(WARDS)]
    columns = {
        "code": [f"E050000{i:02d}" for i in range(WARDS)],
        "name": [f"Ward {i}" for i in range(WARDS)],
        "district": ["Abbeyshire"] * 6 + ["Burshire"] * 6,
        "population": 1000.0,
    }
    gpd.GeoDataFrame(columns, geometry=squares, crs="EPSG:27700").to_file(tmp_path / "wards.gpkg")
    rows = [
        {"Easting": 4e5 + 1000 * ward + 500, "Northing": 300_500, "Crime type": kind, "Month": month}
        for place, month in enumerate(("2024-07", "2025-07"))
        for ward in range(WARDS)
        for kind, number in (("Burglary", 20), ("Robbery", 20 + 20 * ((ward + place) % 2)))
        for _ in range(number)
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "incidents.csv", index=False)
    return tmp_path


def test_every_dispersion_stands_with_its_theme_and_months(town: Path) -> None:
    (town / "plan.toml").write_text(
        '[[indicator]]\ncategory = "Robbery"\n[sure]\nruns = 99\n', encoding="utf-8"
    )
    made = analyse(
        parse_recipe(RECIPE.format(only="", more='[risk]\n[select]\nplan = "plan.toml"'), folder=town)
    )
    found = {(row["of"], row["measure"]): row for row in dispersion_record(made)}
    # 40 and 60 incidents turn about: 50 expected of each, and (10² / 50) x 24 cells over 11 degrees of freedom.
    assert found["all-crime", "change"] == {
        "of": "all-crime",
        "layer": "wards",
        "measure": "change",
        "months": "2024-07 to 2025-07",
        "dispersion": pytest.approx(2 * 24 / 11, abs=1e-6),
    }
    assert found["burglary", "change"]["dispersion"] == 1.0
    # One month cannot be halved, so rates and risk have that of the two periods.
    for measure in ("rate", "risk"):
        assert found["all-crime", measure]["dispersion"] == found["all-crime", "change"]["dispersion"]
        assert found["all-crime", measure]["months"] == "2025-07"
    assert made.selection is not None
    assert made.selection.matrix is not None
    assert {of for of, measure in found if measure == "matrix"} == set(made.selection.matrix.dispersion)
    assert ("Burglary", "profile") in found


def test_rows_of_the_comparison_alone_are_said_and_the_periods_named(town: Path) -> None:
    lines = headline(analyse(parse_recipe(RECIPE.format(only="", more=""), folder=town)))
    assert lines[1] == (
        "600 of 1,200 rows used: 600 inside the areas, 0 outside, 0 without coordinates, and 600 for the comparison "
        "only"
    )
    assert "  Wards: 0 up and 0 down between July 2024 and July 2025" in lines


def test_a_boroughs_headline_leads_with_its_own_incidents(town: Path) -> None:
    lines = headline(analyse(parse_recipe(RECIPE.format(only='only = "Abbeyshire"', more=""), folder=town)))
    assert lines[1] == (
        "300 incidents in Abbeyshire; of the other rows used 300 outside, 0 without coordinates, and 600 for the "
        "comparison only"
    )
