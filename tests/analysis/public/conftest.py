"""A made-up county whose recipe asks for all that a public folder may have to leave out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.analysis.recipe.tables import Recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse

RECIPE = """
title = "Loamshire"
source = "Made up"
attribution = "No licence."
[incidents]
source = "crime.csv"
time_column = "At"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All crime"
exclude = "Anti-social behaviour"
[[theme]]
name = "Burglary"
category = "Burglary"
[count]
[flag]
value = "n"
[gistar]
[emerging]
[select]
plan = "plan.toml"
[[classes]]
name = "Town and country"
table = "lookup.csv"
column = "Class"
[[breakdown]]
name = "Age"
by = ["Age"]
[[breakdown]]
name = "Age and sex"
by = ["Age", "Sex"]
theme = ["All crime"]
[[share]]
name = "With a knife"
column = "Knife"
[repeats]
[times]
bands = ["21:00-04:00"]
[charts]
[map]
[report]
[publish]
profile = "documents"
"""
PLAN = """
periods = "quarter"
[sure]
runs = 99
[[indicator]]
name = "Crime"
exclude = "Anti-social behaviour"
[[indicator]]
name = "Burglary"
category = "Burglary"
"""


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    """Thirty-six wards of three districts, and 9,000 incidents of twelve months with times, ages and knives."""
    home = tmp_path_factory.mktemp("loamshire")
    squares = [
        box(x, y, x + 1000, y + 1000)
        for y in range(330_000, 336_000, 1000)
        for x in range(400_000, 406_000, 1000)
    ]
    codes = [f"E050000{number:02d}" for number in range(1, 37)]
    table = {
        "code": codes,
        "name": [f"Ward {number}" for number in range(1, 37)],
        "district": np.repeat(["North", "Mid", "South"], 12),
        "population": np.arange(2000, 5600, 100),
    }
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700").to_file(home / "wards.gpkg")
    kinds = np.where(np.arange(36) % 3 == 0, "Town", "Country")
    pd.DataFrame({"Code": codes, "Class": kinds}).to_csv(home / "lookup.csv", index=False)
    (home / "plan.toml").write_text(PLAN, encoding="utf-8")
    rng = np.random.default_rng(15)
    count = 9_000
    ward = rng.choice(36, count, p=(weight := np.arange(1, 37) ** 1.5) / weight.sum())
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 365, count), unit="D")
    rows = pd.DataFrame(
        {
            "Easting": 400_500 + 1000 * (ward % 6) + rng.integers(-400, 400, count),
            "Northing": 330_500 + 1000 * (ward // 6) + rng.integers(-400, 400, count),
            "Category": rng.choice(["Burglary", "Drugs", "Anti-social behaviour"], count, p=[0.1, 0.6, 0.3]),
            "Date": day.strftime("%d/%m/%Y"),
            "At": [f"{h:02d}:{m:02d}" for h, m in rng.integers([0, 1], [24, 60], (count, 2))],
            "Age": rng.choice(["0-17", "18-24", "25-64", "65 and over"], count, p=[0.1, 0.3, 0.59, 0.01]),
            "Sex": rng.choice(["F", "M"], count),
            "Knife": rng.choice(["yes", "no"], count, p=[0.05, 0.95]),
        }
    )
    rows.to_csv(home / "crime.csv", index=False)
    path = home / "a.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return read_recipe(path)


@pytest.fixture(scope="session")
def exact(recipe: Recipe) -> Analysis:
    """The analysis of it, with exact figures."""
    return analyse(recipe)
