"""A run over areas that its files do not cover: they are in no figure, and never drawn as zero."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from hotspots.analysis.recipe.reading import parse_recipe, read_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import HotspotsWarning
from hotspots.export.style import layer_style
from hotspots.publish.folder import run_recipe
from hotspots.publish.words.notes import coverage_note

RECIPE = """
title = "Shire"
[incidents]
source = "2025-01-shire-street.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
{areas}
[[theme]]
name = "All"
[count]
[flag]
[gistar]
[select]
plan = "plan.toml"
[map]
[report]
formats = ["html"]
"""
WARNED = (
    "Wards: not covered by the files, which are of Shire Police, and left out of every figure: Far (6 areas) "
    "(where this is wrong, name them with 'covered')"
)


@pytest.fixture(scope="module")
def shire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty wards of 1,000 people, five to a row: the last row and one more are of a district without files."""
    folder = tmp_path_factory.mktemp("shire")
    plan = 'periods = "month"\n[[indicator]]\ngroup = "crime"\n[sure]\nruns = 99\n'
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    shapes = [
        shapely.box(
            4e5 + 1000 * (k % 5), 3e5 + 1000 * (k // 5), 4e5 + 1000 * (k % 5 + 1), 3e5 + 1000 * (k // 5 + 1)
        )
        for k in range(30)
    ]
    district = ["Near"] * 12 + ["Next"] * 12 + ["Far"] * 6
    held = {"code": [f"W{k:02d}" for k in range(30)], "name": [f"Ward {k}" for k in range(30)]}
    wards = gpd.GeoDataFrame(
        held | {"district": district, "population": 1000.0}, geometry=shapes, crs="EPSG:27700"
    )
    wards.to_file(folder / "wards.gpkg")
    # Ward k of the first 24 has 10 + k incidents, but ward 7 none; one point lies over the border, in ward 24.
    numbers = [0 if k == 7 else 10 + k for k in range(24)] + [1]
    rows = [
        {"Month": "2025-01", "Easting": 4e5 + 1000 * (k % 5) + 500, "Northing": 3e5 + 1000 * (k // 5) + 500,
         "Crime type": kind, "Crime ID": f"{k}-{i}", "Reported by": "Shire Police", "Falls within": "Shire Police"}
        for k, number in enumerate(numbers)
        for i, kind in enumerate((["Burglary", "Drugs"] * number)[:number])
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(folder / "2025-01-shire-street.csv", index=False)
    return folder


def run(folder: Path, areas: str = "") -> Analysis:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        return analyse(parse_recipe(RECIPE.replace("{areas}", areas), folder=folder))


def test_every_figure_is_that_of_the_covered_areas_alone(shire: Path) -> None:
    with pytest.warns(HotspotsWarning) as caught:
        found = analyse(parse_recipe(RECIPE.replace("{areas}", ""), folder=shire))
    assert [str(one.message) for one in caught if "covered" in str(one.message)] == [WARNED]
    alone = run(shire, 'only = ["Near", "Next"]')
    assert list(found.uncovered["wards"].index) == [f"W{k}" for k in range(24, 30)]
    assert_frame_equal(found.themes[0].first, alone.themes[0].first)
    assert found.selection is not None
    assert alone.selection is not None
    ranked = [name for name in found.selection.layers[0].table if name not in ("priority", "reason")]
    assert_frame_equal(found.selection.layers[0].table[ranked], alone.selection.layers[0].table[ranked])
    # 24 wards: the sum of 10 + k over all but ward 7, 24 x 10 + 276 - 17 = 499; the point in ward 24 is outside.
    assert found.themes[0].n == 499
    assert (found.quality.inside, found.quality.outside) == (499, 1)
    # An empty ward of a covered district is a true zero.
    assert found.themes[0].first["n"]["W07"] == 0


def test_a_recipe_can_say_it_outright(shire: Path) -> None:
    assert run(shire, 'covered = ["Far"]').uncovered == {}
    assert run(shire, 'covered = ["Far"]').themes[0].first["n"]["W25"] == 0
    found = run(shire, 'not_covered = ["Next"]')
    assert set(found.uncovered["wards"]["district"]) == {"Next", "Far"}


def test_every_file_says_not_covered(shire: Path, tmp_path: Path) -> None:
    (shire / "r.toml").write_text(RECIPE.replace("{areas}", ""), encoding="utf-8")
    with pytest.warns(HotspotsWarning):
        run_recipe(read_recipe(shire / "r.toml"), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "tables" / "all_wards.csv").set_index("code")
    assert table["coverage"].value_counts().to_dict() == {"covered": 24, "not covered": 6}
    assert table.loc["W24":, ["n", "rate", "sd_flag", "gi_class"]].isna().all(axis=None)
    ranks = pd.read_csv(tmp_path / "out" / "tables" / "priorities_wards.csv").set_index("code")["rank"]
    assert ranks.loc["W24":].isna().all()
    assert ranks.max() <= 24

    layer = gpd.read_file(tmp_path / "out" / "layers" / "all_wards.gpkg", layer="all_wards").set_index("code")
    assert len(layer) == 30
    assert layer.loc["W24":, "n"].isna().all()
    assert layer_style(layer, "sd_flag").missing.label == "Not covered"
    features = json.loads((tmp_path / "out" / "geojson" / "all_wards.geojson").read_text("utf-8"))["features"]
    beyond = [one["properties"] for one in features if one["properties"]["coverage"] == "not covered"]
    assert [one["n"] for one in beyond] == [None] * 6
    style = (tmp_path / "out" / "layers" / "all_wards.qml").read_text("utf-8")
    assert "Not covered" in style
    for page in ("map.html", "report.html"):
        text = (tmp_path / "out" / page).read_text("utf-8")
        assert "Far (6 areas): the files hold none of their incidents" in text
    assert '"Not covered: Far (6 areas)"' in (tmp_path / "out" / "map.html").read_text("utf-8")
    assert "Not covered (6)" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_month_that_a_district_lacks_is_told_and_noted(shire: Path, tmp_path: Path) -> None:
    # Two months: in the second the files hold nothing of Next, which has 12 wards of 22 to 33 incidents, 330 in all.
    table = pd.read_csv(shire / "2025-01-shire-street.csv")
    later = table[table["Northing"] < 3e5 + 2400].assign(Month="2025-02")
    later["Crime ID"] += "-later"
    pd.concat([table, later]).to_csv(tmp_path / "both.csv", index=False)
    recipe = RECIPE.replace("{areas}", "").replace("2025-01-shire-street.csv", str(tmp_path / "both.csv"))
    (tmp_path / "r.toml").write_text(recipe.replace("plan.toml", str(shire / "plan.toml")), encoding="utf-8")
    text = (tmp_path / "r.toml").read_text("utf-8").replace("wards.gpkg", str(shire / "wards.gpkg"))
    with pytest.warns(HotspotsWarning) as caught:
        found = analyse(parse_recipe(text, folder=tmp_path))
    [said] = [str(one.message) for one in caught if "covered" in str(one.message)]
    assert "in no rate, average, rank or comparison: Next (12 areas) without 2025-02 (add the files" in said
    assert found.gaps == "Next (12 areas) without 2025-02"
    [note] = [note.text for note in coverage_note(found) if note.term == "Months not covered"]
    assert note == (
        "Not covered in February 2025 (1 of 2 months): Next (12 areas). Their counts are those of the other months, as "
        "they are, and they are in no rate, average, rank, test or density. No change is told across a month that is "
        "lacking."
    )


def test_each_of_several_sources_is_judged_by_itself(shire: Path) -> None:
    # A council's log of Near alone, 12 wards. With the police, Near and Next are covered, and Far is not.
    calls = pd.read_csv(shire / "2025-01-shire-street.csv")[["Month", "Easting", "Northing"]]
    calls = calls[calls["Northing"] < 3e5 + 2400].assign(Category="Noise")
    calls.to_csv(shire / "council.csv", index=False)
    theme = '[[theme]]\nname = "All"\n'
    recipe = RECIPE.replace("{areas}", "").replace(
        "[incidents]\n", '[[incidents]]\nname = "Police"\nperiod = "2025-01"\n'
    )
    recipe = recipe.replace("[[areas]]", '[[incidents]]\nname = "Council"\nsource = "council.csv"\n[[areas]]')
    recipe = recipe.replace(
        theme,
        '[[theme]]\nname = "Noise"\nincidents = "Council"\n[[theme]]\nname = "Crime"\nincidents = "Police"\n',
    )
    recipe = recipe.replace('[select]\nplan = "plan.toml"\n', "")
    with pytest.warns(HotspotsWarning) as caught:
        found = analyse(parse_recipe(recipe, folder=shire))
    [said] = [str(one.message) for one in caught if "covered" in str(one.message)]
    assert "left out of every figure: Far (6 areas)" in said
    assert (
        "; 'Council' holds none of Next (12 areas), which another source covers: its themes are not covered"
        in said
    )
    assert found.lacking == "'Council' holds none of Next (12 areas)"
    assert [note.term for note in coverage_note(found)] == ["Not covered", "Sources that cover a part"]
    noise, crime = (theme.first for theme in found.themes)
    # Next is no zero of the log, and in none of its averages: 10 wards of 10 + k noises, ward 7 and two more without.
    assert noise.loc["W12":"W23", ["n", "rate", "sd_flag", "gi_class"]].isna().all(axis=None)
    assert noise["coverage"].tolist() == ["covered"] * 12 + ["not covered"] * 12
    assert noise["n"].sum() == found.themes[0].n == 100 + 45 - 17
    assert noise["sd_mean"].dropna().unique().tolist() == [128 * 12 / 12]
    assert crime["n"].notna().all()
    assert "coverage" not in crime
    (shire / "two.toml").write_text(recipe, encoding="utf-8")
    with pytest.warns(HotspotsWarning):
        run_recipe(read_recipe(shire / "two.toml"), shire / "two")
    table = pd.read_csv(shire / "two" / "tables" / "noise_wards.csv").set_index("code")
    assert table["coverage"].tolist() == ["covered"] * 12 + ["not covered"] * 18
    assert table.loc["W12":, "n"].isna().all()
    assert "Not covered (12)" in (shire / "two" / "report.html").read_text("utf-8")
    assert '"label":"Not covered"' in (shire / "two" / "map.html").read_text("utf-8")
    told = recipe.replace('source = "wards.gpkg"\n', 'source = "wards.gpkg"\ncovered = ["Next"]\n')
    with pytest.warns(HotspotsWarning, match="covered"):
        again = analyse(parse_recipe(told, folder=shire))
    assert again.lacking == ""
