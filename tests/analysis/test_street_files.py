"""Other forces' street files as comparators: counted like the districts, accounted for, refused in a sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.analysis.comparators import SIMILAR
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import DataError, RecipeError
from hotspots.publish.folder import run_recipe
from hotspots.publish.words.profile import period_words

RECIPE = """
title = "Abbeyshire"
source = "The force"
attribution = "Made up for a test."
[incidents]
source = "own.csv"
period = "2025-01..2025-02"
[[areas]]
label = "Wards"
source = "wards.gpkg"
covered = ["Brook"]  # whose zero is one
[comparators]
similar = ["Kent", "Essex"]
[[comparators.force]]
name = "Kent"
source = ["kent/2025-01-kent-street.csv", "kent/2025-02-kent-street.csv"]
population = 12000
[[comparators.force]]
name = "Essex"
source = "essex.csv"
population = 4000
"""


def street(path: Path, rows: list[tuple[str, str, int, bool]]) -> None:
    """Write rows of (month, category, how many, whether they have coordinates), each on a spot of its own."""
    table = pd.DataFrame(
        [(month, kind, placed) for month, kind, n, placed in rows for _ in range(n)],
        columns=["Month", "Crime type", "placed"],
    )
    table["Easting"] = [400_010 + 3 * i % 5000 for i in range(len(table))]
    table["Northing"] = 300_500
    table.loc[~table.pop("placed"), ["Easting", "Northing"]] = None
    path.parent.mkdir(exist_ok=True)
    table.to_csv(path, index=False)


@pytest.fixture
def forces(tmp_path: Path) -> Path:
    """A force of two districts, and two others: Kent with two files of a month, Essex with one of three months."""
    gpd.GeoDataFrame(
        {
            "code": [f"E0500000{i}" for i in range(6)],
            "name": [f"Ward {i}" for i in range(6)],
            "district": ["Abbey"] * 3 + ["Brook"] * 3,
            "population": 1000.0,
        },
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(6)],
        crs="EPSG:27700",
    ).to_file(tmp_path / "wards.gpkg")
    burglary = [("2025-01", "Burglary", 30, True), ("2025-02", "Burglary", 30, True)]
    street(tmp_path / "own.csv", [*burglary, ("2025-02", "Anti-social behaviour", 20, True)])
    street(tmp_path / "kent/2025-01-kent-street.csv", [("2025-01", "Burglary", 40, True)])
    street(
        tmp_path / "kent/2025-02-kent-street.csv",
        [("2025-02", "Burglary", 20, True), ("2025-02", "Burglary", 9, False)],
    )
    more = [("2025-01", "Anti-social behaviour", 8, True), ("2025-02", "Drugs", 4, True)]
    street(
        tmp_path / "essex.csv", [("2024-12", "Burglary", 50, True), ("2025-01", "Burglary", 20, True), *more]
    )
    return tmp_path


def run(folder: Path, recipe: str = RECIPE) -> Analysis:
    return analyse(parse_recipe(recipe, folder=folder))


def test_forces_are_counted_over_the_period_and_added_up(forces: Path) -> None:
    found = run(forces)
    assert found.profile is not None
    against: Any = found.profile.against.xs(("Force", SIMILAR), level=("district", "comparator"))
    # Burglary: 60 of Kent (9 have no coordinates, as none in a district has) and 20 of Essex (the 50 are of
    # December) among 16,000 people in 2 of 12 months: 30 per 1,000 a year; the force has 60 among 6,000, 60.
    assert against.loc["Burglary", "cmp_rate"] == pytest.approx(30)
    assert against.loc["Burglary", "cmp_flag"] == "above"
    # Essex alone knows anti-social behaviour: 8 among 4,000.
    assert against.loc["Anti-social behaviour", "cmp_rate"] == pytest.approx(12)
    assert against.loc["Total Recorded Crime", "cmp_rate"] == pytest.approx(84 / 16 * 6)
    assert found.profile.street == {SIMILAR}


def test_their_rows_are_accounted_for_and_their_months_said(forces: Path) -> None:
    outcome = run_recipe(parse_recipe(RECIPE + "[report]\n", folder=forces), forces / "out")
    others = outcome.analysis.others
    assert {name: (one.rows_read, one.used, one.located) for name, one in others.items()} == {
        "Kent": (69, 69, 60),
        "Essex": (82, 32, 32),
    }
    assert outcome.analysis.profile is not None
    season, *rest = period_words(outcome.analysis.profile)
    assert season == "Similar forces: street-level files, 2025-01 to 2025-02."
    assert not any("is another source than the incidents" in said for said in rest)
    told = (forces / "out/about/quality.txt").read_text(encoding="utf-8")
    assert "\nKent\n====\n" in told
    report = re.sub(r"(<[^>]+>|\s)+", " ", (forces / "out/report.html").read_text(encoding="utf-8"))
    assert "Kent 69 69 60 87.0% Essex 82 32 32 100.0%" in report


def test_without_a_period_all_months_of_their_files_count(forces: Path) -> None:
    recipe = RECIPE.replace('period = "2025-01..2025-02"\n', "")
    with pytest.raises(DataError) as caught:
        run(forces, recipe)
    # Essex has three months, Kent two.
    assert caught.value.message == (
        "the counts of Kent, Essex do not all cover as many months, and cannot be added up"
    )
    found = run(forces, recipe.replace('similar = ["Kent", "Essex"]\n', ""))
    assert found.profile is not None
    against: Any = found.profile.against.xs(("Force", "Essex"), level=("district", "comparator"))
    # 70 burglaries among 4,000 people in 3 of 12 months.
    assert against.loc["Burglary", "cmp_rate"] == pytest.approx(70)
    assert found.others["Essex"].used == 82


def test_a_force_whose_files_lack_months_is_refused(forces: Path) -> None:
    (forces / "kent/2025-02-kent-street.csv").unlink()
    recipe = RECIPE.replace(', "kent/2025-02-kent-street.csv"', "")
    with pytest.raises(DataError) as caught:
        run(forces, recipe)
    assert caught.value.message == (
        "the files of 'Kent' hold no row of 2025-02, but the period is 2025-01..2025-02"
    )
    assert caught.value.hint == "add the files of these months, or leave the force out"


def test_a_force_without_a_place_is_refused(forces: Path) -> None:
    street(forces / "essex.csv", [("2025-01", "Burglary", 3, False), ("2025-02", "Burglary", 3, False)])
    with pytest.raises(DataError) as caught:
        run(forces)
    assert caught.value.message == "no row of the files of 'Essex' has coordinates"


def test_a_force_in_the_table_and_in_files_is_refused(forces: Path) -> None:
    (forces / "c.csv").write_text("category,kent\nBurglary,6\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        run(forces, RECIPE.replace("[comparators]", '[comparators]\nsource = "c.csv"'))
    assert caught.value.message == (
        "'Kent' stands in the table of comparators and under [[comparators.force]]"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Essex"\nsource', '"Kent"\nsource', "two [[comparators.force]] are called 'Kent'"),
        ('name = "Essex"', 'name = ""', "a [[comparators.force]] has no name"),
        ("4000", "0", "the population of the force 'Essex' is 0"),
    ],
)
def test_slips_are_a_sentence_each(old: str, new: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(RECIPE.replace(old, new))
    assert caught.value.message == message
