"""`hotspots matrix`: a table and a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

Run = Callable[..., tuple[int, str, str]]


def test_a_table_and_a_page(hotspots: Run, town: Path) -> None:
    wards = gpd.read_file("wards.gpkg")
    wards["LAD19NM"] = ["Abbeyshire"] * 5 + ["Moor & Vale"] * 4
    wards.to_file("two.gpkg")
    areas = ("--areas", "two.gpkg", "--population-table", "people.csv")
    themes = ("--theme", "asb", "--theme", "burglary")
    code, _, err = hotspots("matrix", ".", *areas, *themes, "-o", "matrix.csv")
    assert code == 0, err
    table = pd.read_csv("matrix.csv", keep_default_na=False)
    assert table.columns.tolist() == ["theme", "Abbeyshire", "Moor & Vale", "ticks", "prevalence"]
    assert set(table["theme"]) == {"Anti-social behaviour", "Burglary"}
    assert err.splitlines()[-1] == "Wrote 2 themes to matrix.csv"
    code, _, err = hotspots("matrix", ".", *areas, *themes, "--title", "Priorities", "-o", "matrix.html")
    assert code == 0, err
    page = (town / "matrix.html").read_text(encoding="utf-8")
    assert "<h1>Priorities, 2025 Q1</h1>" in page
    assert "Moor &amp; Vale" in page
    assert "Not divided into rowdy behaviour, nuisance and neighbour disputes as forces do." in page
    assert (
        "Not in the table, because police.uk categories cannot tell: domestic abuse, fraud, county lines"
        in page
    )


def test_one_district_cannot_be_compared(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "matrix",
        ".",
        "--areas",
        "wards.gpkg",
        "--population-table",
        "people.csv",
        "--theme",
        "asb",
        "-o",
        "m.csv",
    )
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: the areas are of one district or none, but the table compares districts",
        "Hint: name their column with --district, or give areas of several districts",
    ]


def test_a_comparator_in_place_of_the_other_districts(hotspots: Run, town: Path) -> None:
    wards = gpd.read_file("wards.gpkg")
    wards["LAD19NM"] = ["Abbeyshire"] * 5 + ["Moor & Vale"] * 4
    wards.to_file("two.gpkg")
    (town / "forces.csv").write_text(
        "force,category,n,population,months\nE,Burglary,1000,1000000,12\nF,Burglary,900000,1000000,12\n",
        encoding="utf-8",
    )
    words = ("matrix", ".", "--areas", "two.gpkg", "--population-table", "people.csv", "--theme", "burglary")
    asked = (*words, "--theme", "asb", "-o", "matrix.csv", "--overwrite")

    def ticks(*more: str) -> tuple[Any, str]:
        code, _, err = hotspots(*asked, *more)
        assert code == 0, err
        return pd.read_csv("matrix.csv").set_index("theme")["ticks"].to_dict(), err

    against = ("--with", "forces.csv", "--national")
    # Over 13 burglaries per 1,000 a year: high everywhere beside 1, low everywhere beside 900.
    low, err = ticks(*against, "E")
    assert low["Burglary"] == 2
    assert "Compared with the other partnerships, as E has no figure: Anti-social behaviour" in err
    assert ticks(*against, "F")[0]["Burglary"] == 0
    assert ticks()[0]["Anti-social behaviour"] == low["Anti-social behaviour"]
    code, _, err = hotspots(*asked, "--with", "forces.csv")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: there are 2 comparators (E, F), and each district is compared with one",
        "Hint: name one with --national, or forces to be added up with --similar",
    ]
    code, _, err = hotspots(*asked, *against, "E", "--rule", "counted")
    assert code == 2
    assert "--rule counted compares districts with each other" in err
