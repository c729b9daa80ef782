"""Wards and LSOAs that cut each other in one public folder: both are in it, and together they give nothing back."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.audit.audit import audit_folders
from hotspots.analysis.recipe.reading import read_recipe
from hotspots.disclosure.rules import profile
from hotspots.publish.folder import Outcome, run_recipe

RECIPE = """
title = "Sandshire"
source = "Made up"
attribution = "No licence."
[incidents]
source = "crime.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[areas]]
label = "LSOAs"
source = "lsoas.gpkg"
[[theme]]
name = "All crime"
exclude = "Anti-social behaviour"
[[theme]]
name = "Burglary"
category = "Burglary"
[count]
[publish]
profile = "10-5"
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Nine wards of 2 km, thirty-six LSOAs that are shifted by 300 m against them, and 1,800 incidents."""
    home = tmp_path_factory.mktemp("sandshire")
    rng = np.random.default_rng(7)
    for name, size, across, shift in (("wards", 2000, 3, 0), ("lsoas", 1000, 6, 300)):
        ends = [(400_000 + size * x, 330_000 + size * y) for y in range(across) for x in range(across)]
        # The first column reaches back to the border, the last ends at it.
        shapes = [
            box(x + shift * (x > 400_000), y, min(x + size + shift, 406_000), y + size) for x, y in ends
        ]
        code = "E050000" if name == "wards" else "E010000"
        table = {
            "code": [f"{code}{number:02d}" for number in range(1, len(ends) + 1)],
            "name": [f"{name} {number}" for number in range(1, len(ends) + 1)],
            "district": "Sand",
            "population": 2000,
        }
        gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:27700").to_file(home / f"{name}.gpkg")
    spot = 6000 * np.sqrt(rng.random((1800, 2)))  # more in the north-east
    rows = pd.DataFrame(
        {
            "Easting": 400_000 + spot[:, 0].round(1),
            "Northing": 330_000 + spot[:, 1].round(1),
            "Category": rng.choice(["Burglary", "Drugs", "Anti-social behaviour"], 1800, p=[0.2, 0.6, 0.2]),
            "Month": "2025-01",
        }
    )
    rows.to_csv(home / "crime.csv", index=False)
    (home / "a.toml").write_text(RECIPE, encoding="utf-8")
    return run_recipe(read_recipe(home / "a.toml"), home / "out")


def test_both_layers_are_published_and_pass_the_audit(outcome: Outcome) -> None:
    published = outcome.analysis.published
    assert published is not None
    assert not [told for told in published.left_out if "LSOAs" in told]
    for theme in outcome.analysis.themes:
        assert [layer.label for layer in theme.layers] == ["Wards", "LSOAs"]
        lsoas = theme.layers[1].table
        assert lsoas["hidden"].any()
        assert (lsoas["n"].dropna() % 5 == 0).all()
    assert outcome.analysis.themes[0].layers[1].table["n"].notna().sum() >= 18
    assert audit_folders([outcome.folder], rules=profile("10-5")).passed


def test_the_audit_lays_both_layers_over_each_other(outcome: Outcome) -> None:
    audit = audit_folders([outcome.folder], rules=profile("10-5"))
    links = audit.links.set_index("why")["hold"]
    # 9 wards and the 6 LSOAs in each of two columns that a border cuts, of two themes.
    assert links["wards and lsoas that cut each other"] == 2 * (9 + 12)
    pieces = audit.cells[audit.cells["area"].str.contains(" and ")]
    assert len(pieces) == 2 * 24
    assert not (pieces["state"] == "given back").any()
