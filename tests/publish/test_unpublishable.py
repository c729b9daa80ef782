"""Runs that cannot be published: each is told in a sentence, and no folder is left behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.base.errors import HotspotsError
from hotspots.publish.folder import run_recipe

RECIPE = """
title = "Loamshire"
source = "Made up"
attribution = "No licence."
[incidents]
source = "crime.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All crime"
[count]
[publish]
profile = "{profile}"
"""


def made(home: Path, counts: Sequence[int], *, profile: str, code: str = "E0500000") -> Path:
    """Write wards with so many incidents each, and a recipe; return the recipe."""
    home.mkdir()
    squares = [box(400_000 + 1000 * i, 330_000, 401_000 + 1000 * i, 331_000) for i in range(len(counts))]
    codes = [f"{code}{i}" for i in range(len(counts))]
    table = {"code": codes, "name": codes, "district": "Mid", "population": 2000}
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700").to_file(home / "wards.gpkg")
    rows = [
        (400_500 + 1000 * i, 330_500, "Drugs", f"2025-0{1 + turn % 3}")
        for i, count in enumerate(counts)
        for turn in range(count)
    ]
    columns = ["Easting", "Northing", "Category", "Month"]
    pd.DataFrame(rows, columns=columns).to_csv(home / "crime.csv", index=False)
    (home / "a.toml").write_text(RECIPE.format(profile=profile), encoding="utf-8")
    return home / "a.toml"


@pytest.mark.parametrize(
    "counts",
    # Four incidents in three wards, and three in one: all of them, and their totals, are small.
    [(2, 1, 1), (3,)],
)
def test_a_profile_that_hides_all_is_told(tmp_path: Path, counts: tuple[int, ...]) -> None:
    recipe = read_recipe(made(tmp_path / "in", counts, profile="10-5"))
    with pytest.raises(HotspotsError) as caught:
        run_recipe(recipe, tmp_path / "out")
    assert caught.value.message == (
        "nothing is left to publish: all 4 counts must be hidden under profile '10-5'"
    )
    assert caught.value.hint == "publish larger areas, longer periods or fewer themes"
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_one_area_with_many_incidents_is_published(tmp_path: Path) -> None:
    recipe = read_recipe(made(tmp_path / "in", (30,), profile="10-5"))
    folder = run_recipe(recipe, tmp_path / "out").folder
    assert pd.read_csv(folder / "tables" / "all-crime_wards.csv")["n"].tolist() == [30]


def test_an_earlier_edition_of_other_areas_and_one_changed_by_hand_are_told(tmp_path: Path) -> None:
    first = run_recipe(
        read_recipe(made(tmp_path / "a", (40, 30, 70, 90), profile="documents")), tmp_path / "one"
    )
    other = read_recipe(made(tmp_path / "b", (40, 30, 70, 90), profile="documents", code="W0500000"))
    with pytest.raises(HotspotsError) as caught:
        run_recipe(other, tmp_path / "two", since=first.folder)
    assert caught.value.message == "none of the 4 Wards is in the edition 'Loamshire', January to March 2025"
    assert not (tmp_path / "two").exists()
    # One figure of a published table that its layer does not have.
    table = first.folder / "tables" / "all-crime_wards.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",40,", ",70,"), encoding="utf-8")
    again = read_recipe(made(tmp_path / "c", (40, 30, 70, 90), profile="documents"))
    with pytest.raises(HotspotsError, match="The numbers do not agree with each other") as caught:
        run_recipe(again, tmp_path / "two", since=first.folder)
    assert "tables/all-crime_wards.csv, column 'n' shows 70 of all-crime in E05000000" in caught.value.message
    assert not (tmp_path / "two").exists()
