"""A recipe with a comparison before its period and with comparators, end to end on the bundled sample."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

import hotspots_boundaries
from hotspots.analysis.recipe.reading import read_recipe
from hotspots.analysis.run.analyse import analyse
from hotspots.base.crs import transform_xy

RECIPE = """
title = "July"
[incidents]
source = "west-yorkshire-incidents"
period = "2018-07"
[[areas]]
label = "Wards"
source = "west-yorkshire-wards"
[[theme]]
name = "Burglary"
category = "Burglary"
[change]
before = "2017-07"
[comparators]
source = "nation.csv"
national = "England and Wales"
matrix = "England and Wales"
[select]
plan = "plan.toml"
"""
NATION = """force,category,n,population,months,period
England and Wales,Burglary,437128,56075912,12,2017/18
England and Wales,Shoplifting,3,56075912,12,2017/18
"""


def by_hand() -> pd.DataFrame:
    """The burglaries of each July by the district of the ward that holds their point."""
    with zipfile.ZipFile(hotspots_boundaries.path("west-yorkshire-incidents")) as archive:
        rows = pd.concat((pd.read_csv(archive.open(name)) for name in archive.namelist()), ignore_index=True)
    rows = rows[rows["Longitude"].notna() & (rows["Crime type"] == "Burglary")]
    x, y = transform_xy(rows["Longitude"], rows["Latitude"], source="EPSG:4326", target="EPSG:27700")
    points = gpd.GeoDataFrame(rows[["Month"]], geometry=gpd.points_from_xy(x, y), crs="EPSG:27700")
    wards = gpd.read_file(hotspots_boundaries.path("west-yorkshire-wards"))[["district", "geometry"]]
    joined = points.sjoin(wards, predicate="within")
    return pd.crosstab(joined["district"], joined["Month"])


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_change_and_comparators_in_one_recipe(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "plan.toml").write_text('[[indicator]]\ngroup = "burglary"\n', encoding="utf-8")
    (tmp_path / "nation.csv").write_text(NATION, encoding="utf-8")
    analysis: Any = analyse(read_recipe(tmp_path / "recipe.toml"))
    profile = analysis.profile
    rows = profile.wide().xs("Burglary", level="offence")
    hand = by_hand()
    names = list(hand.index)
    assert rows.loc[names, "n"].tolist() == hand["2018-07"].tolist()
    assert rows.loc[names, "n_before"].tolist() == hand["2017-07"].tolist()
    assert rows.loc["Force", "n_before"] == hand["2017-07"].sum()
    change = 12 * (hand["2018-07"] - hand["2017-07"])  # a month's difference, per year
    assert rows.loc[names, "ch_diff"].tolist() == change.tolist()
    # 437,128 burglaries of 56,075,912 people in a year.
    assert rows["England and Wales: rate"].tolist() == pytest.approx([437128 / 56075.912] * 6)
    assert dict(profile.periods) == {"England and Wales": "2017/18"}
    # A nation almost without shoplifting: every district is ticked, which beside each other they cannot be.
    ticked = analysis.selection.matrix.matrix.loc["Shoplifting"]
    assert ticked["ticks"] == 5
    assert any("of England and Wales" in note for note in analysis.selection.matrix.notes)


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_years_read_together_are_compared_in_the_profile_too(tmp_path: Path) -> None:
    pooled = RECIPE.partition("[change]")[0].replace('period = "2018-07"\n', "")
    (tmp_path / "recipe.toml").write_text(pooled, encoding="utf-8")
    analysis: Any = analyse(read_recipe(tmp_path / "recipe.toml"))
    rows = analysis.profile.wide().xs("Burglary", level="offence")
    hand = by_hand()
    names = list(hand.index)
    assert rows.loc[names, "n"].tolist() == hand.sum(axis=1).tolist()
    assert rows.loc[names, "n_before"].tolist() == hand["2017-07"].tolist()
    assert rows.loc[names, "n_after"].tolist() == hand["2018-07"].tolist()
