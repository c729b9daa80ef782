"""A theme against others: the profile's own figures, offences added up, and the districts where nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.against import theme_against
from hotspots.analysis.profile import TOTAL, Profile, make_profile
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.recipe.tables import Recipe, Theme

RECIPE = """
title = "Town"
[incidents]
source = "a.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
"""
CODES = pd.Index(["E05000001", "E05000002"], name="code")
# Town 300 + 700 = 1,000 crimes among 10,000 people, Vale 100 + 100 = 200.
COUNTS = pd.DataFrame(
    {"Burglary": [300, 100], "Robbery": [700, 100], "Anti-social behaviour": [50, 50]}, index=CODES
)
# England: 20 burglaries and 30 robberies for every 1,000 people.
ENGLAND = pd.DataFrame(
    {"England n": [20e6, 30e6], "England population": [1e9, 1e9]}, index=["Burglary", "Robbery"]
)


def wards(n: list[int]) -> pd.DataFrame:
    table = pd.DataFrame(
        {"district": ["Town", "Vale"], "population": 10_000.0, "n": n, "rate": [one / 10 for one in n]},
        index=CODES,
    )
    table.attrs["dispersion"] = 1.0
    return table


def profile(comparators: pd.DataFrame | None) -> Profile:
    areas = gpd.GeoDataFrame(
        {"district": ["Town", "Vale"], "population": 10_000.0},
        index=CODES,
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
        crs="EPSG:27700",
    )
    return make_profile(COUNTS, areas, months=12, comparators=comparators)


@pytest.fixture
def recipe() -> Recipe:
    return parse_recipe(RECIPE, folder=Path())


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_one_offence_and_all_crime_have_the_profiles_figures(recipe: Recipe) -> None:
    made = profile(ENGLAND)
    found = theme_against(
        recipe, Theme("Break-ins", ("burglary",)), wards([300, 100]), made, ENGLAND, months=12
    )
    # 400 among 20,000 people is 20, as in England.
    assert found.comparators.loc["England", "cmp_rate"] == 20
    assert found.comparators.loc["England", "cmp_flag"] == "similar"
    # 30 in Town, 10 in Vale.
    assert found.districts["rate"].to_dict() == {"Town": 30.0, "Vale": 10.0}
    assert found.districts["cmp_flag"].to_dict() == {"Town": "above", "Vale": "below"}
    every = theme_against(
        recipe,
        Theme("All crime", exclude=("Anti-social behaviour",)),
        wards([1000, 200]),
        made,
        None,
        months=12,
    )
    assert every.districts["rate"].to_dict() == {
        "Town": made.districts.loc[("Town", TOTAL), "rate"],
        "Vale": 20.0,
    }


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_offences_of_a_theme_are_added_up_on_both_sides(recipe: Recipe) -> None:
    theme = Theme("Acquisitive", ("Burglary", "Robbery"))
    found = theme_against(recipe, theme, wards([1000, 200]), profile(ENGLAND), ENGLAND, months=12)
    # 1,200 among 20,000 people is 60, beside 20 + 30.
    row = found.comparators.loc["England"]
    assert (row["cmp_rate"], row["cmp_flag"]) == (50, "above")
    assert row["cmp_ratio"] == pytest.approx(1.2)
    assert found.districts["rate"].to_dict() == {"Town": 100.0, "Vale": 20.0}
    # A comparator that lacks one of the offences would look low.
    lacking = theme_against(recipe, theme, wards([1000, 200]), profile(None), ENGLAND[:1], months=12)
    assert lacking.comparators.empty


@pytest.mark.parametrize("narrow", [{"flag": "Domestic"}, {"hours": "21:00-04:00"}, {"incidents": "Fires"}])
def test_a_narrower_theme_has_no_comparator_but_its_districts(recipe: Recipe, narrow: dict[str, Any]) -> None:
    theme = Theme("Burglary", ("Burglary",), **narrow)
    found = theme_against(recipe, theme, wards([60, 20]), profile(None), ENGLAND, months=12)
    assert found.comparators.empty
    # Its own 6 and 2, not the profile's 30 and 10.
    assert found.districts["rate"].to_dict() == {"Town": 6.0, "Vale": 2.0}
    assert found.districts["cmp_flag"].tolist() == ["above", "below"]


def test_one_district_has_no_others(recipe: Recipe) -> None:
    table = wards([60, 20]).assign(district="Town")
    assert theme_against(recipe, Theme("All"), table, None, None, months=12).districts.empty
    bare = table.drop(columns=["rate", "population"])
    assert theme_against(recipe, Theme("All"), bare, None, None, months=12).comparators.empty


def test_disorder_in_the_theme_is_not_all_crime(recipe: Recipe) -> None:
    every = theme_against(recipe, Theme("Everything"), wards([1050, 250]), profile(None), None, months=12)
    assert every.districts["rate"].to_dict() == {"Town": 105.0, "Vale": 25.0}
