"""A rare theme in a public folder: what its few shown counts do not allow is left out of it, and said."""

from __future__ import annotations

import json
from html import unescape

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.publish.folder import Outcome, run_recipe

RECIPE = """
title = "Clayshire"
source = "Made up"
attribution = "No licence."
[incidents]
source = "crime.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "Drugs"
category = "Drugs"
[[theme]]
name = "Robbery"
category = "Robbery"
[count]
[flag]
[places]
[risk]
[map]
[report]
formats = ["html"]
[publish]
profile = "10-5"
"""
FEW = (
    "4 areas with a value, but at least 6 are needed for a value to exceed the mean by 2 SD: among 4 the largest "
    "possible score is 1.50 SD"
)
HIDES = "Wards in theme 'Robbery': the profile '10-5' hides the counts of 12 of 16 areas"
LEFT_OUT = [
    f"Left out: flags against the mean, {HIDES}; {FEW}.",
    f"Left out: areas over a limit of risk, {HIDES}; 4 areas have a rate, but the spread of risks cannot be told from "
    "under 10.",
    f"Left out: the places at greatest risk, {HIDES}; {FEW}.",
]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Sixteen wards with 40 to 70 offences of drugs each; robberies in four of them."""
    home = tmp_path_factory.mktemp("clayshire")
    squares = [
        box(x, y, x + 1000, y + 1000)
        for y in range(330_000, 334_000, 1000)
        for x in range(400_000, 404_000, 1000)
    ]
    table = {
        "code": [f"E050000{number:02d}" for number in range(16)],
        "name": [f"Ward {number}" for number in range(16)],
        "district": "Clay",
        "population": 3000,
    }
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700").to_file(home / "wards.gpkg")
    drugs = np.repeat(np.arange(16), np.arange(40, 72, 2))
    robbery = np.repeat(np.arange(16), [30, 40, 50, 60] + [4] * 12)
    ward = np.concatenate([drugs, robbery])
    rows = pd.DataFrame(
        {
            "Easting": 400_500 + 1000 * (ward % 4),
            "Northing": 330_500 + 1000 * (ward // 4),
            "Category": ["Drugs"] * len(drugs) + ["Robbery"] * len(robbery),
            "Month": [f"2025-{1 + place % 12:02d}" for place in range(len(ward))],
        }
    )
    rows.to_csv(home / "crime.csv", index=False)
    (home / "a.toml").write_text(RECIPE, encoding="utf-8")
    return run_recipe(read_recipe(home / "a.toml"), home / "out")


def test_a_measure_that_hidden_counts_do_not_allow_is_left_out_of_its_theme_alone(outcome: Outcome) -> None:
    drugs, robbery = outcome.analysis.themes
    assert {"sd_flag", "rk_class"} <= set(drugs.first.columns)
    assert robbery.first["n"].notna().sum() == 4
    assert not {"sd_flag", "rk_class"} & set(robbery.first.columns)
    standings = outcome.analysis.standings
    assert standings is not None
    assert list(standings.grid.columns) == ["Drugs"]


def test_what_is_left_out_names_its_theme_and_the_profile_wherever_notes_stand(outcome: Outcome) -> None:
    published = outcome.analysis.published
    assert published is not None
    assert [one for one in published.left_out if "Robbery" in one] == LEFT_OUT
    held = json.loads((outcome.folder / "about" / "disclosure.json").read_text(encoding="utf-8"))
    for name in ("about/disclosure.html", "report.html"):
        page = unescape((outcome.folder / name).read_text(encoding="utf-8"))
        for sentence in LEFT_OUT:
            assert sentence in page
            assert sentence in held["left_out"]
