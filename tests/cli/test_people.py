"""classes, breakdown, share and repeats, alone and in a recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

Command = Callable[..., tuple[int, str, str]]
LONG = "Long " * 40


@pytest.fixture
def extract(town: Path) -> Path:
    """Two hundred victims in the town, with an age band, a flag and a reference."""
    rows = ["Easting,Northing,Category,Date,Age,Taken,Victim"]
    for i in range(200):
        age = "=2+3" if i < 2 else "18-24" if i < 80 else "<b>25 and over</b>"
        x, y = 400_500 + 1000 * (i % 3), 330_500 + 1000 * (i // 3 % 3)
        rows.append(
            f"{x},{y},Burglary,{1 + i % 28:02d}/0{1 + i % 2}/2025,{age},{'yes' if i % 5 else 'no'},V{i // 4}"
        )
    (town / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    kinds = "\n".join(f"E0500000{i},{LONG if i > 5 else '<i>rural</i>'}" for i in range(1, 10))
    (town / "kinds.csv").write_text("code,kind\n" + kinds + "\n", encoding="utf-8")
    return town


def test_classes_are_written_as_a_layer(extract: Path, hotspots: Command) -> None:
    code, _, err = hotspots(
        "classes", "own.csv", "--areas", "wards.gpkg", "--population-table", "people.csv", "--classes", "kinds.csv",
        "--column", "kind", "-o", "classes.csv",
    )  # fmt: skip
    assert code == 0, err
    table = pd.read_csv(extract / "classes.csv")
    assert table["name"].tolist() == ["<i>rural</i>", LONG.strip()]
    # 45,000 people in nine wards of 1,000 to 9,000.
    assert table["population"].tolist() == [15_000, 30_000]
    assert table["n"].sum() == 200


def test_a_lookup_of_half_the_wards_is_warned_of(extract: Path, hotspots: Command) -> None:
    (extract / "half.csv").write_text("code,kind\n" + "".join(f"E0500000{i},rural\n" for i in range(1, 5)))
    code, _, err = hotspots(
        "classes",
        "own.csv",
        "--areas",
        "wards.gpkg",
        "--classes",
        "half.csv",
        "--column",
        "kind",
        "-o",
        "c.csv",
    )
    assert code == 0
    assert (
        "Warning: 5 of 9 areas (56%) have no class in the lookup of classes 'half.csv', such as E05000005: they "
        "count in no class" in err
    )


def test_a_breakdown_hides_what_is_small_and_runs_no_formula(extract: Path, hotspots: Command) -> None:
    code, out, err = hotspots("breakdown", "own.csv", "--by", "Age")
    assert code == 0
    rows = [line.split(",") for line in out.splitlines()]
    assert rows[0] == ["Age", "n", "share_n", "hidden"]
    # Two of a band are hidden, and with them the 78, or 200 less 120 and 78 would tell them.
    assert [row[0] for row in rows[1:] if row[3] == "True"] == ["18-24", "'=2+3"]
    assert "hidden" in err


def test_a_column_that_is_not_there(extract: Path, hotspots: Command) -> None:
    del extract
    code, _, err = hotspots("breakdown", "own.csv", "--by", "Aeg")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: 'own.csv' has no column 'Aeg' ('keep')",
        "Hint: did you mean 'Age'?",
    ]
    code, _, err = hotspots("repeats", "own.csv", "--areas", "wards.gpkg", "--identifier", "Vctim")
    assert code == 1
    assert err.splitlines()[-1] == "Hint: did you mean 'Victim'?"


def test_a_share_by_area(extract: Path, hotspots: Command) -> None:
    del extract
    code, out, err = hotspots("share", "own.csv", "--areas", "wards.gpkg", "--column", "Taken")
    assert code == 0
    assert out.startswith("code,name,district,of_n,of_base,of_share,")
    assert "Taken: 80% of 200" in err


def test_repeats_say_numbers_and_no_names(extract: Path, hotspots: Command) -> None:
    del extract
    code, out, err = hotspots(
        "repeats", "own.csv", "--areas", "wards.gpkg", "--identifier", "Victim", "--top", "3", "--fewest", "1"
    )
    assert code == 0
    assert len(out.splitlines()) == 4
    assert "V1" not in out + err
    # Fifty victims of four each, on other days.
    assert "Victim: 100% of 50 were met more than once, in 100% of 200 events." in err


RECIPE = """
title = "Town"
source = "our own records"
attribution = ""
[incidents]
source = "own.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
population_table = "people.csv"
[[theme]]
name = "Burglary"
[[classes]]
name = "Town and country"
table = "kinds.csv"
column = "kind"
[[breakdown]]
name = "Age"
by = ["Age"]
[[share]]
name = "A vehicle was taken"
column = "Taken"
[repeats]
identifiers = ["Victim"]
[map]
[report]
"""


def test_a_recipe_has_them_all_in_its_tables_map_and_report(extract: Path, hotspots: Command) -> None:
    (extract / "a.toml").write_text(RECIPE, encoding="utf-8")
    code, _, err = hotspots("run", "a.toml", "-o", "out")
    assert code == 0, err
    tables = {path.name for path in (extract / "out" / "tables").iterdir()}
    assert {"burglary_town-and-country.csv", "people_burglary-age.csv"} <= tables
    report = (extract / "out" / "report.html").read_text(encoding="utf-8")
    for title in ("Classes of areas", "Who, when and how", "Repeat locations"):
        assert f"</span> {title}</h2>" in report
    assert "&lt;i&gt;rural&lt;/i&gt;" in report
    assert "<i>rural</i>" not in report
    assert "this list names homes" in report, "the source is not police.uk"
    assert "A vehicle was taken: 80% of 200 (Burglary), between 74% and 85%." in report
    for path in (extract / "out").rglob("*"):
        if path.suffix in (".csv", ".html", ".json", ".geojson"):
            assert "V17" not in path.read_text(encoding="utf-8-sig"), path


def test_slips_of_a_recipe_are_all_said(extract: Path, hotspots: Command) -> None:
    text = RECIPE.replace('by = ["Age"]', 'by = ["Age"]\ntheme = ["Burglry"]').replace(
        'column = "kind"', 'column = "kind"\nlayer = "Ward"'
    )
    (extract / "a.toml").write_text(text, encoding="utf-8")
    code, _, err = hotspots("recipe", "check", "a.toml")
    assert code == 1
    assert "[[classes]] 'Town and country' names the layer 'Ward', which is not in the recipe" in err
    assert "[[breakdown]] 'Age' names the theme 'Burglry', which is not in the recipe" in err
