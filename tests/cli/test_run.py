"""One recipe in, one folder out: whole, reproducible, and nothing when it fails."""

from __future__ import annotations

import filecmp
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.analysis.run.analyse import analyse

Run = Callable[..., tuple[int, str, str]]

RECIPE = """
title = "Town, January and February 2025"
[incidents]
source = "."
[[areas]]
label = "Wards"
source = "wards.gpkg"
population_table = "people.csv"
[[theme]]
name = "All crime & disorder"
[[theme]]
name = "Burglary"
category = "burglary"
[count]
[flag]
[kde]
bandwidth = 400
cell_size = 100
[grid]
cell_size = 250
[gistar]
[map]
"""


@pytest.fixture
def recipe(town: Path) -> Path:
    """The town's recipe."""
    path = town / "analysis.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def test_a_run_leaves_map_layers_tables_and_record(hotspots: Run, recipe: Path, town: Path) -> None:
    code, out, err = hotspots("run", recipe, "-o", "result")
    assert code == 0, err
    found = sorted(
        path.relative_to(town / "result").as_posix()
        for path in (town / "result").rglob("*")
        if path.is_file()
    )
    record = json.loads((town / "result" / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert record["files"] == found
    for theme in ("all-crime-disorder", "burglary"):
        assert f"layers/{theme}_wards.gpkg" in found
        assert f"layers/{theme}_density.tif" in found
        assert f"geojson/{theme}_cells.geojson" in found
        assert f"tables/{theme}_wards.csv" in found
    assert str(town) not in json.dumps(record)
    assert record["recipe"]["theme"][1]["category"] == ["burglary"]
    assert [len(source["sha256"]) for source in record["incidents"]["sources"]] == [64, 64]
    # One layer to a file, which QGIS opens without asking which are wanted.
    for key in ("wards", "cells", "contours"):
        listed = gpd.list_layers(f"result/layers/burglary_{key}.gpkg")
        assert listed.dropna()["name"].tolist() == [f"burglary_{key}"]
    assert {"hotspots.qgz", "hotspots.qlr", "layers/burglary_wards.qml", "layers/districts.gpkg"} <= set(
        found
    )
    cells = gpd.read_file("result/layers/burglary_cells.gpkg", layer="burglary_cells")
    wards = gpd.read_file("result/layers/burglary_wards.gpkg", layer="burglary_wards")
    assert cells["n"].sum() == wards["n"].sum() == 100
    assert (
        out.splitlines()[1] == "202 of 202 rows used: 200 inside the areas, 0 outside, 2 without coordinates"
    )
    assert out.splitlines()[-1] == "Open result/map.html"


def test_cells_without_an_incident_of_any_kind_can_be_left_out(
    hotspots: Run, recipe: Path, town: Path
) -> None:
    def cells() -> dict[str, pd.Series[Any]]:
        themes = analyse(read_recipe(recipe)).themes
        return {theme.key: next(x.table["n"] for x in theme.layers if x.kind == "cells") for theme in themes}

    whole = cells()["all-crime-disorder"]
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(
        text.replace("cell_size = 250\n", 'cell_size = 250\nkeep = "incidents"\n'), encoding="utf-8"
    )
    code, _, err = hotspots("run", recipe, "-o", "used")
    assert code == 0, err
    kept = cells()
    every = kept["all-crime-disorder"]
    assert f"Cells: {len(every)} of {len(whole)} hold an incident of any kind and are the study area" in err
    assert (every > 0).all()
    assert every.equals(whole[whole > 0])
    # Of one theme, cells of another are kept, with no incident in them; its files leave out those of no hotspot.
    burglary = kept["burglary"]
    assert burglary.index.equals(every.index)
    assert (burglary == 0).any()
    held = gpd.read_file("used/layers/burglary_cells.gpkg", layer="burglary_cells").set_index("code")
    shown = (held["n"] > 0) | ~held["gi_class"].isin(["none", "undefined"])
    assert shown.all()
    assert set(burglary.index[burglary > 0]) <= set(held.index)


def test_same_inputs_give_same_bytes(hotspots: Run, recipe: Path, town: Path) -> None:
    for name in ("first", "second"):
        assert hotspots("run", recipe, "-o", name)[0] == 0
    files = json.loads((town / "first" / "about" / "provenance.json").read_text(encoding="utf-8"))["files"]
    same, different, missing = filecmp.cmpfiles(town / "first", town / "second", files, shallow=False)
    assert (different, missing) == ([], [])
    assert same == files


def test_an_existing_folder_is_refused_and_kept(hotspots: Run, recipe: Path, town: Path) -> None:
    (town / "result").mkdir()
    (town / "result" / "mine.txt").write_text("mine")
    code, _, err = hotspots("run", recipe, "-o", "result")
    assert code == 1
    assert err.splitlines() == [
        "Error: 'result' exists already",
        "Hint: choose another name, or allow it with --overwrite",
    ]
    assert [path.name for path in (town / "result").iterdir()] == ["mine.txt"]


def test_overwriting_removes_what_an_earlier_run_left_and_nothing_else(
    hotspots: Run, recipe: Path, town: Path
) -> None:
    assert hotspots("run", recipe, "-o", "result")[0] == 0
    (town / "result" / "mine.txt").write_text("mine")
    recipe.write_text(RECIPE.replace('name = "Burglary"', 'name = "Break-ins"'), encoding="utf-8")
    code, _, err = hotspots("run", recipe, "-o", "result", "--overwrite")
    assert code == 0, err
    assert (town / "result" / "mine.txt").exists()
    assert (town / "result" / "layers" / "break-ins_wards.gpkg").exists()
    assert not (town / "result" / "layers" / "burglary_wards.gpkg").exists()


def test_a_record_that_points_out_of_the_folder_removes_nothing(
    hotspots: Run, recipe: Path, town: Path
) -> None:
    assert hotspots("run", recipe, "-o", "result")[0] == 0
    (town / "result" / "about" / "provenance.json").write_text(
        json.dumps({"files": ["../wards.gpkg", str(town / "people.csv")]})
    )
    assert hotspots("run", recipe, "-o", "result", "--overwrite")[0] == 0
    assert (town / "wards.gpkg").exists()
    assert (town / "people.csv").exists()


def test_a_record_that_names_someones_own_file_removes_nothing(
    hotspots: Run, recipe: Path, town: Path
) -> None:
    assert hotspots("run", recipe, "-o", "result")[0] == 0
    (town / "result" / "notes.txt").write_text("mine")
    (town / "result" / "layers" / "old.gpkg").write_text("an earlier run's")
    (town / "result" / "about" / "provenance.json").write_text(
        json.dumps({"files": ["notes.txt", "about/../notes.txt", "", "layers/old.gpkg"]})
    )
    assert hotspots("run", recipe, "-o", "result", "--overwrite")[0] == 0
    assert (town / "result" / "notes.txt").read_text() == "mine"
    assert not (town / "result" / "layers" / "old.gpkg").exists()


def test_a_run_may_not_write_over_what_it_reads(hotspots: Run, recipe: Path, town: Path) -> None:
    (town / "result" / "geojson").mkdir(parents=True)
    kept = town / "result" / "geojson" / "all_wards.gpkg"
    kept.write_bytes((town / "wards.gpkg").read_bytes())
    moved = recipe.read_text(encoding="utf-8").replace("wards.gpkg", "result/geojson/all_wards.gpkg")
    recipe.write_text(moved, encoding="utf-8")
    code, _, err = hotspots("run", recipe, "-o", "result", "--overwrite")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: the recipe reads 'result/geojson/all_wards.gpkg', which lies where the run writes",
        "Hint: write into another folder, or keep that file elsewhere",
    ]
    assert [path.name for path in (town / "result").rglob("*") if path.is_file()] == ["all_wards.gpkg"]
    # Beside the folders of a run it is in nobody's way.
    kept.rename(town / "result" / "wards.gpkg")
    recipe.write_text(moved.replace("result/geojson/all_wards.gpkg", "result/wards.gpkg"), encoding="utf-8")
    assert hotspots("run", recipe, "-o", "result", "--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('category = "burglary"', 'category = "burglry"', "Error: no incident has the category 'burglry'"),
        ("bandwidth = 400", "bandwidth = 50", "Error: "),
        ('source = "wards.gpkg"', 'source = "wrds.gpkg"', "Error: "),
        (
            'population_table = "people.csv"',
            "",
            "Error: [flag] compares rates, but the areas of 'Wards' have no population",
        ),
    ],
)
def test_a_failure_leaves_no_folder(
    hotspots: Run, recipe: Path, town: Path, old: str, new: str, message: str
) -> None:
    recipe.write_text(RECIPE.replace(old, new), encoding="utf-8")
    before = sorted(path.name for path in town.iterdir())
    code, _, err = hotspots("run", recipe, "-o", "result")
    assert code == 1
    assert message in err
    assert "Hint: " in err
    assert "Traceback" not in err
    assert sorted(path.name for path in town.iterdir()) == before


