"""What values say of themselves at a prompt: one short line that tells."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import hotspots
from hotspots.analysis.recipe.reading import parse_recipe

RECIPE = """
title = "Burglary"
[incidents]
source = "a.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[flag]
[kde]
"""


def test_a_recipe_names_its_layers_and_steps() -> None:
    assert repr(parse_recipe(RECIPE)) == "<Recipe 'Burglary': Wards; themes 1; steps flag, kde>"


def test_neighbours_and_the_account_of_rows_say_how_many(tmp_path: Path) -> None:
    wards = hotspots.read_areas("west-yorkshire-wards")
    made = hotspots.make_neighbours(wards)
    assert repr(made) == f"<Neighbours of 124 areas: {made.description}, 0 without any>"
    rows = pd.DataFrame({"Easting": [430_000, None], "Northing": [430_000, None], "Month": ["2025-01"] * 2})
    rows.to_csv(tmp_path / "a.csv", index=False)
    _, quality = hotspots.read_incidents(tmp_path / "a.csv")
    assert repr(quality) == "<QualityReport: 2 of 2 rows of 1 file used, 1 located>"


def test_what_holds_tables_can_be_compared_without_an_exception() -> None:
    wards = hotspots.read_areas("west-yorkshire-wards")
    first, second = hotspots.make_neighbours(wards), hotspots.make_neighbours(wards)
    assert first == first
    assert isinstance(first == second, bool)
