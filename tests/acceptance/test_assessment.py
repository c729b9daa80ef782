"""The worked assessment in docs/: its recipe runs, and the figures that its page prints are those it makes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.publish.folder import Outcome, run_recipe

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("assessment")
    shutil.copytree(DOCS / "assessment", folder / "mine")
    return run_recipe(read_recipe(folder / "mine" / "assessment.toml"), folder / "out")


def test_all_that_the_page_names_is_left(outcome: Outcome) -> None:
    left = set(outcome.files)
    named = {
        "report.html",
        "report.docx",
        "report.pptx",
        "map.html",
        "brief.html",
        "tables.xlsx",
        "hotspots.qgz",
    }
    assert named <= left
    assert {"tables/partnerships.csv", "tables/places.csv", "tables/assessment.csv"} <= left


def test_the_figures_on_the_page_are_those_of_the_run(outcome: Outcome) -> None:
    page = (DOCS / "assessment.md").read_text(encoding="utf-8")
    tables = outcome.folder / "tables"
    profile = pd.read_csv(tables / "partnerships.csv")
    total = profile[(profile["offence"] == "Total Recorded Crime")]
    n = int(total.loc[~total["district"].isin(["Force"]), "n"].sum())
    assert f"*All crime was {n:,} incidents" in page
    wards = pd.read_csv(tables / "all-crime_wards.csv")
    assert int(wards["n"].sum()) == n
    # July is one month of twelve; 4,821,452 offences among 56,075,912 people.
    rate = n * 12_000 / wards["population"].sum()
    assert (
        f"{rate:.1f} per 1,000 people a year, is above that of England and Wales ({4_821_452_000 / 56_075_912:.1f})"
        in page
    )
    centres = pd.read_csv(tables / "all-crime_centres.csv", index_col="code").loc["City or town centre"]
    assert f"have {centres['share_pop']:.0%} of the people".replace("%", " %") in page
    assert f"{centres['share_n']:.0%} of the crime".replace("%", " %") in page
    violence = pd.read_csv(tables / "violence-and-sexual-offences_wards.csv")
    rise = violence["n_after"].sum() / violence["n_before"].sum() - 1
    assert f"Violence is up {100 * rise:.0f} %" in page
    extract = pd.read_csv(DOCS / "assessment" / "extract.csv")
    july = extract[extract["Reported"].str.endswith("/07/2018") & extract["Easting"].notna()]
    domestic = july[july["Domestic"] == "Y"]
    # All that have coordinates lie in the wards.
    assert pd.read_csv(tables / "domestic-abuse-made-up_wards.csv")["n"].sum() == len(domestic)
    rows = profile[profile["offence"] == "Made-up extract: all"]
    assert rows.loc[rows["district"] != "Force", "n"].sum() == len(july)
    alcohol = (domestic["Alcohol"] == "Y").mean()
    assert f"*{len(domestic)} of the extract's {len(july)} offences in the wards are domestic" in page
    assert f"alcohol was involved in {alcohol:.0%} of them".replace("%", " %") in page
    themes = pd.read_csv(tables / "assessment.csv", index_col="theme")
    assert themes.index[0] == "Violence and sexual offences"
    assert (themes["rank_hi"].iloc[1:] == 5).all()