def test_recipe_new_check_and_run_fit_together(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("recipe", "new", "-o", "analysis.toml")
    assert code == 0
    assert err == "Wrote analysis.toml. Edit it, then: hotspots run analysis.toml -o DIR\n"
    code, out, _ = hotspots("recipe", "check", "analysis.toml")
    assert code == 0
    assert out.splitlines() == [
        "Our area, 2025",
        "  Incidents: data/*-street.csv",
        "  Areas:     Wards",
        "  Themes:    All crime, Anti-social behaviour",
        "  Steps:     count, flag, kde, grid, gistar, places, map, report",
    ]


def test_bundled_layers_can_be_listed_shown_and_copied(hotspots: Run, town: Path) -> None:
    assert "west-yorkshire-wards" in hotspots("boundaries", "list")[1]
    assert "Open Government Licence v3.0" in hotspots("boundaries", "show", "west-yorkshire-wards")[1]
    code, _, _ = hotspots("boundaries", "copy", "west-yorkshire-districts", "-o", "districts.gpkg")
    assert code == 0
    assert len(gpd.read_file("districts.gpkg")) == 5
    code, _, err = hotspots("boundaries", "show", "west-yorkshire-ward")
    assert code == 1
    assert err.splitlines() == [
        "Error: there is no bundled layer 'west-yorkshire-ward'",
        "Hint: did you mean 'west-yorkshire-wards' or 'west-yorkshire-lsoa-2011' or 'west-yorkshire-incidents'?",
    ]


def test_change_and_priorities_come_out_of_a_recipe(hotspots: Run, recipe: Path, town: Path) -> None:
    (town / "priorities.toml").write_text(
        'periods = "month"\n[[indicator]]\ngroup = "burglary"\n[[indicator]]\ngroup = "asb"\n',
        encoding="utf-8",
    )
    more = '[change]\nbefore = "2025-01"\nafter = "2025-02"\n[select]\nplan = "priorities.toml"\n'
    recipe.write_text(RECIPE + more, encoding="utf-8")
    code, out, err = hotspots("run", recipe, "-o", "result")
    assert code == 0, err
    wards = gpd.read_file("result/layers/burglary_wards.gpkg", layer="burglary_wards").set_index("code")
    # Without a period, the reporting period is 'after', and tables are of it alone.
    assert (wards["n_after"] == wards["n"]).all()
    assert wards["n_before"].sum() > 0
    assert set(wards["ch_flag"]) <= {"up", "no clear change", "down"}
    chosen = gpd.read_file("result/layers/priorities_wards.gpkg", layer="priorities_wards").set_index("code")
    assert chosen["rank"].idxmin() == "E05000009"
    assert chosen["reason"].str.len().min() > 0
    assert (town / "result" / "brief.html").exists()
    assert "  Wards: " in out
    record = json.loads((town / "result" / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert [entry["group"] for entry in record["plan"]["indicator"]] == ["burglary", "asb"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            '[change]\nbefore = "2025-01"\n',
            "Error: [change] says what to compare with, but not what is compared",
        ),
        ('[select]\nplan = "none.toml"\n', "Error: there is no plan "),
        (
            '[change]\nbefore = "2025-02"\nafter = "2025-01"\n',
            "Error: [change]: 'after' does not begin after 'before' ends",
        ),
    ],
)
def test_slips_in_change_and_select_are_named(
    hotspots: Run, recipe: Path, town: Path, table: str, message: str
) -> None:
    recipe.write_text(RECIPE + table, encoding="utf-8")
    code, _, err = hotspots("-q", "run", recipe, "-o", "result")
    assert code == 1
    assert err.startswith(message), err
    assert not (town / "result").exists()


NAMES = ["Priorities", "burglary", "Burglary", "Burglary!", "犯罪", '<b>"x"</b>', "..", "a" * 300, "Con"]


def test_names_may_be_anything_a_person_types(hotspots: Run, town: Path) -> None:
    people = 'source = "wards.gpkg"\npopulation_table = "people.csv"\n'
    labels = ["Wards", "Cells", "Contours", "Localities", "wards"]
    parts = ['title = "T"\n[incidents]\nsource = "."\n']
    parts += [f"[[areas]]\nlabel = '{label}'\n{people}" for label in labels]
    parts += [f"[[theme]]\nname = '{name}'\n" for name in NAMES]
    parts += ["[flag]\n[kde]\nbandwidth = 400\n[grid]\ncell_size = 500\n[gistar]\n[map]\n[report]\n"]
    parts += ['[select]\nplan = "plan.toml"\n']
    (town / "plan.toml").write_text('[[indicator]]\ngroup = "crime"\n[sure]\nruns = 99\n', encoding="utf-8")
    (town / "any.toml").write_text("".join(parts), encoding="utf-8")
    assert hotspots("recipe", "check", "any.toml")[0] == 0
    code, _, err = hotspots("run", "any.toml", "-o", "any")
    assert code == 0, err
    themes = [
        "priorities-2",
        "burglary",
        "burglary-2",
        "burglary-3",
        "theme",
        "b-x-b",
        "theme-2",
        "a" * 60,
        "con-2",
    ]
    places = ["wards", "cells-2", "contours-2", "localities-2", "wards-2"]
    # Every theme has each of the five areas as a table of its own, with all 100 located incidents of each month.
    for theme in themes:
        for place in places:
            table = (town / "any" / "tables" / f"{theme}_{place}.csv").read_text(encoding="utf-8-sig")
            assert len(table.splitlines()) == 10, (theme, place)
    found = sorted(path.stem for path in (town / "any" / "layers").glob("priorities-2_*.gpkg"))
    assert found == sorted(f"priorities-2_{key}" for key in (*places, "cells", "contours"))
    assert (town / "any" / "tables" / "priorities_wards.csv").is_file()


def test_recipe_check_reads_the_plan_too(hotspots: Run, recipe: Path, town: Path) -> None:
    recipe.write_text(RECIPE + '[select]\nplan = "plan.toml"\n', encoding="utf-8")
    code, _, err = hotspots("recipe", "check", recipe)
    assert (code, "there is no plan" in err) == (1, True)
    (town / "plan.toml").write_text('[[indicator]]\ngroup = "crime"\nwieght = 2\n', encoding="utf-8")
    code, _, err = hotspots("recipe", "check", recipe)
    assert code == 1
    assert "[[indicator]] has the unknown key 'wieght'\nHint: did you mean 'weight'?" in err
    (town / "plan.toml").write_text('[[indicator]]\nincidents = "Fires"\n', encoding="utf-8")
    code, _, err = hotspots("recipe", "check", recipe)
    assert code == 1
    assert "the indicator 'Fires' names the incidents 'Fires', which are not in the recipe" in err
